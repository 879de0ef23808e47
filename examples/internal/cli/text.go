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

// Steers reports whether r is a character that controls a terminal, or that
// reorders or hides the text around it. The service forwards text from registries
// and registrants.
func Steers(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Printable returns text on one line and without characters that steer a terminal.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if Steers(r) {
			return ' '
		}
		return r
	}, text)
}

// AppendJSON appends value, such as a task, to line as JSON on one line, without
// characters that steer a terminal, and a line break.
func AppendJSON(line []byte, value any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // people read the lines too
	if err := enc.Encode(value); err != nil {
		return line, err
	}
	text := b.Bytes()
	text = text[:len(text)-1] // without the line break of Encode

	// Package json does not escape all characters that steer a terminal. Escaping
	// them does not change the value.
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
