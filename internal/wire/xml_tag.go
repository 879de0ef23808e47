package wire

import (
	"bytes"
	"unicode/utf8"
)

// maxAttributes bounds the attributes of a tag, which are compared with each other.
// The responses of the service have none.
const maxAttributes = 64

// startTag reads a start tag and makes its element the innermost.
func (x *xmlReader) startTag() error {
	from := x.pos
	x.pos++
	name, err := x.name()
	if err != nil {
		return err
	}
	if x.depth == maxDepth {
		return syntaxError(from, "nested too deeply")
	}
	if x.local, err = localName(name, from); err != nil {
		return err
	}
	x.open[x.depth] = name
	x.depth++
	x.plain = x.pos < len(x.doc) && x.doc[x.pos] == '>'
	if x.plain {
		x.pos++
		return nil
	}
	return x.attributes()
}

// attributes reads the rest of a start tag. It checks attributes and skips them.
func (x *xmlReader) attributes() error {
	x.attrs = x.attrs[:0]
	for {
		spaced := skipWhite(x.doc, x.pos)
		switch {
		case spaced < len(x.doc) && x.doc[spaced] == '>':
			x.pos = spaced + 1
			return nil
		case bytes.HasPrefix(x.doc[spaced:], []byte("/>")):
			x.pos = spaced + 2
			x.empty = true
			return nil
		case spaced == x.pos:
			return unexpected(x.doc, x.pos, "in a tag")
		}
		x.pos = spaced
		name, err := x.name()
		if err != nil {
			return err
		}
		if _, err := localName(name, spaced); err != nil {
			return err
		}
		for _, other := range x.attrs {
			if bytes.Equal(name, other) {
				return syntaxError(spaced, "duplicate attribute")
			}
		}
		if len(x.attrs) == maxAttributes {
			return syntaxError(spaced, "too many attributes")
		}
		x.attrs = append(x.attrs, name)
		if err := x.attributeValue(); err != nil {
			return err
		}
	}
}

// attributeValue reads past an equals sign and a quoted value. Only an angle
// bracket is invalid in it: a quote must be missing.
func (x *xmlReader) attributeValue() error {
	x.pos = skipWhite(x.doc, x.pos)
	if !x.at("=") {
		return unexpected(x.doc, x.pos, "instead of an equals sign")
	}
	x.pos = skipWhite(x.doc, x.pos+1)
	if !x.at(`"`) && !x.at("'") {
		return unexpected(x.doc, x.pos, "instead of a quoted value")
	}
	start := x.pos + 1
	n := bytes.IndexByte(x.doc[start:], x.doc[x.pos])
	if n < 0 {
		return unexpected(x.doc, len(x.doc), "in a quoted value")
	}
	if i := bytes.IndexByte(x.doc[start:start+n], '<'); i >= 0 {
		return unexpected(x.doc, start+i, "in a quoted value")
	}
	x.pos = start + n + 1
	return nil
}

// endTag reads the end tag of the innermost element and closes it.
func (x *xmlReader) endTag() error {
	name := x.open[x.depth-1]
	// Nearly always it is written like this, and the name is not copied.
	if end := x.pos + len("</") + len(name); end < len(x.doc) && x.doc[end] == '>' && bytes.HasPrefix(x.doc[x.pos+len("</"):], name) {
		x.pos = end + 1
		x.depth--
		return nil
	}
	if err := x.closeTag(string(name)); err != nil {
		return err
	}
	x.depth--
	return nil
}

// closeTag reads the end tag of an element called name.
func (x *xmlReader) closeTag(name string) error {
	from := x.pos
	x.pos += len("</")
	if !x.at(name) {
		if x.pos+len(name) > len(x.doc) && bytes.HasPrefix([]byte(name), x.doc[x.pos:]) {
			return unexpected(x.doc, len(x.doc), "in an end tag")
		}
		return syntaxError(from, "end tag does not match the open element")
	}
	x.pos = skipWhite(x.doc, x.pos+len(name))
	if !x.at(">") {
		return unexpected(x.doc, x.pos, "in an end tag")
	}
	x.pos++
	return nil
}

// name reads a name as written, prefix included.
func (x *xmlReader) name() ([]byte, error) {
	start := x.pos
	for x.pos < len(x.doc) {
		c := x.doc[x.pos]
		if isLetter(c) || x.pos > start && (isDigit(c) || c == '-' || c == '.') {
			x.pos++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		r, size := utf8.DecodeRune(x.doc[x.pos:])
		if !isNameRune(r, x.pos == start) {
			return nil, syntaxError(x.pos, "illegal character in a name")
		}
		x.pos += size
	}
	if x.pos == start {
		return nil, unexpected(x.doc, x.pos, "instead of a name")
	}
	return x.doc[start:x.pos], nil
}

// localName cuts off a prefix.
func localName(name []byte, offset int) ([]byte, error) {
	prefix, local, found := bytes.Cut(name, []byte(":"))
	if !found {
		return name, nil
	}
	if len(prefix) == 0 || len(local) == 0 || bytes.IndexByte(local, ':') >= 0 {
		return nil, syntaxError(offset, "misplaced colon in a name")
	}
	return local, nil
}

// isLetter holds the ASCII characters that a name may begin with.
func isLetter(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || c == '_' || c == ':'
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// isNameRune holds the characters beyond ASCII that XML 1.0 (fifth edition)
// allows in names.
func isNameRune(r rune, first bool) bool {
	switch {
	case r == utf8.RuneError, r == 0xD7, r == 0xF7, r == 0x37E:
		return false
	case r == 0xB7, 0x300 <= r && r <= 0x36F, 0x203F <= r && r <= 0x2040:
		return !first
	}
	return 0xC0 <= r && r <= 0x1FFF || 0x200C <= r && r <= 0x200D || 0x2070 <= r && r <= 0x218F ||
		0x2C00 <= r && r <= 0x2FEF || 0x3001 <= r && r <= 0xD7FF || 0xF900 <= r && r <= 0xFDCF ||
		0xFDF0 <= r && r <= 0xFFFD || 0x10000 <= r && r <= 0xEFFFF
}
