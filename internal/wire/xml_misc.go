package wire

import "bytes"

// declaration reads the XML declaration if there is one. Documents are UTF-8;
// another encoding would be read wrong.
func (x *xmlReader) declaration() error {
	if !x.at("<?xml") || x.pos+5 < len(x.doc) && !isWhite(x.doc[x.pos+5]) {
		return nil // no declaration; the target of an instruction may start so
	}
	x.pos += len("<?xml")
	// They have this order, and all but the first may be left out.
	for i, name := range [...]string{"version", "encoding", "standalone"} {
		spaced := skipWhite(x.doc, x.pos)
		if !bytes.HasPrefix(x.doc[spaced:], []byte(name)) {
			if i == 0 {
				return unexpected(x.doc, spaced, "in the XML declaration")
			}
			continue
		}
		if spaced == x.pos {
			return unexpected(x.doc, x.pos, "in the XML declaration")
		}
		x.pos = spaced + len(name)
		value, err := x.attributeValue()
		if err != nil {
			return err
		}
		if !declares(name, value) {
			return syntaxError(x.pos, "unsupported "+name+" in the XML declaration")
		}
	}
	x.pos = skipWhite(x.doc, x.pos)
	if !x.at("?>") {
		return unexpected(x.doc, x.pos, "in the XML declaration")
	}
	x.pos += 2
	return nil
}

// declares reports whether the declaration may give name this value.
func declares(name string, value []byte) bool {
	switch name {
	case "version":
		return string(value) == "1.0"
	case "encoding":
		return equalASCII(value, "utf-8")
	default:
		return string(value) == "yes" || string(value) == "no"
	}
}

// outside reads what may stand before and after the root: white space,
// comments and processing instructions.
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

// comment reads a comment, in which two hyphens only stand at its end.
func (x *xmlReader) comment() error {
	start := x.pos + len("<!--")
	n := bytes.Index(x.doc[start:], []byte("--"))
	if n < 0 {
		return unexpected(x.doc, len(x.doc), "in a comment")
	}
	if !legal(x.doc[start : start+n]) {
		return syntaxError(start, "illegal character in a comment")
	}
	x.pos = start + n + 2
	if !x.at(">") {
		return unexpected(x.doc, x.pos, "after -- in a comment")
	}
	x.pos++
	return nil
}

// instruction reads a processing instruction and forgets it.
func (x *xmlReader) instruction() error {
	from := x.pos
	x.pos += len("<?")
	target, err := x.name()
	if err != nil {
		return err
	}
	if equalASCII(target, "xml") {
		return syntaxError(from, "XML declaration that is not at the start")
	}
	n := bytes.Index(x.doc[x.pos:], []byte("?>"))
	if n < 0 {
		return unexpected(x.doc, len(x.doc), "in a processing instruction")
	}
	if n > 0 && !isWhite(x.doc[x.pos]) {
		return unexpected(x.doc, x.pos, "in a processing instruction")
	}
	if !legal(x.doc[x.pos : x.pos+n]) {
		return syntaxError(x.pos, "illegal character in a processing instruction")
	}
	x.pos += n + 2
	return nil
}
