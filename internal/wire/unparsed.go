package wire

import "unicode/utf8"

const (
	maxUnparsed = 100 // values listed for one document
	maxRaw      = 256 // bytes of each value
)

// Unparsed is content of a document that was not understood.
type Unparsed struct {
	Task         int    // the index of the task, -1 for the page itself
	TaskDetailNo string // of the task, if known
	Field        string // the service's name of the field; "" for text between XML elements
	Raw          string // the first maxRaw bytes, as sent
}

// notes lists the content of a document that was not understood.
type notes struct {
	list  []Unparsed // at most maxUnparsed
	total int
}

func (n *notes) add(task int, detailNo, field string, raw []byte) {
	if n.total++; len(n.list) < maxUnparsed {
		n.list = append(n.list, Unparsed{task, detailNo, field, excerpt(raw)})
	}
}

// take adds the notes of a record.
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

// before returns n and then more.
func (n notes) before(more notes) notes {
	list := append(n.list, more.list...)
	return notes{list[:min(len(list), maxUnparsed)], n.total + more.total}
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
