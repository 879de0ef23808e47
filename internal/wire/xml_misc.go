package wire

import "bytes"

// outside reads the content allowed before and after the root: white space,
// comments, and processing instructions, including the XML declaration.
func (x *xmlReader) outside() error {
	for {
		x.pos = skipWhite(x.doc, x.pos)
		switch {
		case x.at("<!--"):
			if err := x.comment(); err != nil {
				return err
			}
		case x.at("<?"):
			if err := x.instruction(); err != nil {
				return err
			}
		case x.at("<!"):
			return syntaxError(x.pos, "document type declaration or other markup")
		case x.pos >= len(x.doc) || x.doc[x.pos] == '<':
			return nil
		default:
			return unexpected(x.doc, x.pos, "outside the root element")
		}
	}
}

// comment reads a comment. Two hyphens are only allowed at its end.
func (x *xmlReader) comment() error {
	start := x.pos + len("<!--")
	n := bytes.Index(x.doc[start:], []byte("--"))
	if n < 0 {
		return unexpected(x.doc, len(x.doc), "in a comment")
	}
	x.pos = start + n + 2
	if !x.at(">") {
		return unexpected(x.doc, x.pos, "after -- in a comment")
	}
	x.pos++
	return nil
}

// instruction skips a processing instruction.
func (x *xmlReader) instruction() error {
	x.pos += len("<?")
	if _, err := x.name(); err != nil {
		return err
	}
	n := bytes.Index(x.doc[x.pos:], []byte("?>"))
	if n < 0 {
		return unexpected(x.doc, len(x.doc), "in a processing instruction")
	}
	if n > 0 && !isWhite(x.doc[x.pos]) {
		return unexpected(x.doc, x.pos, "in a processing instruction")
	}
	x.pos += n + 2
	return nil
}
