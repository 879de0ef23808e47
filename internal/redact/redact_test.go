package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/refsign"
)

// TestText hides a secret in every encoding that it may be quoted in, also
// where the text ends within it.
func TestText(t *testing.T) {
	t.Parallel()
	const secret = `CAIS/tok+en=<&>"0123456789`
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
		"string to sign":    refsign.Encode(refsign.Encode(secret)),
		"three times":       refsign.Encode(refsign.Encode(refsign.Encode(secret))),
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
			text := Text("before "+form+" after "+form+form, "short", secret)
			require.Equal(t, strings.ReplaceAll("before [hidden] after [hidden][hidden]", "=", ""), strings.ReplaceAll(text, "=", ""))
			for cut := len(form) / 3; cut < len(form); cut++ {
				require.Regexp(t, `^x\[hidden\]=?$`, Text("x"+form[:cut], secret), "cut off after %d", cut)
			}
		})
	}
	require.Equal(t, "a short CAI tail: CAI", Text("a short CAI tail: CAI", "short", secret), "what is no secret stays")
}

func FuzzText(f *testing.F) {
	f.Add("CAIS/token+=", "a CAIS/token+= b", 3)
	f.Add("secret%25", `\u0073ecret%2525 &#115;ecret%`, 0)
	f.Fuzz(func(t *testing.T, secret, text string, cut int) {
		shown := Text(text, secret)
		if len(secret) >= minSecret && !strings.Contains(Hidden, secret) && !strings.Contains(secret, "[") && !strings.Contains(secret, "]") {
			require.NotContains(t, shown, secret)
		}
		if len(secret) < minSecret {
			require.Equal(t, text, shown)
		}
		Text(text[:min(max(cut, 0), len(text))], secret)
	})
}
