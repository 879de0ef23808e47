package domaintask

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRedactor hides a secret in every encoding that it may be quoted in, also
// where the text ends within it.
func TestRedactor(t *testing.T) {
	t.Parallel()
	const secret = `CAIS/tok+en=<&>"0123456789`
	r := newRedactor(Credentials{SecurityToken: secret}, "short")
	quoted, err := json.Marshal(secret)
	require.NoError(t, err)
	everyByte := func(format string) string {
		var b strings.Builder
		for i := range len(secret) {
			fmt.Fprintf(&b, format, secret[i])
		}
		return b.String()
	}
	for name, form := range map[string]string{
		"plain":             secret,
		"query":             url.QueryEscape(secret),
		"path":              url.PathEscape(secret),
		"string to sign":    percentEncode(percentEncode(secret)),
		"three times":       percentEncode(percentEncode(percentEncode(secret))),
		"lower-case":        strings.ToLower(everyByte("%%%02x")),
		"in part":           strings.ReplaceAll(secret, "+", "%2B"),
		"JSON":              strings.Trim(string(quoted), `"`),
		"JSON with slashes": strings.ReplaceAll(strings.Trim(string(quoted), `"`), "/", `\/`),
		"JSON, every byte":  everyByte(`\u%04x`),
		"HTML":              html.EscapeString(secret),
		"HTML, every byte":  everyByte("&#%d;"),
		"HTML, hexadecimal": everyByte("&#x%X;"),
		"base64":            base64.StdEncoding.EncodeToString([]byte(secret)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			text := r.text("before " + form + " after " + form + form)
			require.Equal(t, strings.ReplaceAll("before [hidden] after [hidden][hidden]", "=", ""), strings.ReplaceAll(text, "=", ""))
			for cut := len(form) / 3; cut < len(form); cut++ {
				require.Regexp(t, `^x\[hidden\]=?$`, r.text("x"+form[:cut]), "cut off after %d", cut)
			}
		})
	}
	require.Equal(t, "a short CAI tail: CAI", r.text("a short CAI tail: CAI"), "what is no secret stays")

	// However often it is quoted, none of it is shown where the kept part ends.
	token := strings.Repeat("CAISabcDEF0123456789", 30)
	longer := newRedactor(Credentials{SecurityToken: token}, "")
	for _, times := range []int{1, 2, 3, 200} {
		body := string(longer.body([]byte("<html>" + strings.Repeat(token+" ", times))))
		require.NotContains(t, body, "CAIS", times)
		require.LessOrEqual(t, len(body), maxErrorBody)
	}
}

func FuzzRedactor(f *testing.F) {
	f.Add("CAIS/token+=", "a CAIS/token+= b", 3)
	f.Add("secret%25", `\u0073ecret%2525 &#115;ecret%`, 0)
	f.Fuzz(func(t *testing.T, secret, text string, cut int) {
		r := newRedactor(Credentials{AccessKeySecret: secret}, "")
		shown := r.text(text)
		if len(secret) >= minSecret && !strings.Contains(hidden, secret) && !strings.Contains(secret, "[") && !strings.Contains(secret, "]") {
			require.NotContains(t, shown, secret)
		}
		if len(secret) < minSecret {
			require.Equal(t, text, shown)
		}
		r.body([]byte(text[:min(max(cut, 0), len(text))]))
	})
}
