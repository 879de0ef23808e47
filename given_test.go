package domaintask_test

import (
	"context"
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// idleCloser is a RoundTripper that counts how often its idle connections were
// closed.
type idleCloser struct {
	http.RoundTripper
	closed int
}

func (c *idleCloser) CloseIdleConnections() { c.closed++ }

// TestGivenRoundTripper: one that is not an *http.Transport is asked to close
// its idle connections right before the attempt that follows a timeout or a
// broken connection, and not otherwise.
func TestGivenRoundTripper(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		err  error
		want int
	}{
		{"timeout", context.DeadlineExceeded, 1},
		{"broken connection", io.EOF, 1},
		{"refused", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			service := &replies{list: []reply{{err: tt.err}, {status: 200, body: emptyPage}}}
			given := &idleCloser{RoundTripper: service}
			early := 0
			client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: given}, OnAttempt: func(_ context.Context, a domaintask.Attempt) {
				if a.Err != nil {
					early += given.closed
				}
			}})
			client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.Equal(t, tt.want, given.closed, tt.name)
			require.Zero(t, early, "before the wait")
		})
	}
}

// TestGivenTransportIsShared: clients with the same *http.Transport share its
// connections, for as long as none fails.
func TestGivenTransportIsShared(t *testing.T) {
	t.Parallel()
	server, connections := counting(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, emptyPage) }, nil)
	given := new(http.Transport)
	t.Cleanup(given.CloseIdleConnections)
	for range 10 {
		_, err := newClient(t, domaintask.Config{Endpoint: server.URL, HTTPClient: &http.Client{Transport: given}}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
	}
	require.EqualValues(t, 1, connections.Load())
	require.Zero(t, given.IdleConnTimeout)
	require.Nil(t, given.HTTP2)
	require.Nil(t, given.OnProxyConnectResponse)
}

// TestCloneSpeaksHTTP2 if the transport of the user does.
func TestCloneSpeaksHTTP2(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		given *http.Transport
		want  bool
	}{
		"by default":      {new(http.Transport), true},
		"default of http": {http.DefaultTransport.(*http.Transport), true},
		"switched off":    {&http.Transport{TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{}}, false},
		"by a setting":    {&http.Transport{TLSClientConfig: new(tls.Config)}, false},
	} {
		clone := domaintask.CloneTransport(tt.given)
		clone.CloseIdleConnections() // net/http sets itself up at the first use
		require.Equal(t, tt.want, clone.TLSNextProto["h2"] != nil, name)
	}
}
