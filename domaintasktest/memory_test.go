package domaintasktest_test

import (
	"context"
	"crypto/tls"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func TestInMemoryInBubble(t *testing.T) {
	t.Parallel()
	for _, plain := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			srv := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, PlainHTTP: plain, Latency: time.Minute},
				domaintasktest.Tasks(100, 1)...)
			defer srv.Close()
			client := newClient(t, srv, func(c *domaintask.Config) { c.Timeout = 10 * time.Minute })

			start := time.Now()
			for num := range 5 {
				require.Len(t, poll(t, client, domaintask.PollTaskResultRequest{PageNum: num + 1}).Tasks, 20)
			}
			require.Equal(t, 5*time.Minute, time.Since(start), "only latency takes time")
		})
	}
}

// TestManyInBubble: large responses to many goroutines, some of which give up, do
// not block each other. Only latency takes time.
func TestManyInBubble(t *testing.T) {
	t.Parallel()
	for _, plain := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			srv := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, PlainHTTP: plain, Latency: time.Second},
				domaintasktest.Tasks(200, 1)...)
			defer srv.Close()
			client := newClient(t, srv)
			start := time.Now()
			var wg sync.WaitGroup
			for i := range 32 {
				wg.Go(func() {
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					if i%4 == 0 {
						time.AfterFunc(time.Second/2, cancel)
					}
					page, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{PageSize: 200})
					if i%4 == 0 {
						assert.ErrorIs(t, err, context.Canceled)
					} else if assert.NoError(t, err) {
						assert.Len(t, page.Tasks, 200)
					}
				})
			}
			wg.Wait()
			require.Equal(t, time.Second, time.Since(start))
			require.Len(t, srv.Requests(), 32)
		})
	}
}

func TestLatencyEndsWithTheClient(t *testing.T) {
	t.Parallel()
	for _, plain := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			tasks := domaintasktest.Tasks(1, 1)
			srv := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, PlainHTTP: plain, Latency: time.Hour}, tasks...)
			client := newClient(t, srv)
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			start := time.Now()
			_, err := client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{tasks[0].TaskDetailNo}})
			require.ErrorIs(t, err, context.DeadlineExceeded)
			synctest.Wait()
			require.Less(t, time.Since(start), time.Minute)
			require.Equal(t, []string{tasks[0].TaskDetailNo}, srv.Acknowledged(), "processed, although the client did not wait")
			srv.Close()
			require.Less(t, time.Since(start), time.Minute, "Close does not wait for latency")
		})
	}
}

// TestDialAfterClose: dialing a closed server in memory fails, also when the
// context ends.
func TestDialAfterClose(t *testing.T) {
	t.Parallel()
	srv := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true})
	transport := srv.Config().HTTPClient.Transport.(*http.Transport)
	srv.Close()
	_, err := transport.DialContext(t.Context(), "tcp", "anywhere")
	require.Error(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = transport.DialContext(ctx, "tcp", "anywhere")
	require.Error(t, err)
}

// TestBothEndsClose: if both ends of a TLS connection without a buffer close it,
// neither waits for the other end to read.
func TestBothEndsClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true})
		transport := srv.Config().HTTPClient.Transport.(*http.Transport)
		transport.TLSClientConfig.ServerName = "domaintask.test"
		conn, err := transport.DialContext(t.Context(), "tcp", "")
		require.NoError(t, err)
		secure := tls.Client(conn, transport.TLSClientConfig)
		require.NoError(t, secure.HandshakeContext(t.Context()))
		synctest.Wait()
		start := time.Now()
		srv.Close() // the client is not reading
		secure.Close()
		require.LessOrEqual(t, time.Since(start), 10*time.Millisecond)
	})
}
