package domaintask

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What stays wrong is not temporary, each kind by itself.
func TestLastingTransportErrors(t *testing.T) {
	for _, err := range []error{x509.UnknownAuthorityError{}, x509.HostnameError{}, tls.RecordHeaderError{}, http.ErrSchemeMismatch} {
		require.False(t, Temporary(&CallError{Err: err}), "%T", err)
	}
}

// As much is shown as is kept, whatever was hidden before it.
func TestRedactedBodyIsFull(t *testing.T) {
	token := strings.Repeat("CAISabcDEF0123456789", 30)
	body := redactor{key: newSigningKey(NewCredentials("", "", token))}.body([]byte(token + strings.Repeat("x", 5000)))
	require.Len(t, body, maxErrorBody)
}

// One key signs for many at once.
func TestSignAtOnce(t *testing.T) {
	key := newSigningKey(NewCredentials("id", "secret", "token"))
	call := func() signedCall {
		return signedCall{method: "POST", action: "A", version: "1", params: []param{{"P", "1"}}, time: time.Unix(0, 0), nonce: "n"}
	}
	_, want := signRPC(call(), key)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				_, got := signRPC(call(), key)
				require.Equal(t, want, got)
			}
		})
	}
	wg.Wait()
}

// Delays near the largest do not overflow to none.
func TestBackoffDoesNotOverflow(t *testing.T) {
	require.Greater(t, RetryPolicy{BaseDelay: time.Hour, MaxDelay: math.MaxInt64}.backoff(1000), time.Hour)
}

// Character references with zeros in front.
func TestRedactorPaddedReferences(t *testing.T) {
	var quoted strings.Builder
	for _, c := range []byte(`CAIS/tok+en`) {
		fmt.Fprintf(&quoted, "&#x%08X;", c)
	}
	require.Equal(t, "[hidden]", redactor{key: newSigningKey(NewCredentials("", "", "CAIS/tok+en"))}.text(quoted.String()))
}
