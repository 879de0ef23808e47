package wire

import (
	"unicode/utf16"
	"unicode/utf8"
)

// str reads the string at hand. What it returns is a part of the document, or
// of scratch when the string has escapes or is not UTF-8. Scratch may move when
// it grows; what was returned before stays valid where it is.
func (j *jsonReader) str(scratch *[]byte) ([]byte, error) {
	start := j.pos + 1
	end, ascii := scanJSON(j.doc, start)
	if end < len(j.doc) && j.doc[end] == '"' && (ascii || utf8.Valid(j.doc[start:end])) {
		j.pos = end + 1
		return j.doc[start:end], nil
	}
	from := len(*scratch)
	if err := j.unquote(start, scratch); err != nil {
		return nil, err
	}
	return (*scratch)[from:], nil
}

// unquote appends the string that starts after the quote before start.
func (j *jsonReader) unquote(start int, scratch *[]byte) error {
	out := *scratch
	for j.pos = start; ; {
		end, ascii := scanJSON(j.doc, j.pos)
		out = appendUTF8(out, j.doc[j.pos:end], ascii)
		j.pos = end
		switch j.peek() {
		case '"':
			j.pos++
			*scratch = out
			return nil
		case '\\':
			r, err := j.escape()
			if err != nil {
				return err
			}
			out = utf8.AppendRune(out, r)
		default:
			return unexpected(j.doc, j.pos, "in a string")
		}
	}
}

// appendUTF8 appends text with each byte that is not UTF-8 replaced.
func appendUTF8(out, text []byte, ascii bool) []byte {
	if ascii || utf8.Valid(text) {
		return append(out, text...)
	}
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		out = utf8.AppendRune(out, r)
		text = text[size:]
	}
	return out
}

// escapes maps the letter after a backslash to what the two stand for.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads an escape sequence. Half of a surrogate pair is replaced.
func (j *jsonReader) escape() (rune, error) {
	j.pos++
	c := j.peek()
	if c == 'u' {
		r, ok := hex4(j.doc, j.pos+1)
		if !ok {
			return 0, unexpected(j.doc, j.pos+1+countHex(j.doc, j.pos+1), "in an escape")
		}
		j.pos += 5
		if !utf16.IsSurrogate(r) {
			return r, nil
		}
		// The other half has to follow at once. What follows and is not the
		// other half is read by itself.
		if j.pos+1 < len(j.doc) && j.doc[j.pos] == '\\' && j.doc[j.pos+1] == 'u' {
			if low, ok := hex4(j.doc, j.pos+2); ok {
				if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
					j.pos += 6
					return pair, nil
				}
			}
		}
		return utf8.RuneError, nil
	}
	if escapes[c] == 0 {
		return 0, unexpected(j.doc, j.pos, "in an escape")
	}
	j.pos++
	return rune(escapes[c]), nil
}

// hex4 reads the four digits of a \u escape.
func hex4(doc []byte, i int) (rune, bool) {
	if countHex(doc, i) < 4 {
		return 0, false
	}
	var r rune
	for _, c := range doc[i : i+4] {
		r = r<<4 | rune(hexDigit(c))
	}
	return r, true
}

// countHex counts the hexadecimal digits at i, up to the four of an escape.
func countHex(doc []byte, i int) int {
	n := 0
	for n < 4 && i+n < len(doc) && hexDigit(doc[i+n]) >= 0 {
		n++
	}
	return n
}

// hexDigit is the value of a digit, -1 if it is none.
func hexDigit(c byte) int {
	switch {
	case '0' <= c && c <= '9':
		return int(c - '0')
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return int(c|0x20-'a') + 10
	}
	return -1
}
