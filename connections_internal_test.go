package domaintask

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestPingsAreInProportion to the timeout of an attempt, and never replace those
// of the user.
func TestPingsAreInProportion(t *testing.T) {
	t.Parallel()
	for timeout, ping := range map[time.Duration]time.Duration{
		time.Millisecond: time.Second, 4 * time.Second: time.Second, 20 * time.Second: 5 * time.Second,
		DefaultTimeout: DefaultTimeout / 4, time.Hour: 15 * time.Second,
	} {
		transport := newTransport(timeout, newDialer())
		require.Equal(t, ping, transport.HTTP2.SendPingTimeout)
		require.Equal(t, ping, transport.HTTP2.PingTimeout)
	}
	given := &http.Transport{HTTP2: &http.HTTP2Config{SendPingTimeout: time.Minute}}
	clone := givenConnections(given, time.Second).renew(given).(*http.Transport)
	require.Equal(t, time.Minute, clone.HTTP2.SendPingTimeout)
	require.Equal(t, time.Second, clone.HTTP2.PingTimeout)
	require.Zero(t, given.HTTP2.PingTimeout, "the given transport is not changed")
}

// TestRenew: what replaces a transport of the user.
func TestRenew(t *testing.T) {
	t.Parallel()
	type wrapped struct{ *http.Transport }
	refused := errors.New("refused by the hook")
	given := &http.Transport{
		IdleConnTimeout: time.Hour,
		OnProxyConnectResponse: func(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode == http.StatusTeapot {
				return refused
			}
			return nil
		},
	}
	shared := &http.Transport{TLSNextProto: map[string]func(string, *tls.Conn) http.RoundTripper{
		"h2": func(string, *tls.Conn) http.RoundTripper { return nil },
	}}
	for _, kept := range []http.RoundTripper{wrapped{given}, shared} {
		require.Equal(t, kept, givenConnections(kept, 0).renew(kept))
	}
	connections := givenConnections(given, 0)
	first := connections.renew(given).(*http.Transport)
	for _, clone := range []*http.Transport{first, connections.renew(first).(*http.Transport)} {
		require.NotSame(t, given, clone)
		require.Equal(t, idleTimeout, clone.IdleConnTimeout)
		hook := func(status int) error {
			return clone.OnProxyConnectResponse(t.Context(), &url.URL{Host: "proxy"}, nil, &http.Response{StatusCode: status})
		}
		require.ErrorIs(t, hook(http.StatusTeapot), refused)
		require.ErrorContains(t, hook(http.StatusForbidden), "proxy proxy: refused to connect: 403 Forbidden")
		require.NoError(t, hook(http.StatusOK))
	}
	require.Equal(t, time.Hour, given.IdleConnTimeout)
}
