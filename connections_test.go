package domaintask_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// counting serves handler over real HTTP and counts the connections.
func counting(t *testing.T, handler http.HandlerFunc, onState func(net.Conn, http.ConnState)) (*httptest.Server, *atomic.Int64) {
	t.Helper()
	connections := new(atomic.Int64)
	server := httptest.NewUnstartedServer(handler)
	server.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
		if onState != nil {
			onState(conn, state)
		}
	}
	server.Start()
	t.Cleanup(server.Close)
	return server, connections
}

// TestFailedAttemptsKeepTheConnection: two hundred calls, every other answer a
// 503 with a body, without a connection for each.
func TestFailedAttemptsKeepTheConnection(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	server, connections := counting(t, func(w http.ResponseWriter, _ *http.Request) {
		if n.Add(1)%2 == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			fmt.Fprintf(w, `{"Code":"ServiceUnavailable","Message":"%0*d"}`, 10_000, 0)
			return
		}
		io.WriteString(w, emptyPage)
	}, nil)
	client := newClient(t, domaintask.Config{Endpoint: server.URL, Retry: domaintask.RetryPolicy{BaseDelay: 1}})
	for range 200 {
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
	}
	require.EqualValues(t, 400, n.Load())
	// One, but for a machine so busy that net/http gives a connection up that
	// it cannot take back within 50 ms.
	require.LessOrEqual(t, connections.Load(), int64(5))
}

// TestConnectionsAreShared: 64 goroutines of 20 calls open one connection each
// at the most, and leave nothing behind once idle connections are closed.
func TestConnectionsAreShared(t *testing.T) {
	t.Parallel()
	server, connections := counting(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, emptyPage) }, nil)
	client := newClient(t, domaintask.Config{Endpoint: server.URL})
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 20 {
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	// More are dialled while others are on their way back to the pool; without
	// reuse there would be 1280.
	require.LessOrEqual(t, connections.Load(), int64(2*64))
}

// TestServerClosesIdleConnections: every connection ends after one answer,
// without a word. A POST on a connection that is about to end fails, and is
// repeated: no call is lost.
func TestServerClosesIdleConnections(t *testing.T) {
	t.Parallel()
	server, connections := counting(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"TotalItemNum":0,"Result":1}`) },
		func(conn net.Conn, state http.ConnState) {
			if state == http.StateIdle {
				conn.Close()
			}
		})
	client := newClient(t, domaintask.Config{Endpoint: server.URL, Retry: domaintask.RetryPolicy{BaseDelay: 1, MaxAttempts: 10}})
	for range 100 {
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		_, err = client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
		require.NoError(t, err)
	}
	require.GreaterOrEqual(t, connections.Load(), int64(200))
}

// TestConcurrentUse shares one client among 64 goroutines that poll, walk,
// acknowledge, drain and call other operations while the service is unwell. It
// counts goroutines, so no other test may run beside it.
func TestConcurrentUse(t *testing.T) {
	before := runtime.NumGoroutine()
	w := misbehaving(t, 2000)
	var wg sync.WaitGroup
	for worker := range 64 {
		wg.Go(func() {
			for i := range 6 {
				mixedCall(t.Context(), w.client, worker+i)
			}
		})
	}
	wg.Wait()
	w.close()
	require.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, 10*time.Second, time.Millisecond, "the one more is that of Eventually")
	require.Zero(t, w.open.Load(), "connections")
}

// misbehaved is a service that meets every seventh request with a fault, and a
// client of it whose credentials rotate.
type misbehaved struct {
	ahead  atomic.Int64 // the clock of the service, in nanoseconds
	server *domaintasktest.Server
	client *domaintask.Client
	close  func()
	calls  atomic.Int64 // requests that the service met
	open   atomic.Int64 // connections that are open
	dialed atomic.Int64 // connections that were ever made
}

func misbehaving(t *testing.T, tasks int) *misbehaved {
	t.Helper()
	w := new(misbehaved)
	w.server = domaintasktest.NewServerWith(domaintasktest.Options{
		PlainHTTP: true, SecurityToken: testToken, BearerToken: "bearer", MaxRequests: 1,
		Now: func() time.Time { return time.Now().Add(time.Duration(w.ahead.Load())) },
	}, domaintasktest.Tasks(tasks, 1)...)
	faults := []domaintasktest.Fault{
		domaintasktest.Throttle(time.Millisecond), domaintasktest.ServiceUnavailable(), domaintasktest.InternalError(), domaintasktest.BadGateway(),
		domaintasktest.CloseConnection(), domaintasktest.ResetConnection(), domaintasktest.CloseAfter(10), domaintasktest.Truncate(10),
		domaintasktest.GzipTruncated(), domaintasktest.NonceUsed(), domaintasktest.EmptySuccess(), domaintasktest.TokenExpired(),
		domaintasktest.LargeAnswer(2 << 20), domaintasktest.WrongLength(10), domaintasktest.CloseConnection().AfterProcessing(),
	}
	w.server.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
		if i := w.calls.Add(1); i%7 == 0 {
			return faults[int(i/7)%len(faults)]
		}
		return domaintasktest.Fault{}
	})

	config := w.server.Config()
	transport := config.HTTPClient.Transport.(*http.Transport)
	dial := transport.DialContext
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		w.dialed.Add(1)
		w.open.Add(1)
		return &countedConn{Conn: conn, open: &w.open}, nil
	}
	var turn atomic.Int64
	config.Credentials = domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		if turn.Add(1)%2 == 0 {
			return domaintask.BearerCredentials("bearer"), nil
		}
		return domaintask.NewCredentials(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret, testToken), nil
	})
	config.Retry = domaintask.RetryPolicy{BaseDelay: time.Microsecond, MaxDelay: time.Millisecond}
	config.MaxResponseBytes = 1 << 20
	w.client = newClient(t, config)
	w.close = func() {
		config.HTTPClient.CloseIdleConnections()
		w.server.Close()
	}
	t.Cleanup(w.close)
	return w
}

type countedConn struct {
	net.Conn
	open *atomic.Int64
	once sync.Once
}

func (c *countedConn) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// mixedCall makes one call of some kind, whose errors are those of the faults.
func mixedCall(ctx context.Context, client *domaintask.Client, kind int) {
	switch kind % 6 {
	case 0, 1:
		client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{PageSize: 20})
	case 2:
		for range client.Tasks(ctx, domaintask.PollTaskResultRequest{PageSize: 20}, domaintask.WithPrefetch(3), domaintask.WithMaxItems(60)) {
		}
	case 3:
		client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"unknown"}})
	case 4:
		client.Do(ctx, domaintask.Call{Action: "PollTaskResult", Params: map[string][]string{"PageNum": {"1"}, "PageSize": {"1"}}})
	case 5:
		ctx, cancel := context.WithTimeout(ctx, 5*time.Millisecond)
		defer cancel()
		client.Drain(ctx, domaintask.PollTaskResultRequest{PageSize: 5, DomainName: "none.example"}, func(context.Context, domaintask.TaskDetail) error { return nil })
	}
}
