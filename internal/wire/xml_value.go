package wire

import (
	"bytes"
	"unicode/utf8"
)

// plainText returns the text of the element at hand if it needs no decoding and
// only the end tag follows. Otherwise ok is false and nothing was read.
func (x *xmlReader) plainText() (text []byte, ok bool) {
	start := x.pos
	end, ascii := scanXML(x.doc, start)
	if end+1 >= len(x.doc) || x.doc[end] != '<' || x.doc[end+1] != '/' || !ascii && !utf8.Valid(x.doc[start:end]) {
		return nil, false
	}
	x.pos = end
	return x.doc[start:end], true
}

// member reads the element of a known field to its end.
func (x *xmlReader) member(rec *record, field int, exact bool) error {
	text, raw, err := x.value(&rec.scratch)
	if err != nil {
		rec.cut(field, text)
		return err
	}
	rec.put(field, exact, text, raw)
	return nil
}

// value reads the element at hand to its end and returns its text for a text field:
// its text, or its content as written if it has elements. raw is its content if
// text does not hold all of it, or nil. If the document ends within the text, value
// returns the beginning with the error.
func (x *xmlReader) value(s *scratch) (text, raw []byte, err error) {
	start, damaged := x.pos, false
	s.begin()
	for !x.empty {
		switch {
		case x.at("</"):
			if damaged {
				raw = x.doc[start:x.pos]
			}
			return s.value(), raw, x.endTag()
		case x.at("<!--"):
			err = x.comment()
		case x.at("<?"):
			err = x.instruction()
		case x.at("<") && !x.at("<![CDATA["):
			if err := x.skip(); err != nil {
				return nil, nil, err
			}
			raw = trim(x.inner(start))
			return validUTF8(raw), raw, nil
		default:
			var bad bool
			bad, err = x.text(s)
			damaged = damaged || bad
		}
		if err != nil {
			return s.value(), nil, err
		}
	}
	x.empty = false
	x.depth--
	return nil, nil, nil // an empty tag has no text
}

// inner returns the content between start and the end tag that was read last.
func (x *xmlReader) inner(start int) []byte {
	all := x.doc[start:x.pos]
	return all[:max(bytes.LastIndex(all, []byte("</")), 0)]
}

// skip reads the element at hand to its end.
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
			_, err = x.cdata()
		case x.at("<?"):
			err = x.instruction()
		case x.at("<"):
			err = x.startTag()
		default:
			_, err = x.characters()
		}
		if err != nil {
			return err
		}
	}
	return nil
}
