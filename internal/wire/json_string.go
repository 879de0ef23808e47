package wire

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// stringEnd returns the index of the quote that ends the string whose text
// begins at i, or -1 if the document ends before it.
func (j *jsonReader) stringEnd(i int) int {
	for i < len(j.doc) {
		i, _ = scanJSON(j.doc, i)
		switch {
		case i >= len(j.doc):
		case j.doc[i] == '"':
			return i
		case j.doc[i] == '\\':
			i += 2
		default: // a control character
			i++
		}
	}
	return -1
}

// unquote appends the decoded text, the inside of a string, and reports whether any
// of it was replaced. A backslash that begins no escape sequence stands for itself.
func (s *scratch) unquote(text []byte) (damaged bool) {
	valid := s.prepare(text)
	damaged = !valid
	for {
		n := bytes.IndexByte(text, '\\')
		if n < 0 {
			s.append(text, valid)
			return damaged
		}
		s.append(text[:n], valid)
		r, size := escape(text[n:])
		s.buf = utf8.AppendRune(s.buf, r)
		if r == utf8.RuneError && !equalASCII(text[n:n+size], `\ufffd`) {
			damaged = true
		}
		text = text[n+size:]
	}
}

// escapes maps the letter after a backslash to the character that the two encode.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads the escape sequence at the beginning of text, and returns its size.
// The result is never longer. Half of a surrogate pair is replaced.
func escape(text []byte) (r rune, size int) {
	if len(text) < 2 {
		return '\\', len(text)
	}
	if c := escapes[text[1]]; c != 0 {
		return rune(c), 2
	}
	if text[1] != 'u' {
		return '\\', 1
	}
	r, ok := hex4(text[2:])
	if !ok {
		return '\\', 1
	}
	if !utf16.IsSurrogate(r) {
		return r, 6
	}
	// The other half must follow immediately. Anything else that follows is read by
	// itself.
	if len(text) >= 8 && text[6] == '\\' && text[7] == 'u' {
		if low, ok := hex4(text[8:]); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, 12
			}
		}
	}
	return utf8.RuneError, 6
}

// hex4 reads the four digits of a \u escape.
func hex4(text []byte) (r rune, ok bool) {
	if len(text) < 4 {
		return 0, false
	}
	for _, c := range text[:4] {
		digit := hexDigit(c)
		if digit < 0 {
			return 0, false
		}
		r = r<<4 | rune(digit)
	}
	return r, true
}

// hexDigit returns the value of a digit, or -1 if c is none.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
