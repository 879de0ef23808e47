package wire

// maxDepth bounds how deep a document may nest. The answers of the service
// nest four deep.
const maxDepth = 64

// scalar reads the value of a known field that is not a string: a number or
// boolean as it is written, or nil for null. The raw field also has objects and
// lists as they are written.
func (j *jsonReader) scalar(rec *record, field int) ([]byte, error) {
	start := j.pos
	switch c := j.peek(); {
	case (c == '{' || c == '[') && field != rec.fields.raw:
		return nil, valueError(j.pos, rec.name(field)+" is not a scalar")
	case c == 'n':
		return nil, j.literal("null")
	}
	err := j.skip()
	return j.doc[start:j.pos], err
}

// emptyText takes an empty string where a list belongs, and nothing else.
func (j *jsonReader) emptyText(field string) error {
	if j.peek() != '"' {
		return j.refuse(field + " is no list of tasks")
	}
	j.name = j.name[:0]
	text, err := j.str(&j.name)
	if err == nil && len(text) > 0 {
		err = valueError(j.pos, field+" is no list of tasks")
	}
	return err
}

// refuse finds fault with the syntax of a value, or else with its kind.
func (j *jsonReader) refuse(reason string) error {
	start := j.pos
	if err := j.skip(); err != nil {
		return err
	}
	return valueError(start, reason)
}

// skip reads past any value. It keeps its own stack, a bit for each open object
// or array, so that no document can exhaust that of the program.
func (j *jsonReader) skip() error {
	base := j.depth
	objects := uint64(0) // the lowest bit says whether the innermost is an object
	for {
		opened := false
		switch c := j.peek(); {
		case c == '{' || c == '[':
			if j.depth == maxDepth {
				return syntaxError(j.pos, "nested too deep")
			}
			objects <<= 1
			if c == '{' {
				objects |= 1
			}
			j.open()
			opened = true
		case c == '"':
			j.name = j.name[:0]
			if _, err := j.str(&j.name); err != nil {
				return err
			}
		case c == '-' || '0' <= c && c <= '9':
			end, ok := scanNumber(j.doc, j.pos)
			if !ok {
				return unexpected(j.doc, end, "in a number")
			}
			j.pos = end
		case c == 't':
			if err := j.literal("true"); err != nil {
				return err
			}
		case c == 'f':
			if err := j.literal("false"); err != nil {
				return err
			}
		case c == 'n':
			if err := j.literal("null"); err != nil {
				return err
			}
		default:
			return unexpected(j.doc, j.pos, "instead of a value")
		}

		// On to the next value, past the ends of what it was the last of.
		for more := false; !more; opened = false {
			if j.depth == base {
				return nil
			}
			var err error
			if objects&1 != 0 {
				_, more, err = j.key(opened)
			} else {
				more, err = j.separator(opened, ']')
			}
			if err != nil {
				return err
			}
			if !more {
				objects >>= 1
			}
		}
	}
}

// literal reads a word of which the first letter was seen.
func (j *jsonReader) literal(word string) error {
	for i := range len(word) {
		if j.pos+i >= len(j.doc) || j.doc[j.pos+i] != word[i] {
			return unexpected(j.doc, j.pos+i, "in "+word)
		}
	}
	j.pos += len(word)
	return nil
}
