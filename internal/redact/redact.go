// Package redact takes secrets out of texts by value: whoever quotes one, in
// whatever encoding, it is recognised.
package redact

import (
	"encoding/base64"
	"strconv"
	"strings"
)

// Hidden stands in for a secret wherever one would be shown.
const Hidden = "[hidden]"

const (
	// minSecret is below the length of any key, token or signature: shorter
	// values are no secrets, and hiding them would garble what is shown.
	minSecret = 6
	// minPart is how much of a secret is hidden where the text ends within it.
	minPart = 4
)

// Text returns s without the secrets, and without the beginning of one where s
// ends within it.
func Text(s string, secrets ...string) string {
	if len(s) < minPart {
		return s
	}
	forms := forms(secrets)
	var b strings.Builder
	kept := 0 // up to where s is in b
	for i := 0; i < len(s); i++ {
		if n := secretAt(s[i:], forms); n > 0 {
			b.WriteString(s[kept:i])
			b.WriteString(Hidden)
			i += n - 1
			kept = i + 1
		}
	}
	if kept == 0 {
		return s
	}
	return b.String() + s[kept:]
}

// forms lists what is searched for: the secrets, and what base64 makes of them.
func forms(secrets []string) (forms []string) {
	for _, secret := range secrets {
		if len(secret) >= minSecret {
			whole := base64.StdEncoding.EncodeToString([]byte(secret))
			forms = append(forms, secret, strings.TrimRight(whole, "="))
		}
	}
	return forms
}

// secretAt returns how long the secret is that s begins with, in whatever
// encoding; 0 = s begins with none. A secret that s is too short for counts.
func secretAt(s string, secrets []string) int {
	for _, secret := range secrets {
		if strings.HasPrefix(s, secret) {
			return len(secret) // even where it reads like an encoding, too
		}
		n := 0
		for i := range len(secret) {
			if n == len(s) {
				if i >= minPart {
					return n
				}
				n = 0
				break
			}
			width := encodes(s[n:], secret[i])
			if width == 0 {
				n = 0
				break
			}
			n += width
		}
		if n > 0 {
			return n
		}
	}
	return 0
}

// encodes returns how many bytes at the beginning of s stand for c: what
// percent-encoding (once, or again), JSON or HTML make of it, or itself; 0 =
// none do. Where s ends within an encoding, all of it does.
func encodes(s string, c byte) (width int) {
	switch {
	case s[0] == '%':
		rest := s[1:]
		for strings.HasPrefix(rest, "25") {
			rest = rest[2:]
		}
		width = escaped(s, rest, 2, c)
	case s == `\`:
		width = 1
	case strings.HasPrefix(s, `\u`):
		width = escaped(s, s[2:], 4, c)
	case s[0] == '\\' && s[1] == c:
		width = 2
	case s[0] == '&':
		width = entity(s, c)
	}
	if width == 0 && s[0] == c {
		return 1
	}
	return width
}

// escaped compares the hexadecimal digits that rest, the end of s, begins with.
func escaped(s, rest string, digits int, c byte) int {
	if len(rest) < digits {
		return len(s)
	}
	if n, err := strconv.ParseUint(rest[:digits], 16, 32); err != nil || n != uint64(c) {
		return 0
	}
	return len(s) - len(rest) + digits
}

func entity(s string, c byte) int {
	const longest = len("&#x00000026;")
	name, _, ok := strings.Cut(s[1:min(len(s), longest)], ";")
	switch {
	case !ok && len(s) < longest:
		return len(s)
	case !ok:
		return 0
	}
	named := map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}
	value := uint64(named[name])
	if number, ok := strings.CutPrefix(name, "#"); ok {
		base := 10
		if hex, ok := strings.CutPrefix(strings.ToLower(number), "x"); ok {
			base, number = 16, hex
		}
		value, _ = strconv.ParseUint(number, base, 32)
	}
	if value != uint64(c) {
		return 0
	}
	return len(name) + 2
}
