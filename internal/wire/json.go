package wire

// jsonReader reads a JSON document, and looks at every byte once. It is as strict
// about structure as encoding/json, but accepts any bytes within strings.
type jsonReader struct {
	doc   []byte
	pos   int
	depth int // open objects and arrays
	notes *notes

	// The fields below say where the next task is; see task.
	in     place
	around place // the place that encloses the list
	first  bool  // nothing of the object or list has been read yet
	listed bool  // TaskDetail was present
	data   value // of Data
	spell  step  // the spelling of the names of the list
	start  int   // of the task

	buf scratch // a name, or text in place of a task
}

// value is where a value starts and how its name is spelled.
type value struct {
	start int
	exact bool
}

// root implements reader.
func (j *jsonReader) root() (string, error) {
	j.pos = skipWhite(j.doc, j.pos) + 1 // newReader has seen the brace
	j.depth = 1
	return "", nil
}

// members implements reader. Most time is spent here: most values are read
// directly, and a lead ends where the value begins.
func (j *jsonReader) members(rec *record) (nested bool, err error) {
	for {
		next := &rec.next[rec.slot]
		field, exact := next.field, true
		if next.found(j.doc[j.pos:]) {
			// There may be more white space before the value than last time.
			j.pos = skipWhite(j.doc, j.pos+len(next.text))
		} else {
			from := j.pos
			key, more, err := j.key(rec.slot == 0)
			if err != nil || !more {
				return false, err
			}
			field, exact = rec.fields.lookup(key)
			*next = lead{}
			if exact {
				*next = lead{j.doc[from:j.pos], field}
			}
		}
		rec.slot, rec.members = field+1, true

		switch {
		case field == len(rec.fields.names):
			err = j.skip()
		case field == rec.fields.nested && j.peek() == 'n':
			err = j.literal("null")
		case field == rec.fields.nested:
			j.in, j.listed, j.data = beforeData, false, value{j.pos, exact}
			return true, nil
		case exact && !rec.has(field):
			if text, ok := j.plain(); ok {
				rec.set(field, text)
				continue
			}
			fallthrough
		default:
			err = j.member(rec, field, exact)
		}
		if err != nil {
			return false, err
		}
	}
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

// open enters the object or array at hand. Only skip checks the depth: the path to
// the members of a task nests at most four deep.
func (j *jsonReader) open() {
	j.pos++
	j.depth++
}

// key reads to the value of the next member, or past the end of the object. The
// name is only valid until the next call.
func (j *jsonReader) key(first bool) (name []byte, more bool, err error) {
	more, err = j.separator(first, '}')
	if err != nil || !more {
		return nil, false, err
	}
	if j.peek() != '"' {
		return nil, false, unexpected(j.doc, j.pos, "instead of a name")
	}
	name, ok := j.plain()
	if !ok {
		j.buf.reset()
		if name, _, err = j.value(&j.buf); err != nil {
			return nil, false, err
		}
	}
	j.pos = skipWhite(j.doc, j.pos)
	if j.peek() != ':' {
		return nil, false, unexpected(j.doc, j.pos, "instead of a colon")
	}
	j.pos = skipWhite(j.doc, j.pos+1)
	return name, true, nil
}

// separator reads to the next element, or past the closing bracket.
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

// peek returns the byte at hand, or 0 at the end: a zero byte is valid nowhere.
func (j *jsonReader) peek() byte {
	if j.pos < len(j.doc) {
		return j.doc[j.pos]
	}
	return 0
}
