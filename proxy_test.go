package domaintask_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// The password of proxies, which no error may show.
const proxyPassword = "hunter2"

// viaProxy returns a client that reaches the service through proxy, with a
// transport of the given kind.
func viaProxy(t *testing.T, transport string, config domaintask.Config, proxy func(*http.Request) (*url.URL, error)) *domaintask.Client {
	t.Helper()
	config.Endpoint = "https://service.example"
	config.Retry.BaseDelay = 1
	return newClientOver(t, transport, config, func(t *http.Transport) { t.Proxy = proxy })
}

// TestProxyRefuses: a proxy that refuses is asked once, unless it says that it
// is overloaded or could not reach the service. The error names it, without
// its password, even if the proxy quotes it.
func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		response string
		status   int
		asked    int
	}{
		{"407 Proxy Authentication Required", 407, 1},
		{"403 Forbidden", 403, 1},
		{"401 Unauthorized", 401, 1},
		{"405 Method Not Allowed", 405, 1},
		{"501 Not Implemented", 501, 1},
		{"302 Found", 302, 1},
		{"429 Too Many Requests", 429, 3},
		{"500 Internal Server Error", 500, 3},
		{"502 Bad Gateway", 502, 3},
		{"503 Service Unavailable", 503, 3},
		{"504 Gateway Timeout", 504, 3},
		{"407 user:" + proxyPassword + " is wrong", 407, 1},
		{"403", 403, 1},
	} {
		for _, transport := range transports {
			t.Run(transport+"/"+tt.response, func(t *testing.T) {
				t.Parallel()
				address, asked := listen(t, func(conn net.Conn) {
					if r, err := http.ReadRequest(bufio.NewReader(conn)); err == nil && r.Method == http.MethodConnect {
						fmt.Fprintf(conn, "HTTP/1.1 %s\r\nContent-Length: 0\r\n\r\n", tt.response)
					}
				})
				client := viaProxy(t, transport, domaintask.Config{}, http.ProxyURL(&url.URL{Scheme: "http", User: url.UserPassword("user", proxyPassword), Host: address}))
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				var proxyErr *domaintask.ProxyError
				require.ErrorAs(t, err, &proxyErr)
				require.Equal(t, address, proxyErr.Proxy)
				require.Contains(t, err.Error(), "proxy "+address+": ")
				require.NotContains(t, err.Error(), proxyPassword)
				require.NotContains(t, err.Error(), base64.StdEncoding.EncodeToString([]byte("user:"+proxyPassword)))
				require.EqualValues(t, tt.asked, asked.Load())
				require.Equal(t, tt.asked > 1, domaintask.Temporary(err))
				if transport == "own" {
					require.Equal(t, tt.status, proxyErr.StatusCode)
				}
			})
		}
	}
}

// TestProxyEndsAWatch asks a proxy that refuses once, where a Watch goes on
// after what is temporary.
func TestProxyEndsAWatch(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		address, asked := listen(t, func(conn net.Conn) {
			http.ReadRequest(bufio.NewReader(conn))
			io.WriteString(conn, "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
		})
		client := viaProxy(t, transport, domaintask.Config{}, http.ProxyURL(&url.URL{Scheme: "http", Host: address}))
		errs := 0
		for _, err := range client.Watch(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithInterval(time.Nanosecond)) {
			require.ErrorContains(t, err, address)
			errs++
		}
		require.Equal(t, 1, errs)
		require.EqualValues(t, 1, asked.Load())
	}
}

// TestSOCKS: the same for a SOCKS5 proxy (RFC 1928, RFC 1929).
func TestSOCKS(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		method byte // that the proxy picks
		login  byte // its answer to user and password
		reply  byte // its answer to the request
		asked  int
	}{
		{name: "no acceptable method", method: 0xff, asked: 1},
		{name: "wrong password", method: 2, login: 1, asked: 1},
		{name: "general failure", method: 2, reply: 1, asked: 3},
		{name: "not allowed", method: 2, reply: 2, asked: 1},
		{name: "network unreachable", method: 2, reply: 3, asked: 3},
		{name: "host unreachable", method: 2, reply: 4, asked: 3},
		{name: "connection refused", method: 2, reply: 5, asked: 3},
		{name: "TTL expired", method: 2, reply: 6, asked: 3},
		{name: "command not supported", method: 2, reply: 7, asked: 1},
		{name: "address type not supported", method: 2, reply: 8, asked: 1},
	} {
		for _, transport := range transports {
			t.Run(transport+"/"+tt.name, func(t *testing.T) {
				t.Parallel()
				address, asked := listen(t, func(conn net.Conn) {
					read := func(n int) []byte {
						b := make([]byte, n)
						io.ReadFull(conn, b)
						return b
					}
					read(int(read(2)[1])) // version, number of methods, methods
					conn.Write([]byte{5, tt.method})
					if tt.method == 0xff {
						return
					}
					read(int(read(2)[1])) // version, length, user
					read(int(read(1)[0])) // length, password
					conn.Write([]byte{1, tt.login})
					if tt.login != 0 {
						return
					}
					read(int(read(5)[4]) + 2) // version, command, reserved, type, length, name, port
					conn.Write([]byte{5, tt.reply, 0, 1, 0, 0, 0, 0, 0, 0})
				})
				client := viaProxy(t, transport, domaintask.Config{}, http.ProxyURL(&url.URL{Scheme: "socks5", User: url.UserPassword("user", proxyPassword), Host: address}))
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				var proxyErr *domaintask.ProxyError
				require.ErrorAs(t, err, &proxyErr)
				require.Equal(t, address, proxyErr.Proxy)
				require.NotContains(t, err.Error(), proxyPassword)
				require.EqualValues(t, tt.asked, asked.Load(), err)
			})
		}
	}
}

// TestProxyIsNotReached: a proxy that refuses connections or closes them may be
// starting again.
func TestProxyIsNotReached(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed.Close()
	closing, asked := listen(t, func(conn net.Conn) { http.ReadRequest(bufio.NewReader(conn)) })
	for _, transport := range transports {
		asked.Store(0)
		for _, address := range []string{closed.Addr().String(), closing} {
			client := viaProxy(t, transport, domaintask.Config{}, http.ProxyURL(&url.URL{Scheme: "http", Host: address}))
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.Equal(t, 3, attempts(t, err))
			require.True(t, domaintask.Temporary(err))
			if address == closed.Addr().String() {
				require.ErrorContains(t, err, "proxy "+address)
				_, err = client.Do(t.Context(), domaintask.Call{Action: "Renew"})
				require.Equal(t, 3, attempts(t, err), "nothing was sent")
			}
		}
		require.EqualValues(t, 3, asked.Load())
	}
}

// TestProxySetting: the name of a proxy that does not exist is final like that
// of a host, and an address that is not a URL is not quoted.
func TestProxySetting(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		lookups := 0
		given := &http.Transport{
			Proxy: http.ProxyURL(&url.URL{Scheme: "http", User: url.UserPassword("user", proxyPassword), Host: "proxy.example:3128"}),
			DialContext: func(context.Context, string, string) (net.Conn, error) {
				lookups++
				return nil, &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "proxy.example", IsNotFound: true}}
			},
		}
		_, err := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: given}}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.ErrorContains(t, err, "proxy proxy.example:3128: ")
		require.NotContains(t, err.Error(), proxyPassword)
		require.Equal(t, 1, lookups)
	})
	for _, transport := range transports {
		for _, proxyErr := range []error{
			&url.Error{Op: "parse", URL: "http://user:" + proxyPassword + "@proxy", Err: errors.New("invalid port \":" + proxyPassword + "\" after host")},
			fmt.Errorf("invalid proxy address %q: parse", "http://user:"+proxyPassword+"@proxy"),
		} {
			client := viaProxy(t, transport, domaintask.Config{}, func(*http.Request) (*url.URL, error) { return nil, proxyErr })
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.ErrorContains(t, err, "proxy: ")
			require.NotContains(t, err.Error(), proxyPassword)
			require.Equal(t, 1, attempts(t, err))
		}
		client := viaProxy(t, transport, domaintask.Config{}, func(*http.Request) (*url.URL, error) { return nil, errors.New("no proxy for this host") })
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.ErrorContains(t, err, "no proxy for this host")
	}
}
