package wire

import (
	"bytes"
	"unicode/utf8"
)

// text appends the decoded character data or CDATA section at hand, and reports
// whether any of it was replaced.
func (x *xmlReader) text(s *scratch) (damaged bool, err error) {
	if x.at("<![CDATA[") {
		text, err := x.cdata()
		return s.unescape(text, false), err
	}
	text, err := x.characters()
	return s.unescape(text, true), err
}

// characters returns the character data at hand as written, up to the next
// markup. If the document ends there, it is returned with the error.
func (x *xmlReader) characters() ([]byte, error) {
	start := x.pos
	n := bytes.IndexByte(x.doc[start:], '<')
	if n < 0 {
		x.pos = len(x.doc)
		return x.doc[start:], unexpected(x.doc, x.pos, "in text")
	}
	x.pos += n
	return x.doc[start:x.pos], nil
}

// cdata returns the content of the CDATA section at hand.
func (x *xmlReader) cdata() ([]byte, error) {
	start := x.pos + len("<![CDATA[")
	n := bytes.Index(x.doc[start:], []byte("]]>"))
	if n < 0 {
		x.pos = len(x.doc)
		return x.doc[start:], unexpected(x.doc, x.pos, "in a CDATA section")
	}
	x.pos = start + n + len("]]>")
	return x.doc[start : start+n], nil
}

// unescape appends the decoded text: line ends become one character, and references
// become what they refer to, unless they are text. It reports whether any of it was
// replaced. An ampersand that begins no reference of XML stands for itself.
func (s *scratch) unescape(text []byte, references bool) (damaged bool) {
	valid := s.prepare(text)
	damaged = !valid
	for i := 0; ; {
		i, _ = scanXML(text, i)
		switch {
		case i == len(text):
			s.append(text, valid)
			return damaged
		case text[i] != '\r' && (text[i] != '&' || !references):
			i++
			continue
		}
		s.append(text[:i], valid)
		text, i = text[i:], 0
		if text[0] == '\r' {
			s.buf = append(s.buf, '\n')
			text = bytes.TrimPrefix(text[1:], []byte("\n"))
			continue
		}
		r, size, ok := reference(text)
		s.buf = utf8.AppendRune(s.buf, r)
		damaged = damaged || !ok
		text = text[size:]
	}
}

// entities are the entities that need no declaration.
var entities = [...]struct {
	text string
	char rune
}{{"&lt;", '<'}, {"&gt;", '>'}, {"&amp;", '&'}, {"&quot;", '"'}, {"&apos;", '\''}}

// reference reads the reference at the beginning of text, and returns its size.
// Other entities must be declared in a document type, which is refused, so they are
// text. ok is false for a reference to no character, which becomes U+FFFD. The
// result is never longer than the reference.
func reference(text []byte) (r rune, size int, ok bool) {
	for _, e := range entities {
		if len(text) >= len(e.text) && string(text[:len(e.text)]) == e.text {
			return e.char, len(e.text), true
		}
	}
	i, base := len("&#"), rune(10)
	if !bytes.HasPrefix(text, []byte("&#")) {
		return '&', 1, true
	}
	if i < len(text) && text[i] == 'x' {
		i, base = i+1, 16
	}
	digits := i
	for ; i < len(text); i++ {
		d := rune(hexDigit(text[i]))
		if d < 0 || d >= base {
			break
		}
		r = min(r*base+d, utf8.MaxRune+1) // any number of digits may follow
	}
	if i == digits || i == len(text) || text[i] != ';' {
		return '&', 1, true
	}
	if !utf8.ValidRune(r) {
		return utf8.RuneError, i + 1, false
	}
	return r, i + 1, true
}
