package wire

import "unicode/utf8"

// maxDepth bounds the nesting of a document. The responses of the service nest four
// deep.
const maxDepth = 64

// plain reads a string or a number that needs no decoding. For any other value ok
// is false and nothing was read.
func (j *jsonReader) plain() (text []byte, ok bool) {
	start := j.pos
	if j.peek() != '"' {
		end, ok := scanNumber(j.doc, start)
		if !ok || end == len(j.doc) {
			return nil, false
		}
		j.pos = end
		return j.doc[start:end], true
	}
	end, ascii := scanJSON(j.doc, start+1)
	if end == len(j.doc) || j.doc[end] != '"' || !ascii && !utf8.Valid(j.doc[start+1:end]) {
		return nil, false
	}
	j.pos = end + 1
	return j.doc[start+1 : end], true
}

// member reads the value of a known field.
func (j *jsonReader) member(rec *record, field int, exact bool) error {
	text, raw, err := j.value(&rec.scratch)
	if err != nil {
		rec.cut(field, text)
		return err
	}
	rec.put(field, exact, text, raw)
	return nil
}

// value reads any value and returns its text for a text field: a string, a number
// or boolean as written, nil for null, and a non-empty object or array as written.
// raw is the value in the document if text does not hold all of it, or nil. If the
// document ends within a string, value returns the beginning with the error.
//
// The text is a part of the document or of s.
func (j *jsonReader) value(s *scratch) (text, raw []byte, err error) {
	start := j.pos
	switch j.peek() {
	case '"':
		end := j.stringEnd(start + 1)
		if end < 0 {
			err = unexpected(j.doc, len(j.doc), "in a string")
			end = len(j.doc)
		}
		s.begin()
		if s.unquote(j.doc[start+1 : end]) {
			raw = j.doc[start+1 : end]
		}
		j.pos = min(end+1, len(j.doc))
		return s.value(), raw, err
	case 'n':
		return nil, nil, j.literal("null")
	case '{', '[':
		if err := j.skip(); err != nil {
			return nil, nil, err
		}
		raw = j.doc[start:j.pos]
		if skipWhite(raw, 1) == len(raw)-1 {
			return nil, nil, nil
		}
		return validUTF8(raw), raw, nil
	}
	err = j.skip()
	return j.doc[start:j.pos], nil, err
}

// skip reads past any value. Its stack has a bit for each open object or array, so
// that no document can exhaust the stack of the program.
func (j *jsonReader) skip() error {
	base := j.depth
	objects := uint64(0) // the lowest bit says whether the innermost is an object
	for {
		opened := false
		switch c := j.peek(); {
		case c == '{' || c == '[':
			if j.depth == maxDepth {
				return syntaxError(j.pos, "nested too deeply")
			}
			objects <<= 1
			if c == '{' {
				objects |= 1
			}
			j.open()
			opened = true
		case c == '"':
			end := j.stringEnd(j.pos + 1)
			if end < 0 {
				return unexpected(j.doc, len(j.doc), "in a string")
			}
			j.pos = end + 1
		case c == '-' || '0' <= c && c <= '9':
			end, ok := scanNumber(j.doc, j.pos)
			if !ok || end == len(j.doc) { // more digits may be missing
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

		// Move to the next value, past the ends of the objects and arrays that end here.
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

// literal reads a word whose first letter was seen.
func (j *jsonReader) literal(word string) error {
	for i := range len(word) {
		if j.pos+i >= len(j.doc) || j.doc[j.pos+i] != word[i] {
			return unexpected(j.doc, j.pos+i, "in "+word)
		}
	}
	j.pos += len(word)
	return nil
}
