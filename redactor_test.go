package domaintask

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRedactedBody: however often a secret is quoted, none of it is shown where
// the kept part ends.
func TestRedactedBody(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("CAISabcDEF0123456789", 30)
	r := redactor{key: newSigningKey(NewCredentials("", "", token))}
	for _, times := range []int{1, 2, 3, 200} {
		body := string(r.body([]byte("<html>" + strings.Repeat(token+" ", times))))
		require.NotContains(t, body, "CAIS", times)
		require.LessOrEqual(t, len(body), maxErrorBody)
	}
}
