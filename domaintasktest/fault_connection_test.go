package domaintasktest_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

func TestConnectionsOnTheWire(t *testing.T) {
	t.Parallel()
	closed := func(t *testing.T, got arrival, _, _ string, _ way) {
		require.True(t, errors.Is(got.err, io.EOF) || errors.Is(got.err, io.ErrUnexpectedEOF), "%v", got.err)
	}
	reset := func(t *testing.T, got arrival, own, format string, way way) {
		// The error of a read: ECONNRESET or its name on this system.
		var op *net.OpError
		if way.opts.InMemory || way.proto == 2 && !errors.As(got.err, &op) {
			closed(t, got, own, format, way)
			return
		}
		require.ErrorAs(t, got.err, &op)
		require.NotErrorIs(t, got.err, io.EOF)
	}
	// part wants the first n bytes of the document, and a broken connection.
	part := func(n int) func(*testing.T, arrival, string, string, way) {
		return func(t *testing.T, got arrival, own, _ string, way way) {
			n := min(n, len(own)-1)
			require.Equal(t, own[:n], got.body)
			require.EqualValues(t, len(own), got.resp.ContentLength)
			if way.proto == 1 {
				require.ErrorIs(t, got.bodyErr, io.ErrUnexpectedEOF)
			} else {
				require.ErrorContains(t, got.bodyErr, "stream error")
			}
		}
	}
	requireOnTheWire(t, []onTheWire{
		{fault: domaintasktest.CloseConnection(), what: closed},
		{fault: domaintasktest.CloseConnection().AfterProcessing().WithStatus(500), processed: true, what: closed},
		{fault: domaintasktest.ResetConnection(), what: reset},
		{fault: domaintasktest.ResetConnection().AfterProcessing(), processed: true, what: reset},
		{fault: domaintasktest.CloseAfter(0), status: 200, processed: true, what: part(0)},
		{fault: domaintasktest.CloseAfter(12), status: 200, processed: true, what: part(12)},
		{fault: domaintasktest.CloseAfter(1 << 30), status: 200, processed: true, what: part(1 << 30)},
		{fault: domaintasktest.CloseAfter(1).WithStatus(500), status: 500, processed: true, what: part(1)},
		{fault: domaintasktest.WrongLength(+7), status: 200, processed: true, what: func(t *testing.T, got arrival, own, _ string, _ way) {
			require.Equal(t, own, got.body)
			require.EqualValues(t, len(own)+7, got.resp.ContentLength)
			require.ErrorIs(t, got.bodyErr, io.ErrUnexpectedEOF)
		}},
		{fault: domaintasktest.WrongLength(-7), status: 200, processed: true, what: func(t *testing.T, got arrival, own, _ string, _ way) {
			require.NoError(t, got.bodyErr)
			require.Equal(t, own[:len(own)-7], got.body)
			require.EqualValues(t, len(got.body), got.resp.ContentLength)
		}},
		{fault: domaintasktest.WrongLength(-1 << 30), status: 200, processed: true, what: func(t *testing.T, got arrival, _, _ string, _ way) {
			require.NoError(t, got.bodyErr)
			require.Empty(t, got.body)
		}},
	})
}

// TestResetAfter: some systems drop what was sent before a reset.
func TestResetAfter(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		srv := newServer(t, way.opts, task("1"))
		srv.Inject(domaintasktest.ResetAfter(12))
		got := arrive(way.client(srv), acknowledgement("JSON").http(t.Context(), t, srv))
		require.Error(t, errors.Join(got.err, got.bodyErr))
		require.Equal(t, []string{"1"}, srv.Acknowledged())
		require.True(t, strings.HasPrefix(own("JSON", srv.Requests()[0].RequestID)[:12], got.body))
		if way.opts.InMemory {
			require.Len(t, got.body, 12)
			require.ErrorIs(t, got.bodyErr, io.ErrUnexpectedEOF)
		}
	}
}

// TestWrongLengthSendsAll: the bytes after Content-Length are sent, although
// net/http does not show them.
func TestWrongLengthSendsAll(t *testing.T) {
	t.Parallel()
	for _, opts := range []domaintasktest.Options{{PlainHTTP: true}, {PlainHTTP: true, InMemory: true}} {
		srv := newServer(t, opts, task("1"))
		srv.Inject(domaintasktest.WrongLength(-7))
		conn, err := srv.Config().HTTPClient.Transport.(*http.Transport).DialContext(t.Context(), "tcp", strings.TrimPrefix(srv.URL, "http://"))
		require.NoError(t, err)
		go acknowledgement("JSON").http(t.Context(), t, srv).Write(conn)
		r := bufio.NewReader(conn)
		resp, err := http.ReadResponse(r, nil)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		rest, err := io.ReadAll(r)
		require.NoError(t, err)
		require.Len(t, rest, 7)
		require.Equal(t, own("JSON", resp.Header.Get("x-acs-request-id")), string(body)+string(rest))
		require.NoError(t, conn.Close())
	}
}

// TestHang: a fault that hangs ends when the client disconnects.
func TestHang(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, way.opts, task("1"), task("1"))
			for i, fault := range []domaintasktest.Fault{
				domaintasktest.Hang(), domaintasktest.Hang().AfterProcessing(), domaintasktest.SilentConnection(), domaintasktest.SilentConnection().AfterProcessing(),
			} {
				client := way.client(srv)
				ctx, cancel := context.WithCancel(t.Context())
				srv.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
					cancel()
					return fault
				})
				got := arrive(client, acknowledgement("JSON").http(ctx, t, srv))
				require.ErrorIs(t, got.err, context.Canceled)
				for len(srv.Requests()) == i {
					runtime.Gosched() // it is recorded soon
				}
				require.Equal(t, fault.String(), srv.Requests()[i].Fault)
				require.Zero(t, srv.Requests()[i].StatusCode)
				require.Equal(t, i%2 == 1, srv.Requests()[i].Processed)
			}
			srv.Heal()
			client := way.client(srv)

			srv.Inject(domaintasktest.HangAfter(10), domaintasktest.HangAfter(1<<30))
			for _, n := range []int{10, len(own("JSON", strings.Repeat("x", 36))) - 1} {
				ctx, cancel := context.WithCancel(t.Context())
				resp, err := client.Do(acknowledgement("JSON").http(ctx, t, srv))
				require.NoError(t, err)
				_, err = io.ReadFull(resp.Body, make([]byte, n))
				require.NoError(t, err)
				cancel()
				_, err = resp.Body.Read(make([]byte, 1))
				require.ErrorIs(t, err, context.Canceled)
				resp.Body.Close()
			}
			require.Len(t, srv.Requests(), 6)
		})
	}
}

// TestHangEndsWithTheServer: the client gets an error when the server is closed.
func TestHangEndsWithTheServer(t *testing.T) {
	t.Parallel()
	for _, way := range ways[3:] {
		for _, fault := range []domaintasktest.Fault{domaintasktest.Hang(), domaintasktest.HangAfter(3), domaintasktest.SilentConnection(), domaintasktest.Trickle(time.Hour)} {
			synctest.Test(t, func(t *testing.T) {
				srv := domaintasktest.NewServerWith(way.opts, task("1"))
				srv.InjectAlways(fault)
				time.AfterFunc(time.Minute, srv.Close)
				start := time.Now()
				got := arrive(way.client(srv), acknowledgement("JSON").http(t.Context(), t, srv))
				require.True(t, got.err != nil || got.bodyErr != nil)
				require.Equal(t, time.Minute, time.Since(start))
				srv.Close()
			})
		}
	}
}

// TestTrickle: each byte takes exactly one interval.
func TestTrickle(t *testing.T) {
	t.Parallel()
	for _, way := range ways[3:] {
		synctest.Test(t, func(t *testing.T) {
			srv := domaintasktest.NewServerWith(way.opts, task("1"))
			defer srv.Close()
			srv.Inject(domaintasktest.Trickle(time.Minute).WithStatus(203))
			start := time.Now()
			resp, err := way.client(srv).Do(acknowledgement("XML").http(t.Context(), t, srv))
			require.NoError(t, err)
			defer resp.Body.Close()
			require.Zero(t, time.Since(start), "the headers come at once")
			require.Equal(t, 203, resp.StatusCode)
			want := own("XML", resp.Header.Get("x-acs-request-id"))
			require.EqualValues(t, len(want), resp.ContentLength)
			for i := range want {
				var b [2]byte
				n, err := resp.Body.Read(b[:])
				require.True(t, n == 1 && (err == nil || err == io.EOF))
				require.Equal(t, want[i], b[0])
				require.Equal(t, time.Duration(i+1)*time.Minute, time.Since(start))
			}
		})
	}
}

// TestResetEndsAllStreams: with HTTP/2, ResetConnection ends the other requests on
// the connection. CloseAfter ends one stream.
func TestResetEndsAllStreams(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{}, task("1"))
	dials := 0
	client := srv.Config().HTTPClient
	transport := client.Transport.(*http.Transport)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		dials++
		return dial(ctx, network, address)
	}
	srv.Inject(domaintasktest.HangAfter(1), domaintasktest.CloseAfter(1), domaintasktest.ResetConnection())
	resp, err := client.Do(acknowledgement("JSON").http(t.Context(), t, srv))
	require.NoError(t, err)
	defer resp.Body.Close()
	_, err = io.ReadFull(resp.Body, make([]byte, 1))
	require.NoError(t, err)
	require.ErrorContains(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).bodyErr, "stream error")
	require.Equal(t, 1, dials)
	require.Error(t, arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)).err)
	_, err = resp.Body.Read(make([]byte, 1))
	require.Error(t, err)
}
