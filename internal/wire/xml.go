package wire

import "bytes"

// xmlReader reads an XML document. It ignores namespace prefixes, attributes and
// the XML declaration.
type xmlReader struct {
	doc   []byte
	pos   int
	notes *notes

	open  [maxDepth][]byte // the names of the open elements, as written
	depth int
	empty bool   // the innermost element was opened and closed in one tag
	plain bool   // its tag has only the name
	local []byte // its name without prefix
	start int    // where its tag starts, or the text between elements
	attrs [][]byte

	data struct { // the element that contains tasks
		value
		tasks, others, text bool // its content
	}
	taskStart int
	buf       scratch // text between elements
}

// root implements reader. It checks once more for the HTML pages of gateways, since
// some begin like XML.
func (x *xmlReader) root() (string, error) {
	if err := x.outside(); err != nil {
		return "", err
	}
	if x.pos >= len(x.doc) {
		return "", unexpected(x.doc, x.pos, "before the root element")
	}
	if err := x.startTag(); err != nil {
		return "", err
	}
	if equalASCII(x.local, "html") {
		return "", ErrNotDocument
	}
	return string(x.local), nil
}

// members implements reader, one element for each member.
//
// A known element of plain text is left at its end tag and not put on the stack:
// slot identifies it, and the lead compares that end tag and the next start tag
// together. This holds only for elements spelled like the field and without
// attributes, since otherwise slot would not determine the end tag. All others are
// read to their end, and slot is 0: between two elements.
func (x *xmlReader) members(rec *record) (nested bool, err error) {
	for {
		next := &rec.next[rec.slot]
		field := next.field
		if !x.empty && next.found(x.doc[x.pos:]) { // an empty tag has no content, regardless of what follows
			x.pos += len(next.text)
		} else {
			from := x.pos
			if rec.slot > 0 {
				if err := x.closeTag(rec.fields.names[rec.slot-1]); err != nil {
					return false, err
				}
				rec.slot = 0
			}
			child, err := x.child()
			if err != nil || child == noChild {
				return false, err
			}
			if child == textChild {
				rec.note(none, x.doc[x.start:x.pos])
				continue
			}
			var exact bool
			field, exact = rec.fields.lookup(x.local)
			if !x.plain || !exact || field == len(rec.fields.names) || field == rec.fields.nested ||
				len(x.open[x.depth-1]) != len(x.local) {
				rec.members = true
				nested, err = x.element(rec, field, exact)
				if err != nil || nested {
					return nested, err
				}
				continue
			}
			x.depth-- // slot identifies it from here on
			*next = lead{x.doc[from:x.pos], field}
		}
		rec.slot, rec.members = field+1, true
		if !rec.has(field) {
			if text, ok := x.plainText(); ok {
				rec.set(field, text)
				continue
			}
		}
		// Put it back on the stack, with the name from its start tag.
		x.open[x.depth] = x.doc[x.pos-1-len(rec.fields.names[field]) : x.pos-1]
		x.depth++
		rec.slot = 0
		if err := x.member(rec, field, true); err != nil {
			return false, err
		}
	}
}

// element reads the element at hand to its end, or only enters it if it is nested.
func (x *xmlReader) element(rec *record, field int, exact bool) (nested bool, err error) {
	switch field {
	case len(rec.fields.names):
		return false, x.skip()
	case rec.fields.nested:
		x.data.value = value{x.pos, exact}
		x.data.tasks, x.data.others, x.data.text = false, false, false
		return true, nil
	}
	return false, x.member(rec, field, exact)
}

// task implements reader: every TaskDetail in Data is a task.
func (x *xmlReader) task() (step, error) {
	for {
		child, err := x.child()
		exact := string(x.local) == listName
		switch {
		case err != nil:
			return noTask, err
		case child == textChild:
			x.data.text = true
			x.notes.add(-1, "", "Data", x.doc[x.start:x.pos])
		case child == noChild && x.data.others && !x.data.tasks:
			x.notes.add(-1, "", "Data", x.inner(x.data.start))
			return noTask, nil
		case child == noChild && x.data.text && !x.data.tasks:
			return noList, nil
		case child == noChild:
			return noTask, nil
		case exact || bytes.EqualFold(x.local, []byte(listName)):
			x.data.tasks, x.taskStart = true, x.start
			return spelled(exact && x.data.exact), nil
		default:
			x.data.others = true
			if err := x.skip(); err != nil {
				return noTask, err
			}
		}
	}
}

// raw implements reader.
func (x *xmlReader) raw() []byte { return x.doc[x.taskStart:x.pos] }

// offset implements reader.
func (x *xmlReader) offset() int { return x.pos }

// end implements reader.
func (x *xmlReader) end() error {
	if err := x.outside(); err != nil {
		return err
	}
	if x.pos < len(x.doc) {
		return unexpected(x.doc, x.pos, "after the root element")
	}
	return nil
}

// child is the next content of an element.
type child int

const (
	noChild child = iota // its end tag
	elementChild
	textChild // not blank; it is the document from start
)

// child reads to the next element in the one at hand, or past its end tag.
func (x *xmlReader) child() (child, error) {
	for !x.empty {
		x.pos = skipWhite(x.doc, x.pos)
		x.start = x.pos
		var err error
		switch {
		case x.at("</"):
			return noChild, x.endTag()
		case x.at("<!--"):
			err = x.comment()
		case x.at("<?"):
			err = x.instruction()
		case x.at("<") && !x.at("<![CDATA["):
			return elementChild, x.startTag()
		default:
			x.buf.reset()
			x.buf.begin()
			_, err = x.text(&x.buf)
			if err == nil && len(trim(x.buf.value())) > 0 {
				return textChild, nil
			}
		}
		if err != nil {
			return noChild, err
		}
	}
	x.empty = false
	x.depth--
	return noChild, nil
}

// at reports whether the document continues with markup.
func (x *xmlReader) at(markup string) bool {
	rest := x.doc[x.pos:]
	return len(rest) >= len(markup) && string(rest[:len(markup)]) == markup
}
