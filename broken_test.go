package domaintask_test

import (
	"context"
	"errors"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// soon is a timeout of an attempt that is to run out, and long enough for one
// that is not.
const soon = 2 * time.Second

// TestIdleConnectionsFail: all of eight idle connections fail at their next
// use. A call costs one attempt at most, and the next one none.
func TestIdleConnectionsFail(t *testing.T) {
	t.Parallel()
	eachFailure(t, func(t *testing.T, p protocol, transport string, fate fate) {
		handler, send := together(t, 8)
		server, network := startNetwork(t, p, false, handler)
		var attempts atomic.Int64
		client := newTLSClient(t, server, transport, domaintask.Config{
			Timeout: soon, Retry: domaintask.RetryPolicy{BaseDelay: 1}, OnAttempt: func(context.Context, domaintask.Attempt) { attempts.Add(1) },
		})
		send(client)
		require.GreaterOrEqual(t, network.opened(), 8)

		network.fail(fate)
		attempts.Store(0)
		for range 3 {
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.NoError(t, err)
		}
		if p == http1 && fate == reset {
			require.EqualValues(t, 3, attempts.Load(), "net/http itself goes through them")
		}
		require.LessOrEqual(t, attempts.Load(), int64(4))
	})
}

// TestNotIdempotentIsSentOnce: a call that may not be repeated is not, but the
// next one has a connection that works.
func TestNotIdempotentIsSentOnce(t *testing.T) {
	t.Parallel()
	eachConnection(t, func(t *testing.T, p protocol, transport string) {
		handler, send := together(t, 8)
		server, network := startNetwork(t, p, false, handler)
		client := newTLSClient(t, server, transport, domaintask.Config{Timeout: soon, Retry: domaintask.RetryPolicy{BaseDelay: 1}})
		send(client)

		network.fail(reset)
		var sent atomic.Int64
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{WroteHeaders: func() { sent.Add(1) }})
		_, err := client.Do(ctx, domaintask.Call{Action: "Renew"})
		require.Error(t, err)
		require.Equal(t, 1, attempts(t, err))
		require.EqualValues(t, 1, sent.Load())
		_, err = client.Do(t.Context(), domaintask.Call{Action: "Renew"})
		require.NoError(t, err)
	})
}

// TestForgottenConnection: the network forgets an HTTP/2 connection on which a
// patient call waits. Another call times out on it and succeeds on a new
// connection, which later calls use at once, all while the patient one still
// waits.
func TestForgottenConnection(t *testing.T) {
	t.Parallel()
	for _, transport := range transports {
		t.Run(transport, func(t *testing.T) {
			t.Parallel()
			handler, send := together(t, 1)
			server, network := startNetwork(t, http2, true, handler)
			var attempts atomic.Int64
			client := newTLSClient(t, server, transport, domaintask.Config{
				Timeout: soon, Retry: domaintask.RetryPolicy{BaseDelay: 1}, OnAttempt: func(context.Context, domaintask.Attempt) { attempts.Add(1) },
			})
			send(client)
			network.fail(silent)
			attempts.Store(0)

			ctx, cancel := context.WithCancel(t.Context())
			var patient sync.WaitGroup
			patient.Go(func() {
				domaintask.WithTimeout(client, time.Minute).PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
			})
			defer patient.Wait()
			defer cancel()
			<-network.hits
			for range 10 {
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.NoError(t, err)
			}
			require.LessOrEqual(t, attempts.Load(), int64(13), "one more for the timeout, and two of the patient call")
			require.LessOrEqual(t, network.opened(), 3, "both calls may dial at once")
		})
	}
}

// TestPingsFindTheForgottenConnection: over HTTP/2 a ping ends a call that would
// wait for a minute on a lost connection.
func TestPingsFindTheForgottenConnection(t *testing.T) {
	t.Parallel()
	handler, send := together(t, 1)
	server, network := startNetwork(t, http2, true, handler)
	client := newTLSClient(t, server, "own", domaintask.Config{Timeout: soon, Retry: domaintask.RetryPolicy{BaseDelay: 1}})
	send(client)
	network.fail(silent)
	start := time.Now()
	_, err := domaintask.WithTimeout(client, time.Minute).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.Less(t, time.Since(start), 30*time.Second)
}

// TestDeadlineOfTheCaller: calls that end by a deadline of their own do not
// leave the next ones to a dead connection.
func TestDeadlineOfTheCaller(t *testing.T) {
	t.Parallel()
	eachConnection(t, func(t *testing.T, p protocol, transport string) {
		handler, send := together(t, 8)
		server, network := startNetwork(t, p, false, handler)
		client := newTLSClient(t, server, transport, domaintask.Config{Retry: once})
		send(client)
		network.fail(silent)
		ctx, cancel := context.WithTimeoutCause(t.Context(), 50*time.Millisecond, errors.New("the user went away"))
		defer cancel()
		_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		require.Error(t, err)
		_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
	})
}

// TestSlowHandshake: a connection that takes longer to make than the deadline
// of the call that wanted it is there for the next call, rather than dialed again
// and again.
func TestSlowHandshake(t *testing.T) {
	t.Parallel()
	eachConnection(t, func(t *testing.T, p protocol, transport string) {
		handler, _ := together(t, 1)
		server, network := startNetwork(t, p, true, handler)
		release := network.hold()
		client := newTLSClient(t, server, transport, domaintask.Config{Timeout: 10 * time.Second, Retry: once})
		for i := 0; network.opened() == 0 && i < 1000; i++ {
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
			cancel()
			require.ErrorIs(t, err, context.DeadlineExceeded)
		}
		network.hold() // the connections that are dialed from here on
		release()
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
	})
}
