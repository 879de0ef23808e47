package wire

import "unicode/utf8"

const (
	maxUnparsed = 100 // how many are listed for one document
	maxRaw      = 256 // bytes of each
)

// Unparsed is content of a document that was not understood.
type Unparsed struct {
	Task         int    // the index of the task, -1 for the page itself
	TaskDetailNo string // of the task
	Field        string // the service's name of the field; "" for text between the elements of XML
	Raw          string // the first maxRaw bytes, as sent
}

// notes lists what a document holds that was not understood.
type notes struct {
	list  []Unparsed // at most maxUnparsed
	total int
}

func (n *notes) add(task int, detailNo, field string, raw []byte) {
	if n.total++; len(n.list) < maxUnparsed {
		n.list = append(n.list, Unparsed{task, detailNo, field, excerpt(raw)})
	}
}

// take adds what a record noted.
func (n *notes) take(task int, detailNo string, rec *record) {
	for _, odd := range rec.odd {
		name := ""
		if odd.field != none {
			name = rec.fields.names[odd.field]
		}
		n.add(task, detailNo, name, odd.text)
	}
	n.total += rec.odds - len(rec.odd)
}

// behind returns first and then n: it keeps the notes of a page from being
// pushed out by those of its tasks.
func (n *notes) behind(first notes) notes {
	list := append(first.list, n.list...)
	return notes{list[:min(len(list), maxUnparsed)], first.total + n.total}
}

// dropTasks forgets the notes of tasks, and counts the tasks as not understood.
func (n *notes) dropTasks(tasks int) {
	kept := n.list[:0]
	for _, u := range n.list {
		if u.Task < 0 {
			kept = append(kept, u)
		}
	}
	n.list = kept
	n.total += tasks
}

// excerpt is the beginning of raw. It does not end within a character.
func excerpt(raw []byte) string {
	if len(raw) <= maxRaw {
		return string(raw)
	}
	end := maxRaw
	for end > maxRaw-utf8.UTFMax && !utf8.RuneStart(raw[end]) {
		end--
	}
	return string(raw[:end])
}
