package wire

import "unicode/utf8"

// scratch holds values that differ from their form in the document, one behind the
// other. Values stay valid until reset: when scratch is full, it continues in new
// memory and copies only the current value.
type scratch struct {
	buf  []byte
	from int // where the current value starts
}

func (s *scratch) reset() { s.buf = s.buf[:0] }

// begin starts a value.
func (s *scratch) begin() { s.from = len(s.buf) }

// value returns what was appended since begin.
func (s *scratch) value() []byte { return s.buf[s.from:len(s.buf):len(s.buf)] }

// reserve makes room for n more bytes of the current value.
func (s *scratch) reserve(n int) {
	if cap(s.buf)-len(s.buf) >= n {
		return
	}
	const most = 32 << 10 // of memory that is not needed yet
	size := max(len(s.value())+n, 2*len(s.value()), min(2*cap(s.buf), most), 512)
	s.buf = append(make([]byte, 0, size), s.value()...)
	s.from = 0
}

// prepare makes room for the decoded text, and reports whether text is valid UTF-8.
func (s *scratch) prepare(text []byte) (valid bool) {
	if utf8.Valid(text) {
		s.reserve(len(text))
		return true
	}
	n := 0
	for rest := text; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		n += utf8.RuneLen(r)
		rest = rest[size:]
	}
	s.reserve(n)
	return false
}

// append appends text. If it is not valid, each byte that is not UTF-8 becomes
// U+FFFD, as in encoding/json.
func (s *scratch) append(text []byte, valid bool) {
	if valid {
		s.buf = append(s.buf, text...)
		return
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		s.buf = utf8.AppendRune(s.buf, r)
		text = text[size:]
	}
}

// validUTF8 returns text with each byte that is not UTF-8 replaced by U+FFFD.
func validUTF8(text []byte) []byte {
	if utf8.Valid(text) {
		return text
	}
	var s scratch
	s.append(text, s.prepare(text))
	return s.value()
}
