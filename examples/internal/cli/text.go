package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Steers reports whether r is a character that makes a terminal do something
// rather than show something, or that reorders or hides the text around it.
// The service passes on what registries and registrants wrote.
func Steers(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Printable is text on one line that a terminal just shows.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if Steers(r) {
			return ' '
		}
		return r
	}, text)
}

// AppendJSON appends value, such as a task, to line as JSON that a terminal
// just shows on one line, and a line break.
func AppendJSON(line []byte, value any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // people read the lines, too
	if err := enc.Encode(value); err != nil {
		return line, err
	}
	text := b.Bytes()
	text = text[:len(text)-1] // without the line break of Encode

	// Package json leaves some characters as they are that steer a terminal.
	// Escaped they are the same JSON.
	for i := bytes.IndexFunc(text, Steers); i >= 0; i = bytes.IndexFunc(text, Steers) {
		line = append(line, text[:i]...)
		r, size := utf8.DecodeRune(text[i:])
		for _, unit := range utf16.Encode([]rune{r}) {
			line = fmt.Appendf(line, `\u%04x`, unit)
		}
		text = text[i+size:]
	}
	return append(append(line, text...), '\n'), nil
}
