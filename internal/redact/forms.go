package redact

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
)

// form is a text to search for: a secret, or an encoded secret.
type form struct {
	text string
	raw  bool // searched in the original text, not in the decoded one
	// before and after are 1 if base64 mixes a byte of the secret with its
	// neighbor there, in a character that is not part of text.
	before, after int
	whole         bool // not found if the text ends within it
}

// formsOf returns the forms of a secret.
func formsOf(secret string) []form {
	digits := hex.EncodeToString([]byte(secret))
	forms := []form{
		{text: secret, raw: true}, // even if it looks encoded
		{text: decode(secret).text},
		{text: digits},
		{text: strings.ToUpper(digits)},
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for offset := range 3 {
			forms = append(forms, inBase64(encoding, secret, offset))
		}
	}
	found := forms[:0]
	for _, f := range forms {
		if len(f.text) >= minPart {
			found = append(found, f)
		}
	}
	return found
}

// inBase64 returns the base64 form of a secret that begins at a position that is
// offset modulo 3.
func inBase64(encoding *base64.Encoding, secret string, offset int) form {
	padded := "\x00\x00"[:offset] + secret
	text := encoding.EncodeToString([]byte(padded))
	f := form{}
	from, to := 0, len(text)
	if offset > 0 {
		from, f.before = offset+1, 1
	}
	if len(padded)%3 > 0 {
		to, f.after = to-1, 1
	}
	f.text = strings.ReplaceAll(text[from:to], "+", "") // as decode does
	return f
}

// find appends the positions of the form in v. Each position is searched once, so
// the time is linear.
func (f form) find(found []span, v view) []span {
	for at := 0; ; {
		i := strings.Index(v.text[at:], f.text)
		if i < 0 {
			break
		}
		from := at + i
		at = from + len(f.text)
		found = append(found, v.span(from-f.before, at+f.after))
	}
	if f.whole {
		return found
	}
	for _, text := range []string{v.text, v.text[:v.complete]} {
		if n := f.endsWithin(text); n > 0 {
			found = append(found, span{v.span(len(text)-n-f.before, len(text)).from, v.length()})
		}
	}
	return found
}

// endsWithin returns the length of the beginning of the form at the end of text.
func (f form) endsWithin(text string) int {
	for n := min(len(text), len(f.text)-1); n >= minPart; n-- {
		if text[len(text)-n] == f.text[0] && strings.HasPrefix(f.text, text[len(text)-n:]) {
			return n
		}
	}
	return 0
}
