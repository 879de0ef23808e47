package wire

import "bytes"

// jsonReader reads a JSON document. It is as strict about syntax as
// encoding/json, and looks at every byte once.
type jsonReader struct {
	doc   []byte
	pos   int
	depth int // objects and arrays that are open

	// Where the next task is to be found; see task.
	in     place
	around place // what the list is in
	first  bool  // nothing was read of the object or list yet
	listed bool  // TaskDetail was there

	name []byte // a name, or text that is read only to check it, unquoted
}

// place is what the reader stands in between two tasks.
type place int

const (
	beforeData place = iota
	inData           // in Data, an object
	inList           // in the list of tasks, which is TaskDetail or Data
	afterData
)

// root implements reader.
func (j *jsonReader) root() (string, error) {
	j.pos = skipWhite(j.doc, j.pos) + 1 // newReader has seen the brace
	j.depth = 1
	return "", nil
}

// members implements reader. It is where most of the time goes: strings are
// read without a detour, and a lead ends where the value begins.
func (j *jsonReader) members(rec *record) (nested bool, err error) {
	for {
		next := &rec.next[rec.slot]
		field := next.field
		if next.found(j.doc[j.pos:]) {
			// There may be more white space before the value than last time.
			j.pos = skipWhite(j.doc, j.pos+len(next.text))
		} else {
			from := j.pos
			key, more, err := j.key(rec.slot == 0)
			if err != nil || !more {
				return false, err
			}
			field = rec.fields.lookup(key)
			*next = lead{j.doc[from:j.pos], field}
		}
		rec.slot, rec.members = field+1, true

		switch {
		case field == len(rec.fields.names):
			err = j.skip()
		case !rec.mark(field):
			err = rec.duplicate(field, j.pos)
		case j.peek() == '"' && field != rec.fields.nested:
			rec.values[field], err = j.str(&rec.scratch)
		case field != rec.fields.nested:
			rec.values[field], err = j.scalar(rec, field)
		case j.peek() == 'n':
			err = j.literal("null")
		default:
			j.in, j.listed = beforeData, false
			return true, nil
		}
		if err != nil {
			return false, err
		}
	}
}

// task finds the next task in the value of Data: in its TaskDetail, one or a
// list of them, or in Data itself where that is the list.
func (j *jsonReader) task() (found bool, err error) {
	for !found && err == nil && j.in != afterData {
		switch j.in {
		case beforeData:
			err = j.openData()
		case inData:
			found, err = j.taskInData()
		case inList:
			found, err = j.taskInList()
		}
	}
	return found, err
}

// openData enters the value of Data, which in an empty page may also be an
// empty string.
func (j *jsonReader) openData() error {
	switch j.peek() {
	case '{':
		j.enter(inData)
	case '[':
		j.around = afterData
		j.enter(inList)
	default:
		j.in = afterData
		return j.emptyText("Data")
	}
	return nil
}

// taskInData reads one member of Data. It finds a task where TaskDetail is one.
func (j *jsonReader) taskInData() (found bool, err error) {
	key, more, err := j.key(j.first)
	if err != nil {
		return false, err
	}
	if !more {
		j.in = afterData
		return false, nil
	}
	j.first = false
	if !bytes.EqualFold(key, []byte("TaskDetail")) {
		return false, j.skip()
	}
	if j.listed {
		return false, valueError(j.pos, "TaskDetail twice in one object")
	}
	j.listed = true
	switch j.peek() {
	case '{':
		j.open()
		return true, nil
	case '[':
		j.around = inData
		j.enter(inList)
		return false, nil
	case 'n':
		return false, j.literal("null")
	}
	return false, j.emptyText("TaskDetail")
}

// taskInList reads one element of the list.
func (j *jsonReader) taskInList() (found bool, err error) {
	more, err := j.separator(j.first, ']')
	if err != nil {
		return false, err
	}
	j.first = false
	if !more {
		j.in = j.around
		return false, nil
	}
	switch j.peek() {
	case '{':
		j.open()
		return true, nil
	case 'n':
		return false, j.literal("null")
	}
	return false, j.refuse("TaskDetail is not an object")
}

// offset implements reader.
func (j *jsonReader) offset() int { return j.pos }

// end implements reader.
func (j *jsonReader) end() error {
	if j.pos = skipWhite(j.doc, j.pos); j.pos < len(j.doc) {
		return unexpected(j.doc, j.pos, "after the document")
	}
	return nil
}

// enter opens the object or list that tasks are in.
func (j *jsonReader) enter(in place) {
	j.open()
	j.in, j.first = in, true
}

// open enters the object or array at hand. What leads to a task and its members
// nests four deep at most, so only skip looks at the depth.
func (j *jsonReader) open() {
	j.pos++
	j.depth++
}

// key reads on to the value of the next member, or past the end of the object.
// The name is only valid until the next call.
func (j *jsonReader) key(first bool) (name []byte, more bool, err error) {
	more, err = j.separator(first, '}')
	if err != nil || !more {
		return nil, false, err
	}
	if j.peek() != '"' {
		return nil, false, unexpected(j.doc, j.pos, "instead of a name")
	}
	j.name = j.name[:0]
	name, err = j.str(&j.name)
	if err != nil {
		return nil, false, err
	}
	j.pos = skipWhite(j.doc, j.pos)
	if j.peek() != ':' {
		return nil, false, unexpected(j.doc, j.pos, "instead of a colon")
	}
	j.pos = skipWhite(j.doc, j.pos+1)
	return name, true, nil
}

// separator reads on to the next element, or past the closing bracket.
func (j *jsonReader) separator(first bool, closing byte) (more bool, err error) {
	j.pos = skipWhite(j.doc, j.pos)
	switch c := j.peek(); {
	case c == closing:
		j.pos++
		j.depth--
		return false, nil
	case first:
		return true, nil
	case c == ',':
		j.pos = skipWhite(j.doc, j.pos+1)
		return true, nil
	}
	return false, unexpected(j.doc, j.pos, "instead of a comma")
}

// peek is the byte at hand, or 0 at the end: a zero byte is nowhere right.
func (j *jsonReader) peek() byte {
	if j.pos < len(j.doc) {
		return j.doc[j.pos]
	}
	return 0
}
