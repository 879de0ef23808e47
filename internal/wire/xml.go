package wire

import "bytes"

// xmlReader reads an XML document. Name space prefixes and attributes mean
// nothing to it, but are checked like everything else.
type xmlReader struct {
	doc []byte
	pos int

	open  [maxDepth][]byte // the names of the elements that are open, as written
	depth int
	empty bool   // the innermost has just been opened and closed in one tag
	plain bool   // its tag has nothing but the name
	local []byte // its name without prefix
	buf   []byte // text that is read only to check it
	attrs [][]byte
}

// root implements reader. The pages of gateways are told apart here once more,
// for those that begin as XML does.
func (x *xmlReader) root() (string, error) {
	if err := x.declaration(); err != nil {
		return "", err
	}
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
// A known element of plain text is left at its end tag, and not put on the
// stack: slot tells which it is, and the lead compares that end tag and the
// next start tag in one go. Only elements spelled like the field and without
// attributes are treated so, or the slot would not tell the end tag. All
// others are read to their end, and slot is 0: between two elements.
func (x *xmlReader) members(rec *record) (nested bool, err error) {
	for {
		next := &rec.next[rec.slot]
		field := next.field
		if !x.empty && next.found(x.doc[x.pos:]) { // an empty tag has nothing in it, whatever follows
			x.pos += len(next.text)
		} else {
			from := x.pos
			if rec.slot > 0 {
				if err := x.closeTag(rec.name(rec.slot - 1)); err != nil {
					return false, err
				}
			}
			more, err := x.child()
			if err != nil || !more {
				return false, err
			}
			field = rec.fields.lookup(x.local)
			if !x.plain || field == len(rec.fields.names) || field == rec.fields.nested ||
				string(x.open[x.depth-1]) != rec.name(field) {
				rec.slot, rec.members = 0, true
				nested, err = x.member(rec, field)
				if err != nil || nested {
					return nested, err
				}
				continue
			}
			x.depth-- // slot holds it from here on
			*next = lead{x.doc[from:x.pos], field}
		}
		rec.slot, rec.members = field+1, true
		if !rec.mark(field) {
			return false, rec.duplicate(field, x.pos)
		}
		text, ok := x.plainText()
		if !ok {
			// Back on the stack, with the name out of its start tag.
			x.open[x.depth] = x.doc[x.pos-1-len(rec.name(field)) : x.pos-1]
			x.depth++
			rec.slot = 0
			text, err = x.scalar(rec, field)
			if err != nil {
				return false, err
			}
		}
		rec.values[field] = text
	}
}

// member reads the element at hand to its end; a nested one is only entered.
func (x *xmlReader) member(rec *record, field int) (nested bool, err error) {
	if field == len(rec.fields.names) {
		return false, x.skip()
	}
	if !rec.mark(field) {
		return false, rec.duplicate(field, x.pos)
	}
	if field == rec.fields.nested {
		return true, nil
	}
	rec.values[field], err = x.scalar(rec, field)
	return false, err
}

// task implements reader: every TaskDetail in Data is a task.
func (x *xmlReader) task() (bool, error) {
	for {
		more, err := x.child()
		if err != nil || !more {
			return false, err
		}
		if bytes.EqualFold(x.local, []byte("TaskDetail")) {
			return true, nil
		}
		if err := x.skip(); err != nil {
			return false, err
		}
	}
}

// offset implements reader.
func (x *xmlReader) offset() int { return x.pos }

// end implements reader.
func (x *xmlReader) end() error {
	if err := x.outside(); err != nil {
		return err
	}
	if x.pos < len(x.doc) {
		return syntaxError(x.pos, "second root element")
	}
	return nil
}

// child reads on to the start tag of the next child of the current element, or
// past its end tag. Text between children is nothing that this document has:
// it is refused instead of lost.
func (x *xmlReader) child() (bool, error) {
	for !x.empty {
		x.pos = skipWhite(x.doc, x.pos)
		var err error
		switch {
		case x.at("</"):
			return false, x.endTag()
		case x.at("<!--"):
			err = x.comment()
		case x.at("<![CDATA["):
			x.buf, err = x.cdata(x.buf[:0])
			if err == nil && len(trim(x.buf)) > 0 {
				err = valueError(x.pos, "text between elements")
			}
		case x.at("<?"):
			err = x.instruction()
		case x.at("<"):
			return true, x.startTag()
		default:
			err = unexpected(x.doc, x.pos, "between elements")
		}
		if err != nil {
			return false, err
		}
	}
	x.empty = false
	x.depth--
	return false, nil
}

// plainText is the text of the element at hand when it needs no decoding and
// nothing but the end tag follows; else ok is false and nothing was read.
func (x *xmlReader) plainText() (text []byte, ok bool) {
	start := x.pos
	end, ascii := scanXML(x.doc, start)
	if end+1 >= len(x.doc) || x.doc[end] != '<' || x.doc[end+1] != '/' || !ascii && !legal(x.doc[start:end]) {
		return nil, false
	}
	x.pos = end
	return x.doc[start:end], true
}

// scalar reads the element at hand to its end as text. The raw field also has
// elements as they are written.
func (x *xmlReader) scalar(rec *record, field int) ([]byte, error) {
	from, start := len(rec.scratch), x.pos
	for !x.empty {
		var err error
		switch {
		case x.at("</"):
			return rec.scratch[from:], x.endTag()
		case x.at("<!--"):
			err = x.comment()
		case x.at("<![CDATA["):
			rec.scratch, err = x.cdata(rec.scratch)
		case x.at("<?"):
			err = x.instruction()
		case x.at("<") && field == rec.fields.raw:
			err = x.skip()
			all := x.doc[start:x.pos]
			return all[:bytes.LastIndex(all, []byte("</"))], err
		case x.at("<"):
			err = valueError(x.pos, rec.name(field)+" is not a scalar")
		default:
			rec.scratch, err = x.text(rec.scratch)
		}
		if err != nil {
			return nil, err
		}
	}
	x.empty = false
	x.depth--
	return nil, nil // an empty tag has no text
}

// skip reads the element at hand to its end, whatever it holds.
func (x *xmlReader) skip() error {
	for base := x.depth - 1; x.depth > base; {
		var err error
		switch {
		case x.empty:
			x.empty = false
			x.depth--
		case x.at("</"):
			err = x.endTag()
		case x.at("<!--"):
			err = x.comment()
		case x.at("<![CDATA["):
			x.buf, err = x.cdata(x.buf[:0])
		case x.at("<?"):
			err = x.instruction()
		case x.at("<"):
			err = x.startTag()
		default:
			x.buf, err = x.text(x.buf[:0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// at reports whether the document goes on with markup.
func (x *xmlReader) at(markup string) bool {
	rest := x.doc[x.pos:]
	return len(rest) >= len(markup) && string(rest[:len(markup)]) == markup
}
