package domaintask_test

import (
	"io"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// opening serves empty pages and counts the connections that are open.
func opening(t *testing.T) (url string, open *atomic.Int64) {
	t.Helper()
	open = new(atomic.Int64)
	server, _ := counting(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, emptyPage) },
		func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				open.Add(1)
			case http.StateClosed:
				open.Add(-1)
			}
		})
	return server.URL, open
}

// collected reports whether done holds after some collections of garbage, well
// before connections are closed for being idle.
func collected(t *testing.T, done func() bool) {
	t.Helper()
	require.Eventually(t, func() bool { runtime.GC(); return done() }, 5*time.Second, 10*time.Millisecond)
}

// TestDroppedClients: clients that are made, used once and dropped leave
// neither connections nor goroutines. It counts goroutines, so no other test
// may run at the same time.
func TestDroppedClients(t *testing.T) {
	url, open := opening(t)
	before := runtime.NumGoroutine()
	for range 20 {
		client := newClient(t, domaintask.Config{Endpoint: url})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		for range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithPrefetch(2)) {
		}
	}
	collected(t, func() bool { return open.Load() == 0 })
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, 5*time.Second, time.Millisecond, "Eventually has one of its own")
}

// TestCopyOfAClient keeps the connections of the client it was copied from, and
// so does a sequence that was not read yet.
func TestCopyOfAClient(t *testing.T) {
	t.Parallel()
	url, open := opening(t)
	client := newClient(t, domaintask.Config{Endpoint: url})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	double := new(domaintask.Client)
	*double = *client
	for range 10 {
		runtime.GC()
	}
	require.EqualValues(t, 1, open.Load())
	tasks := double.Tasks(t.Context(), domaintask.PollTaskResultRequest{})
	for range 10 {
		runtime.GC()
	}
	require.EqualValues(t, 1, open.Load())
	for _, err := range tasks {
		require.NoError(t, err)
	}
	require.EqualValues(t, 1, open.Load())
	collected(t, func() bool { return open.Load() == 0 })
}

// TestDroppedInABubble: what closes the connections of a dropped client runs
// outside its bubble of synctest, and must not touch the channels of it.
func TestDroppedInABubble(t *testing.T) {
	t.Parallel()
	url, open := opening(t)
	synctest.Test(t, func(t *testing.T) {
		_, err := newClient(t, domaintask.Config{Endpoint: url}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		for i := 0; open.Load() > 0 && i < 10_000; i++ { // not Eventually, whose clock stands still here
			runtime.GC()
			runtime.Gosched()
		}
		require.Zero(t, open.Load())
	})
}
