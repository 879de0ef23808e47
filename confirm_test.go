package domaintask_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestDrainCanceled cancels at the third task: what was handled is acknowledged
// nevertheless, and nothing else is passed to a handler.
func TestDrainCanceled(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []int{1, 4} {
		server, client := drainServer(t, 10)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var handled atomic.Int32
		result, err := client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error {
			switch n := handled.Add(1); {
			case n == 3:
				cancel()
			case n > 3: // passed to a handler before it was canceled
				<-ctx.Done()
			}
			return nil
		}, domaintask.WithConcurrency(concurrency))
		require.ErrorIs(t, err, context.Canceled)
		require.EqualValues(t, handled.Load(), result.Handled)
		require.Less(t, result.Handled, 3+concurrency)
		require.Equal(t, result.Handled, result.Acknowledged)
		require.Len(t, server.Acknowledged(), result.Handled)
	}
}

// TestDrainAcknowledgesInATimeOfItsOwn hangs the acknowledgement after the
// caller has canceled: Drain still ends.
func TestDrainAcknowledgesInATimeOfItsOwn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, domaintask.Config{Timeout: 7 * time.Second, HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if r.URL.Query().Get("Action") == "AcknowledgeTaskResult" {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return &http.Response{StatusCode: 200, Request: r, Body: io.NopCloser(strings.NewReader(`{"TotalItemNum":1,"Data":{"TaskDetail":[{"TaskDetailNo":"a"}]}}`))}, nil
		})}})
		ctx, cancel := context.WithCancel(t.Context())
		start := time.Now()
		result, err := client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error {
			cancel()
			return nil
		})
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, domaintask.DrainResult{Handled: 1, Rounds: 1}, result)
		require.Equal(t, 7*time.Second, time.Since(start))
	})
}

// TestDrainCanceledWhileAcknowledging ends the context while the first
// acknowledgement is in flight, or waits to be retried: it is completed.
func TestDrainCanceledWhileAcknowledging(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]domaintasktest.Fault{
		"in flight":           {},
		"between attempts":    domaintasktest.Throttle(time.Millisecond),
		"the answer was lost": domaintasktest.CloseConnection().AfterProcessing(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := drainServer(t, 3)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			config := server.Config()
			config.Retry.BaseDelay = 1
			through := config.HTTPClient.Transport
			config.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
				if r.URL.Query().Get("Action") == "AcknowledgeTaskResult" && ctx.Err() == nil {
					cancel()
					server.Inject(fault)
				}
				return through.RoundTrip(r)
			})}
			result, err := newClient(t, config).Drain(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil })
			require.ErrorIs(t, err, context.Canceled)
			require.Equal(t, domaintask.DrainResult{Handled: 3, Acknowledged: 3, Rounds: 1}, result)
			require.Empty(t, server.Tasks())
		})
	}
}

// All acknowledgements after the end of ctx share one time-out.
func TestDrainEndsWithinTheTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, domaintask.Config{Timeout: 7 * time.Second, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			if r.URL.Query().Get("Action") == "AcknowledgeTaskResult" {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			var tasks []string
			for n := range 8 {
				tasks = append(tasks, fmt.Sprintf(`{"TaskDetailNo":"%d"}`, n))
			}
			return answering(r, 200, `{"TotalItemNum":8,"Data":{"TaskDetail":[`+strings.Join(tasks, ",")+`]}}`), nil
		})})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(ctx context.Context, _ domaintask.TaskDetail) error { <-ctx.Done(); return nil },
			domaintask.WithConcurrency(8), domaintask.WithAcknowledgeSize(1))
		require.ErrorIs(t, err, context.Canceled)
		require.Equal(t, 8*time.Second, time.Since(start))
	})
}

// TestDrainPanics lets the third handler panic: so does Drain, after what the
// others accepted has been acknowledged. At most one of those runs at the same
// time, and returns once the panic has come as far as it can: nothing else is
// passed to a handler. A panic of another goroutine carries the stack of where it
// began.
func TestDrainPanics(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			server, client := drainServerWith(t, domaintasktest.Options{InMemory: true}, 300)
			var handled atomic.Int32
			value := recovered(func() {
				client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error {
					switch n := handled.Add(1); {
					case n == 3:
						whereItBegins("out of order")
					case n > 3:
						synctest.Wait()
					}
					return nil
				}, domaintask.WithConcurrency(concurrency))
			})
			if concurrency == 1 {
				require.Equal(t, "out of order", value)
			} else {
				requirePanicOf(t, "out of order", value)
			}
			require.Len(t, server.Acknowledged(), int(handled.Load())-1)
			require.Less(t, handled.Load(), int32(3+concurrency), "the rest is not passed to a handler")
		})
	}
}

// whereItBegins panics, in a function that a stack names.
func whereItBegins(value any) { panic(value) }

func requirePanicOf(t *testing.T, want, value any) {
	t.Helper()
	require.IsType(t, &domaintask.PanicError{}, value)
	panicked := value.(*domaintask.PanicError)
	require.Equal(t, want, panicked.Value)
	require.Contains(t, panicked.Stack, "whereItBegins")
	require.Contains(t, panicked.Error(), "whereItBegins", "a program that crashes prints it")
	require.Contains(t, panicked.Error(), fmt.Sprint(want))
}

// broken is a client's surroundings, one of which breaks.
type broken struct {
	through http.RoundTripper
	where   string // hook, limiter or transport
	action  string
	polls   atomic.Int32
	how     func()
}

// is reports whether this is where to break: at each acknowledgement, or at the
// third poll, which is made while handlers run.
func (b *broken) is(where, action string) bool {
	if where != b.where || action != b.action {
		return false
	}
	return action == "AcknowledgeTaskResult" || b.polls.Add(1) == 3
}

func (b *broken) RoundTrip(r *http.Request) (*http.Response, error) {
	if b.is("transport", r.URL.Query().Get("Action")) {
		b.how()
	}
	return b.through.RoundTrip(r)
}

func (b *broken) attempt(_ context.Context, a domaintask.Attempt) {
	if b.is("hook", a.Action) {
		b.how()
	}
}

// Wait does not know the action: the third call is an acknowledgement.
func (b *broken) Wait(context.Context) error {
	if b.where == "limiter" && b.polls.Add(1) == 3 {
		b.how()
	}
	return nil
}

// TestDrainWhoseHooksBreak lets a hook, a limiter or a transport panic or end its
// goroutine during a call in another goroutine: the drain ends, by the panic or
// by an error, and leaves nothing behind, or else the bubble fails.
func TestDrainWhoseHooksBreak(t *testing.T) {
	t.Parallel()
	for _, where := range []string{"hook", "limiter", "transport"} {
		for _, action := range []string{"PollTaskResult", "AcknowledgeTaskResult"} {
			for name, how := range map[string]func(){"panics": func() { whereItBegins(io.ErrNoProgress) }, "exits": runtime.Goexit} {
				for _, concurrency := range []int{1, 4} {
					t.Run(fmt.Sprintf("%s %s at %s, %d handlers", where, name, action, concurrency), func(t *testing.T) {
						t.Parallel()
						synctest.Test(t, func(t *testing.T) {
							server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 50)
							config := server.Config()
							b := &broken{through: config.HTTPClient.Transport, where: where, action: action, how: how}
							config.HTTPClient = &http.Client{Transport: b}
							config.OnAttempt, config.Limiter = b.attempt, b
							var err error
							var handled atomic.Int32
							value := recovered(func() {
								_, err = newClient(t, config).Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 10}, func(context.Context, domaintask.TaskDetail) error {
									handled.Add(1)
									return nil
								}, domaintask.WithConcurrency(concurrency), domaintask.WithAcknowledgeSize(2))
							})
							if name == "panics" {
								requirePanicOf(t, io.ErrNoProgress, value)
								require.ErrorIs(t, value.(error), io.ErrNoProgress)
							} else {
								require.Nil(t, value)
								require.ErrorContains(t, err, "ended its goroutine")
							}
							require.Less(t, handled.Load(), int32(50), "it ends at once")
						})
					})
				}
			}
		}
	}
}

// TestDrainHandlerEndsItsGoroutine: a handler that does has accepted nothing, and
// the drain ends. Without concurrency the goroutine is the caller's.
func TestDrainHandlerEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			server, client := drainServerWith(t, domaintasktest.Options{InMemory: true}, 9)
			var result domaintask.DrainResult
			var err error
			ended := make(chan struct{})
			go func() {
				defer close(ended)
				result, err = client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
					if task.TaskDetailNo == "task-2" {
						runtime.Goexit() // as t.FailNow does
					}
					<-time.After(time.Second)
					return nil
				}, domaintask.WithConcurrency(concurrency))
			}()
			<-ended
			require.Equal(t, []string{"task-1"}, server.Acknowledged())
			if concurrency > 1 {
				require.EqualError(t, err, "domaintask: task task-2: it ended its goroutine (runtime.Goexit)")
				require.Equal(t, 1, result.Refused)
			}
		})
	}
}
