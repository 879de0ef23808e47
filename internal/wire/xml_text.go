package wire

import (
	"bytes"
	"unicode/utf8"
)

// text appends the character data at hand, decoded, up to the next tag or
// other markup.
func (x *xmlReader) text(out []byte) ([]byte, error) {
	for {
		end, ascii := scanXML(x.doc, x.pos)
		if !ascii && !legal(x.doc[x.pos:end]) {
			return nil, syntaxError(x.pos, "illegal character in text")
		}
		out = append(out, x.doc[x.pos:end]...)
		x.pos = end
		if end == len(x.doc) {
			return nil, unexpected(x.doc, end, "in text")
		}
		switch c := x.doc[end]; c {
		case '<':
			return out, nil
		case '&':
			r, err := x.reference()
			if err != nil {
				return nil, err
			}
			out = utf8.AppendRune(out, r)
			continue
		case '>':
			if bytes.HasSuffix(x.doc[:end], []byte("]]")) {
				return nil, unexpected(x.doc, end, "after ]] in text")
			}
			out = append(out, '>')
		case '\t', '\n':
			out = append(out, c)
		case '\r':
			if end+1 < len(x.doc) && x.doc[end+1] == '\n' {
				x.pos++
			}
			out = append(out, '\n')
		default:
			return nil, unexpected(x.doc, end, "in text")
		}
		x.pos++
	}
}

// cdata appends the CDATA section at hand.
func (x *xmlReader) cdata(out []byte) ([]byte, error) {
	start := x.pos + len("<![CDATA[")
	n := bytes.Index(x.doc[start:], []byte("]]>"))
	if n < 0 {
		return nil, unexpected(x.doc, len(x.doc), "in a CDATA section")
	}
	text := x.doc[start : start+n]
	if !legal(text) {
		return nil, syntaxError(start, "illegal character in a CDATA section")
	}
	x.pos = start + n + len("]]>")
	// Line ends become one character, as in other text.
	for {
		line, rest, found := bytes.Cut(text, []byte("\r"))
		out = append(out, line...)
		if !found {
			return out, nil
		}
		out = append(out, '\n')
		text = bytes.TrimPrefix(rest, []byte("\n"))
	}
}

// references are the entities that need no declaration.
var references = [...]struct {
	text string
	char rune
}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}

// reference reads an entity or a character reference.
func (x *xmlReader) reference() (rune, error) {
	for _, known := range references {
		if x.at(known.text) {
			x.pos += len(known.text)
			return known.char, nil
		}
	}
	// Others would have to be declared in a document type, which is refused.
	from := x.pos
	if !x.at("&#") {
		return 0, syntaxError(from, "unknown entity")
	}
	x.pos += len("&#")
	base := rune(10)
	if x.at("x") {
		base = 16
		x.pos++
	}
	var r rune
	digits := x.pos
	for ; x.pos < len(x.doc); x.pos++ {
		d := rune(hexDigit(x.doc[x.pos]))
		if d < 0 || d >= base {
			break
		}
		// Looked at after each digit: any number of them may follow.
		if r = r*base + d; r > utf8.MaxRune {
			return 0, syntaxError(from, "illegal character reference")
		}
	}
	if x.pos == digits || !x.at(";") {
		return 0, unexpected(x.doc, x.pos, "in a character reference")
	}
	x.pos++
	if !isChar(r) {
		return 0, syntaxError(from, "illegal character reference")
	}
	return r, nil
}

// legal reports whether text is UTF-8 and has only characters of XML.
func legal(text []byte) bool {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if c < ' ' && !isWhite(c) {
				return false
			}
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 || !isChar(r) {
			return false
		}
		i += size
	}
	return true
}

// isChar reports whether XML allows a character at all.
func isChar(r rune) bool {
	return r >= ' ' && r <= 0xD7FF || r == '\t' || r == '\n' || r == '\r' ||
		r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 && r <= utf8.MaxRune
}
