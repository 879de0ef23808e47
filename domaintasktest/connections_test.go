package domaintasktest_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// busy lets n requests be in flight at the same time, so that the client opens
// as many connections with HTTP/1.1. All are idle when it returns.
func busy(t *testing.T, srv *domaintasktest.Server, client *http.Client, n int) {
	t.Helper()
	require.NoError(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err) // with HTTP/2, the others share its connection
	var arrived, done sync.WaitGroup
	arrived.Add(n)
	srv.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
		arrived.Done()
		arrived.Wait()
		return domaintasktest.Fault{}
	})
	for range n {
		done.Go(func() {
			if got := arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)); got.err != nil || got.bodyErr != nil {
				t.Error(got.err, got.bodyErr)
			}
		})
	}
	done.Wait()
	srv.Heal()
}

// TestResetConnections: each open connection is reset at its next use, and the
// request on it does not arrive. A new connection works.
func TestResetConnections(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, way.opts)
			client := way.client(srv)
			busy(t, srv, client, 3)
			open := map[int]int{1: 3, 2: 1}[way.proto]
			require.Equal(t, open, srv.Connections())
			require.Equal(t, open, srv.ResetConnections())
			for range open {
				require.Error(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err)
			}
			require.Len(t, srv.Requests(), 4)
			require.Equal(t, 200, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).resp.StatusCode)
			require.Equal(t, open+1, srv.Requests()[4].Conn)
			require.Equal(t, 1, srv.Connections())
		})
	}
}

// TestSilenceConnections: requests on the open connections do not arrive, and
// nothing comes back. A new connection works.
func TestSilenceConnections(t *testing.T) {
	t.Parallel()
	for _, way := range ways[:3] {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, way.opts)
			client := way.client(srv)
			transport := client.Transport.(*http.Transport)
			dial := transport.DialContext
			var conn *lastWord
			transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
				dialed, err := dial(ctx, network, address)
				conn = &lastWord{Conn: dialed}
				return conn, err
			}
			require.NoError(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err)
			require.Equal(t, 1, srv.SilenceConnections())
			conn.closeWrite.Store(true)
			require.Error(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err)
			require.Len(t, srv.Requests(), 1)
			require.Equal(t, 200, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).resp.StatusCode)
			require.Equal(t, 2, srv.Requests()[1].Conn)
		})
	}
	for _, way := range ways[3:] {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				opts := way.opts
				opts.Latency = time.Minute
				srv := domaintasktest.NewServerWith(opts)
				defer srv.Close()
				client := way.client(srv)
				client.Timeout = time.Hour
				start := time.Now()
				time.AfterFunc(time.Second, func() { srv.SilenceConnections() }) // while the response is held back
				require.ErrorIs(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err, context.DeadlineExceeded)
				require.Equal(t, time.Hour, time.Since(start))
				require.Equal(t, 200, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).resp.StatusCode)
				srv.SilenceConnections()
				require.ErrorIs(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err, context.DeadlineExceeded)
				require.Len(t, srv.Requests(), 2)
			})
		})
	}
}

// lastWord is a TCP connection that can be closed for writing after the next
// write. A server that reads to its end closes it then.
type lastWord struct {
	net.Conn
	closeWrite atomic.Bool
}

func (c *lastWord) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	if c.closeWrite.Load() {
		c.Conn.(*net.TCPConn).CloseWrite()
	}
	return n, err
}

// TestSilentConnection: a later request on the connection is not answered
// either.
func TestSilentConnection(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{})
	client := srv.Config().HTTPClient
	ctx, cancel := context.WithCancel(t.Context())
	srv.Inject(domaintasktest.SilentConnection())
	first := make(chan error)
	go func() { first <- arrive(client, acknowledgement("JSON").http(ctx, t, srv)).err }()
	for len(srv.Requests()) == 0 {
		runtime.Gosched()
	}
	wrote := make(chan struct{})
	later, give := context.WithCancel(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { close(wrote) },
	}))
	second := make(chan error)
	go func() { second <- arrive(client, acknowledgement("JSON").http(later, t, srv)).err }()
	<-wrote
	cancel()
	give()
	require.ErrorIs(t, <-first, context.Canceled)
	require.ErrorIs(t, <-second, context.Canceled)
	require.Equal(t, 200, arrive(srv.Config().HTTPClient, acknowledgement("JSON").http(t.Context(), t, srv)).resp.StatusCode)
	require.Equal(t, []int{1, 2}, []int{srv.Requests()[0].Conn, srv.Requests()[1].Conn})
}

// TestFailDial: new connections fail until they are allowed again.
func TestFailDial(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		srv := newServer(t, way.opts)
		client := way.client(srv)
		noSuchHost := &net.DNSError{Err: "no such host", Name: "domain.aliyuncs.com", IsNotFound: true}
		require.NoError(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err)
		srv.FailDial(noSuchHost)
		require.NoError(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err, "its connection is open")
		client.CloseIdleConnections()
		err := arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err
		require.ErrorIs(t, err, noSuchHost)
		srv.FailDial(nil)
		require.NoError(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err)
	}
}

// TestConnections: a connection that the client closes counts no longer.
func TestConnections(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		srv := newServer(t, way.opts)
		require.Zero(t, srv.Connections())
		client := way.client(srv)
		require.NoError(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err)
		require.Equal(t, 1, srv.Connections())
		client.CloseIdleConnections()
		for srv.Connections() > 0 {
			runtime.Gosched() // the server has to notice it
		}
	}
}

// TestProxyRefuses: each CONNECT is recorded, and the password is not.
func TestProxyRefuses(t *testing.T) {
	t.Parallel()
	for _, inMemory := range []bool{false, true} {
		for _, status := range []int{407, 403} {
			srv := newServer(t, domaintasktest.Options{InMemory: inMemory, ProxyStatus: status})
			client := srv.Config().HTTPClient
			var connect *http.Response
			client.Transport.(*http.Transport).OnProxyConnectResponse = func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
				password, _ := proxy.User.Password()
				require.Equal(t, domaintasktest.ProxyPassword, password)
				connect = resp
				return nil
			}
			require.ErrorContains(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err, http.StatusText(status))
			require.Equal(t, status, connect.StatusCode)
			require.Equal(t, status == 407, connect.Header.Get("Proxy-Authenticate") != "")
			require.Len(t, srv.Requests(), 1)
			require.Equal(t, "CONNECT", srv.Requests()[0].Method)
			require.Equal(t, status, srv.Requests()[0].StatusCode)
			require.NotContains(t, fmt.Sprintf("%+v", srv.Requests()), domaintasktest.ProxyPassword)
		}
	}
	plain := newServer(t, domaintasktest.Options{PlainHTTP: true, ProxyStatus: 407}, task("1"))
	require.Len(t, poll(t, newClient(t, plain), domaintask.PollTaskResultRequest{}).Tasks, 1)
}

// TestProxyOfTheEnvironment: a client of Config does not use it, as loopback
// needs none.
func TestProxyOfTheEnvironment(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://proxy.invalid:3128")
	t.Setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
	for _, way := range ways {
		srv := newServer(t, way.opts, task("1"))
		require.Nil(t, srv.Config().HTTPClient.Transport.(*http.Transport).Proxy)
		require.Len(t, poll(t, newClient(t, srv), domaintask.PollTaskResultRequest{}).Tasks, 1)
	}
}
