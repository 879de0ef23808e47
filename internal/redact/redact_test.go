package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/refsign"
)

// padding removes the padding of base64, which holds nothing of a secret.
var padding = strings.NewReplacer("=", "", "%3D", "")

func inJSON(s string) string {
	text, _ := json.Marshal(s)
	return string(text[1 : len(text)-1])
}

// TestText hides a secret in every encoding in which it may be quoted, even if the
// text ends within it.
func TestText(t *testing.T) {
	t.Parallel()
	const secret = `CAIS/tok+en=<&>"0123456789`
	quoted := inJSON(secret)
	everyByte := func(format string) string { return each(secret, format) }
	for name, form := range map[string]string{
		"plain":             secret,
		"query":             url.QueryEscape(secret),
		"path":              url.PathEscape(secret),
		"string to sign":    refsign.Encode(refsign.Encode(secret)),
		"three times":       refsign.Encode(refsign.Encode(refsign.Encode(secret))),
		"lower-case":        strings.ToLower(everyByte("%%%02x")),
		"in part":           strings.ReplaceAll(secret, "+", "%2B"),
		"JSON":              quoted,
		"JSON with slashes": strings.ReplaceAll(quoted, "/", `\/`),
		"JSON, every byte":  everyByte(`\u%04x`),
		"HTML":              html.EscapeString(secret),
		"HTML, every byte":  everyByte("&#%d;"),
		"HTML, hexadecimal": everyByte("&#x%X;"),
		"base64":            base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 for URLs":   base64.RawURLEncoding.EncodeToString([]byte(secret)),
		"base64 in a query": url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(secret))),
		"hex":               hex.EncodeToString([]byte(secret)),
		"HEX":               strings.ToUpper(hex.EncodeToString([]byte(secret))),
		"blanks for +":      strings.ReplaceAll(secret, "+", " "),
		"a query for blank": url.PathEscape(strings.ReplaceAll(secret, "+", " ")),
		"line breaks":       secret[:5] + "\r\n\t" + secret[5:20] + "\n" + secret[20:],
		"white space":       secret[:5] + "\v" + secret[5:20] + "\f" + secret[20:],
		"JSON in JSON":      inJSON(inJSON(inJSON(secret))),
		"query in JSON":     inJSON(url.QueryEscape(secret)),
		"HTML in HTML":      html.EscapeString(html.EscapeString(secret)),
		"Go":                everyByte(`\x%02x`),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := Text("before "+form+" after "+form+form, "short", secret)
			require.Equal(t, "before [hidden] after [hidden][hidden]", padding.Replace(text))
			for cut := len(form) / 3; cut < len(form); cut++ {
				require.Regexp(t, `^x\[hidden\](%3D|%3|%|=)?$`, Text("x"+form[:cut], secret), "cut off after %d", cut)
			}
		})
	}
	require.Equal(t, "a short CAI tail: CAI", Text("a short CAI tail: CAI", "short", secret), "other text stays")
}

// Parts of a secret are encoded once more than the rest, or less.
func TestTextFindsARawPercent(t *testing.T) {
	t.Parallel()
	const secret = "~Zq%7&x%41"
	for _, form := range []string{
		"~Zq%7&x%41", "~Zq%257&x%2541", "~Zq%257%26x%2541", "%7EZq%257%26x%2541", "~Zq%25257%2526x%252541", "~Zq%25252525257&x%41", "~Zq%7&amp;x%41", `~Zq\u00257\u0026x%2541`,
	} {
		require.Equal(t, "<[hidden]>", Text("<"+form+">", secret), form)
	}
}

// TestTextBehindAPercent: a secret that begins with digits, behind what makes an
// escape of them.
func TestTextBehindAPercent(t *testing.T) {
	t.Parallel()
	require.Equal(t, "x%[hidden]y", Text("x%41abcdefghy", "41abcdefgh"))
	require.Equal(t, `x\u00[hidden]y`, Text(`x\u0041abcdefghy`, "41abcdefgh"))
}

// TestTextLengths: how long a secret is at least, and the beginning of one that is
// hidden where the text ends.
func TestTextLengths(t *testing.T) {
	t.Parallel()
	require.Equal(t, "x[hidden]y", Text("xsecrety", "secret"))
	require.Equal(t, "xsecrey", Text("xsecrey", "secre"))
	require.Equal(t, "x[hidden]", Text("xsecr", "secret"))
	require.Equal(t, "xsec", Text("xsec", "secret"))
	require.Equal(t, "[hidden]", Text("secr", "secret"))
	require.Equal(t, "sec", Text("sec", "secret"))
	require.Equal(t, "a [hidden] b [hidden] c", Text("a second-one b first-one c", "first-one", "second-one"), "in any order")
}

func TestWithWhole(t *testing.T) {
	t.Parallel()
	r := New("secret").WithWhole("public").WithWhole("short")
	require.Equal(t, "[hidden] [hidden] short", r.Text("secret pub%6cic short"))
	require.Equal(t, "the start of it: publi", r.Text("the start of it: publi"))
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{
		"dial http://user:hunter2@proxy.example:80: refused": "dial http://[hidden]@proxy.example:80: refused",
		"socks5://hunter2@a and https://hunter2@b/x":         "socks5://[hidden]@a and https://[hidden]@b/x",
		"https://a.example/?q=x":                             "https://a.example/?q=x",
		`invalid proxy address "http://hunter2": parse`:      "invalid proxy address [hidden]",
	} {
		require.Equal(t, want, Passwords(s))
	}
}

func TestIsHarmless(t *testing.T) {
	t.Parallel()
	const uuid = "6EF60BEC-0242-43AF-bb20-270359fb54a7"
	require.True(t, IsHarmless("abc"))
	require.False(t, IsHarmless("abcd"))
	require.True(t, IsHarmless(uuid))
	require.False(t, IsHarmless(uuid+"0"))
	for i := range uuid {
		require.False(t, IsHarmless(uuid[:i]+uuid[i+1:]))
		require.False(t, IsHarmless(uuid[:i]+"g"+uuid[i+1:]), "%d", i)
		if uuid[i] == '-' {
			require.False(t, IsHarmless(uuid[:i]+"0"+uuid[i+1:]), "%d", i)
		} else {
			require.False(t, IsHarmless(uuid[:i]+"-"+uuid[i+1:]), "%d", i)
		}
	}
}

// TestDecode states what texts decode to.
func TestDecode(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                  "",
		"%41":               "A",
		"%2541":             "A",
		`\"`:                `"`,
		`\\`:                `\`,
		`\u0041`:            "A",
		`\\u0041`:           "A",
		`\u005c\u0041`:      `\A`,
		`%5c\x41`:           `\A`,
		`\u005cu0041`:       "A",
		`\n\r\t\b\f\v`:      "",
		`\a`:                `\a`,
		"a b\tc\nd\ve\ff\r": "abcdef",
		"a+b%2Bc&#43;d":     "abcd",
		"%4":                "%4",
		"%4g":               "%4g",
		"%g1":               "%g1",
		"&#65;&#x41;&#X41":  "AA&#X41",
		"&#X41;&#065;":      "AA",
		"&lt;&gt;&amp;":     "<>&",
		"&quot;&apos;":      `"'`,
		"&amp;lt;":          "<",
		"&nbsp;&;&#;&#x;":   "&nbsp;&;&#;&#x;",
		"&#256;&#x100;":     "&#256;&#x100;",
		"&#255;":            "\xff",
		`\u0100\u00ff`:      "\\u0100\xff",
		"&#x00000000026;":   "&#x00000000026;",
		"&#x0000000026;":    "&",
		";":                 ";",
	} {
		require.Equal(t, want, decode(text).text, "%q", text)
	}
}

// TestTextInBase64 hides a secret at each offset of a longer text.
func TestTextInBase64(t *testing.T) {
	t.Parallel()
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.RawStdEncoding, base64.URLEncoding, base64.RawURLEncoding} {
		for id := range 4 {
			for secret := "s3cr/t?~>secret"; len(secret) > 11; secret = secret[1:] {
				for _, around := range []string{"", "x", "xy"} {
					encoded := encoding.EncodeToString([]byte("user-id:"[id:] + secret + around))
					shown := Text("Basic "+encoded+" ", secret)
					require.Contains(t, shown, Hidden)
					shown = strings.ReplaceAll(strings.TrimSpace(shown), Hidden, "")
					require.LessOrEqual(t, len(shown), len("Basic ")+(8-id)*4/3+len("xyzw=="), "nothing of the secret is left")
				}
			}
		}
	}
}

// A hostile server sends texts made of the beginning of a secret.
func TestTextIsLinear(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("A", 1000) + "B"
	const size = 64 << 10
	for _, of := range []string{"A", "%", "%25", "%2541", `\`, `\\`, `\u0041`, "&", "&amp;", "&#65;", "+", "41", "QUFB", "A "} {
		hostile := strings.Repeat(of, size/len(of))
		start := time.Now()
		Text(hostile, secret, secret+"C", secret+"D", secret+"E")
		require.Less(t, time.Since(start), 2*time.Second, "%q", of)
	}
}

// FuzzText encodes a secret by any chain of encodings and finds it in any context.
func FuzzText(f *testing.F) {
	f.Add("CAIS/token+=", "a CAIS/token+= b", []byte{0, 1})
	f.Add("secret%25", `\u0073ecret%2525 &#115;ecret%`, []byte{2})
	f.Add("~Zq%7&x\\n%41;", "", []byte{0, 0, 2, 4, 3, 6})
	f.Fuzz(func(t *testing.T, secret, text string, chain []byte) {
		require.NotContains(t, strings.ReplaceAll(Text(text, secret), Hidden, "\xff"), long(secret), "the unencoded secret")
		secret = ascii(secret[:min(len(secret), 64)])
		if len(secret) < minSecret || len(decode(secret).text) < minPart {
			return
		}
		encoded := secret
		for _, b := range chain[:min(len(chain), 4)] {
			encoded = encoders[int(b)%len(encoders)](encoded)
		}
		shown := Text("\x01"+encoded+"\x01", secret)
		before, after, found := strings.Cut(padding.Replace(shown), Hidden)
		require.True(t, found, "%q encoded as %q", secret, encoded)
		require.Equal(t, "\x01\x01", decode(before+after).text, "rest of %q encoded as %q", secret, encoded)
	})
}

// long returns s if it is long enough for a secret, and otherwise a text that no text contains.
func long(s string) string {
	if len(s) < minSecret || strings.Contains(s, "\xff") {
		return "\xff no text"
	}
	return s
}

// ascii returns the characters of s that credentials may contain, without backslashes.
func ascii(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r >= 0x7f || r == '\\' {
			return -1
		}
		return r
	}, s)
}

// encoders may be applied one after the other.
var encoders = []func(string) string{
	url.QueryEscape, url.PathEscape, refsign.Encode, html.EscapeString, inJSON,
	func(s string) string { return each(s, "%%%02x") },
	func(s string) string { return each(s, `\u%04X`) },
	func(s string) string { return each(s, "&#%d;") },
	func(s string) string { return strings.ReplaceAll(s, "+", " ") },
	func(s string) string { return s[:len(s)/2] + "\r\n  " + s[len(s)/2:] },
	func(s string) string { return strings.ReplaceAll(s, "%", "%25") },
	func(s string) string { return strings.ReplaceAll(s, "/", `\/`) },
}

// each formats each byte of s.
func each(s, format string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, format, s[i])
	}
	return b.String()
}

// FuzzDecode compares the decoder, which resolves each escape at its end, with one
// that searches repeatedly.
func FuzzDecode(f *testing.F) {
	for _, s := range []string{"%2541", `\\u0041`, "%\u003241", "&amp;#65;", "a + b", `\%5C"`, "&#x0041;&lt"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		decoded := decode(s)
		require.Equal(t, simpleDecode(s), decoded.text)
		require.Len(t, decoded.from, len(decoded.text))
		for i := range decoded.text {
			require.Less(t, decoded.from[i], decoded.to[i])
			require.True(t, i == 0 || decoded.to[i-1] <= decoded.from[i])
		}
	})
}

// simpleDecode resolves the escape that ends first, and starts over.
func simpleDecode(s string) string {
	text, depths := []byte(s), make([]int, len(s))
again:
	for n := 1; n <= len(text); n++ {
		length, c := escape(text[:n])
		start, depth := n-length, 0
		switch {
		case strings.ContainsRune(" \t\n\v\f\r+", rune(text[n-1])):
			text, depths = slices.Delete(text, n-1, n), slices.Delete(depths, n-1, n)
			goto again
		case length == 0, length == 2 && c == '\\' && depths[n-1] < depths[start]:
			continue
		}
		depth = min(slices.Max(depths[start:n]), 254) + 1
		text, depths = slices.Replace(text, start, n, c), slices.Replace(depths, start, n, depth)
		goto again
	}
	return string(text)
}
