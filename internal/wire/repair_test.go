package wire_test

import (
	"bytes"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// The repairs below make documents that only this package accepts valid for the
// standard library, for the reference.

var jsonString = regexp.MustCompile(`(?s)"(?:[^"\\]|\\.)*"`)
var jsonEscape = regexp.MustCompile(`(?s)\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})?`)

// repairJSON escapes control characters within strings, and doubles backslashes
// that begin no escape.
func repairJSON(doc []byte) []byte {
	return jsonString.ReplaceAllFunc(doc, func(text []byte) []byte {
		text = jsonEscape.ReplaceAllFunc(text, func(escape []byte) []byte {
			if len(escape) == 1 {
				return []byte(`\\`)
			}
			return escape
		})
		var out []byte
		for _, c := range text {
			if c < ' ' {
				out = fmt.Appendf(out, `\u%04x`, c)
			} else {
				out = append(out, c)
			}
		}
		return out
	})
}

// Characters that XML does not allow become those from mark on, and replaced ones
// become lost.
const (
	mark = '\uE000'
	lost = mark + 0xFF
)

var (
	xmlToken     = regexp.MustCompile(`(?s)<!\[CDATA\[.*?\]\]>|<!--.*?-->|<\?.*?\?>|<[^<>"']*(?:"[^"<]*"[^<>"']*|'[^'<]*'[^<>"']*)*>|[^<]+|<`)
	xmlReference = regexp.MustCompile(`&(?:(?:lt|gt|amp|quot|apos);|#[0-9]+;|#x[0-9a-fA-F]+;)?`)
	xmlQuoted    = regexp.MustCompile(`(?s)"[^"]*"|'[^']*'`)
	xmlAnything  = regexp.MustCompile(`(?s)^<\?[xX][mM][lL]([ \t\r\n].*)?\?>$`)
)

func repairXML(doc []byte) []byte {
	return xmlToken.ReplaceAllFunc(doc, func(token []byte) []byte {
		switch {
		case bytes.HasPrefix(token, []byte("<![CDATA[")):
			return repairCharacters(token)
		case xmlAnything.Match(token):
			return []byte("<?p?>")
		case bytes.HasPrefix(token, []byte("<!--")), bytes.HasPrefix(token, []byte("<?")):
			return bytes.ToValidUTF8(repairCharacters(token), []byte("x"))
		case token[0] == '<' && len(token) > 1:
			return xmlQuoted.ReplaceAll(token, []byte(`""`))
		case token[0] == '<':
			return token
		}
		token = xmlReference.ReplaceAllFunc(token, func(reference []byte) []byte {
			if len(reference) == 1 {
				return []byte("&amp;")
			}
			digits, base := strings.CutPrefix(strings.Trim(string(reference), "&#;"), "x")
			r, err := strconv.ParseUint(digits, map[bool]int{false: 10, true: 16}[base], 64)
			switch {
			case reference[1] != '#':
				return reference
			case err != nil || !utf8.ValidRune(rune(min(r, utf8.MaxRune+1))):
				return []byte(string(lost))
			case r == '\r':
				return reference
			}
			return bytes.ReplaceAll(bytes.ReplaceAll([]byte(string(repairRune(rune(r)))), []byte("&"), []byte("&amp;")), []byte("<"), []byte("&lt;"))
		})
		return bytes.ReplaceAll(repairCharacters(token), []byte("]]>"), []byte("]]&gt;"))
	})
}

func repairCharacters(text []byte) (out []byte) {
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		if r == utf8.RuneError && size == 1 {
			r = lost
		}
		out = utf8.AppendRune(out, repairRune(r))
		text = text[size:]
	}
	return out
}

func repairRune(r rune) rune {
	switch {
	case r < ' ' && !strings.ContainsRune(blank, r):
		return mark + r
	case r == 0xFFFE, r == 0xFFFF:
		return mark + r - 0xFF00
	}
	return r
}

// undoRepair returns the text before the repair, and reports whether any of it is lost.
func undoRepair(text string) (string, bool) {
	return strings.Map(func(r rune) rune {
		switch {
		case r == lost:
			return utf8.RuneError
		case r == mark+0xFE:
			return 0xFFFE
		case r >= mark && r < mark+' ':
			return r - mark
		}
		return r
	}, text), strings.ContainsRune(text, lost)
}
