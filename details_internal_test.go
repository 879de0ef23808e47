package domaintask

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
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

// A large buffer is not kept.
func TestLargeBuffersAreNotPooled(t *testing.T) {
	c, err := NewClient(Config{Credentials: StaticCredentials("a", "b", "")})
	require.NoError(t, err)
	for range 20 {
		c.recycle(bytes.NewBuffer(make([]byte, 0, maxPooledBytes+1)))
		require.LessOrEqual(t, c.buffers.Get().(*bytes.Buffer).Cap(), maxPooledBytes)
	}
}

// A Content-Length is a claim.
func TestContentLengthIsNotBelieved(t *testing.T) {
	var buf bytes.Buffer
	_, err := readBody(&buf, &http.Response{StatusCode: 200, ContentLength: 1 << 30, Body: io.NopCloser(strings.NewReader("{}"))}, 2<<30)
	require.NoError(t, err)
	require.Less(t, buf.Cap(), 4<<20)
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

func TestRequestTimeoutIsTemporary(t *testing.T) {
	require.True(t, Temporary(&APIError{StatusCode: http.StatusRequestTimeout, Code: "X"}))
}

// Character references with zeros in front.
func TestRedactorPaddedReferences(t *testing.T) {
	var quoted strings.Builder
	for _, c := range []byte(`CAIS/tok+en`) {
		fmt.Fprintf(&quoted, "&#x%08X;", c)
	}
	require.Equal(t, "[hidden]", redactor{key: newSigningKey(NewCredentials("", "", "CAIS/tok+en"))}.text(quoted.String()))
}
