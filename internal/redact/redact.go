// Package redact removes secrets from texts. It finds them by value:
//
//   - as they are;
//   - percent-encoded, escaped as in JSON (also \xXX) or HTML, in upper or lower
//     case, in whole or in part, any number of times and in any mixture;
//   - with white space within, such as line breaks, and with a + that became a
//     blank or was lost;
//   - in hex, and in base64, standard or for URLs, also as a part of a longer
//     text such as "id:secret"; these are found in the encodings above.
//
// Nothing else is recognized, such as a secret that is compressed, reversed or in
// base64 twice. A secret that holds a backslash, as none of the service's does, is
// recognized as it is, in hex and in base64.
package redact

import (
	"slices"
	"strings"
)

// Hidden replaces a secret in a text.
const Hidden = "[hidden]"

const (
	// minSecret is below the length of any key, token or signature: shorter values
	// are not secrets, and hiding them would garble the text.
	minSecret = 6
	// minPart is the shortest part of a secret that is hidden if the text ends within it.
	minPart = 4
)

// Text returns s without the secrets; see Redactor.
func Text(s string, secrets ...string) string { return New(secrets...).Text(s) }

// Redactor removes certain secrets from texts. It is immutable.
type Redactor struct{ forms []form }

// New returns a Redactor of secrets. It ignores secrets of less than 6 bytes.
func New(secrets ...string) Redactor { return Redactor{}.With(secrets...) }

// With returns a Redactor of the secrets of r and more.
func (r Redactor) With(secrets ...string) Redactor {
	forms := slices.Clip(r.forms)
	for _, secret := range secrets {
		if len(secret) >= minSecret {
			forms = append(forms, formsOf(secret)...)
		}
	}
	return Redactor{forms}
}

// WithWhole returns a Redactor of one more secret, which is not hidden if the text
// ends within it: its beginning is not secret.
func (r Redactor) WithWhole(secret string) Redactor {
	if len(secret) < minSecret {
		return r
	}
	return Redactor{append(slices.Clip(r.forms), form{text: decode(secret).text, whole: true})}
}

// Text returns s without the secrets, and without the beginning of one if s ends
// within it.
func (r Redactor) Text(s string) string {
	if len(r.forms) == 0 || IsHarmless(s) {
		return s
	}
	var found []span
	decoded := decode(s)
	for _, form := range r.forms {
		if form.raw {
			found = form.find(found, plain(s))
		} else {
			found = form.find(found, decoded)
		}
	}
	return replace(s, found)
}

// span is a part of a text.
type span struct{ from, to int }

// replace returns s with Hidden in place of the spans. Overlapping spans are
// merged.
func replace(s string, spans []span) string {
	if len(spans) == 0 {
		return s
	}
	slices.SortFunc(spans, func(a, b span) int { return a.from - b.from })
	var b strings.Builder
	kept := 0 // s is in b up to here
	for i := 0; i < len(spans); {
		hidden := spans[i]
		for i++; i < len(spans) && spans[i].from < hidden.to; i++ {
			hidden.to = max(hidden.to, spans[i].to)
		}
		b.WriteString(s[kept:hidden.from])
		b.WriteString(Hidden)
		kept = hidden.to
	}
	return b.String() + s[kept:]
}

// IsHarmless reports whether s cannot hold a secret: because it is short, or a UUID
// like the request id of every response.
func IsHarmless(s string) bool {
	if len(s) < minPart {
		return true
	}
	if len(s) != len("6EF60BEC-0242-43AF-BB20-270359FB54A7") {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !strings.ContainsRune("0123456789ABCDEFabcdef", rune(s[i])) {
				return false
			}
		}
	}
	return true
}
