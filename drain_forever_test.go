package domaintask_test

import (
	"context"
	"errors"

	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// forever drains a server for so long. Its handler refuses tasks as often as
// they are to be refused, and accepts them then. It returns when each task was
// passed to the handler.
func forever(t *testing.T, server *domaintasktest.Server, d time.Duration, refusals map[string]int, opts ...domaintask.Option) (map[string][]time.Duration, domaintask.DrainResult, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	start, at := time.Now(), map[string][]time.Duration{}
	result, err := newClient(t, server.Config()).Drain(ctx, domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
		at[task.TaskDetailNo] = append(at[task.TaskDetailNo], time.Since(start).Round(time.Minute))
		if len(at[task.TaskDetailNo]) <= refusals[task.TaskDetailNo] {
			return errors.New("not yet")
		}
		return nil
	}, append(opts, domaintask.WithInterval(10*time.Minute))...)
	return at, result, err
}

// polledAt returns when the server was polled.
func polledAt(server *domaintasktest.Server) (at []time.Duration) {
	requests := server.Requests()
	for _, r := range requests {
		if r.Action == "PollTaskResult" {
			at = append(at, r.Time.Sub(requests[0].Time))
		}
	}
	return at
}

// TestDrainForever handles what is listed, and what is listed later, until its
// context ends, which is no error.
func TestDrainForever(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 3)
		time.AfterFunc(time.Hour, func() { server.Add(task(4), task(5)) })
		at, result, err := forever(t, server, 4*time.Hour, nil)
		require.NoError(t, err)
		require.Equal(t, 5, result.Acknowledged)
		require.True(t, result.Complete, "it was between two rounds")
		require.Len(t, at, 5)
		require.Empty(t, server.Tasks())
		// Two polls when something was found; then after 10, 20, 40 and 80 minutes.
		require.LessOrEqual(t, len(polledAt(server)), 12)
		require.GreaterOrEqual(t, len(polledAt(server)), 7)
	})
}

// TestDrainForeverOffersAgain: a refused task is offered again after one interval,
// two, four and so on, at the next round.
func TestDrainForeverOffersAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 2)
		server.Add(domaintask.TaskDetail{DomainName: "has no id"})
		at, result, err := forever(t, server, 3*24*time.Hour, map[string]int{"task-2": 5, "task-3": 99})
		require.NoError(t, err)
		require.Equal(t, 2, result.Acknowledged)
		require.Equal(t, 1, result.Refused, "the task without an id; a task that was accepted later is not refused")
		require.Len(t, at["task-1"], 1)
		require.Len(t, at["task-2"], 6)
		for i := 1; i < len(at["task-2"]); i++ {
			require.GreaterOrEqual(t, at["task-2"][i]-at["task-2"][i-1], 9*time.Minute<<(i-1))
		}
		require.LessOrEqual(t, at["task-2"][5], 11*time.Hour, "not only in the end")
	})
}

// TestDrainForeverSurvives lets calls fail for a while, polls and acknowledgements:
// it continues after those errors that are temporary.
func TestDrainForeverSurvives(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]domaintasktest.Fault{
		"unavailable": domaintasktest.ServiceUnavailable(), "a gateway": domaintasktest.BadGateway(), "no response": domaintasktest.CloseConnection(),
		"a lost response": domaintasktest.CloseConnection().AfterProcessing(), "throttled": domaintasktest.Throttle(time.Second),
	} {
		for _, action := range []string{"PollTaskResult", "AcknowledgeTaskResult"} {
			t.Run(name+" at "+action, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 3)
					server.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
						if r.Action == action {
							return fault
						}
						return domaintasktest.Fault{}
					})
					time.AfterFunc(3*time.Hour, server.Heal)
					at, result, err := forever(t, server, 12*time.Hour, nil)
					require.NoError(t, err)
					require.Equal(t, 3, result.Acknowledged)
					require.Zero(t, result.Relisted)
					require.Empty(t, server.Tasks())
					for id, times := range at {
						require.Len(t, times, 1, id)
					}
				})
			})
		}
	}
}

// TestDrainForeverEnds on the errors that are not temporary, on ErrStop, and on
// WithMaxItems.
func TestDrainForeverEnds(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		deny string
		opts []domaintask.Option
		is   error
	}{
		"polling is forbidden":       {deny: "PollTaskResult", is: domaintask.ErrForbidden},
		"acknowledging is forbidden": {deny: "AcknowledgeTaskResult", is: domaintask.ErrForbidden},
		"all that it may handle":     {opts: []domaintask.Option{domaintask.WithMaxItems(2)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true, Deny: []string{tt.deny}}, 3)
				start := time.Now()
				_, result, err := forever(t, server, 12*time.Hour, nil, tt.opts...)
				require.Less(t, time.Since(start), time.Minute)
				require.False(t, result.Complete)
				require.ErrorIs(t, err, tt.is)
				if tt.is == nil {
					require.Equal(t, 2, result.Acknowledged)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		_, client := drainServerWith(t, domaintasktest.Options{InMemory: true}, 3)
		_, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return domaintask.ErrStop }, domaintask.WithInterval(0))
		require.EqualError(t, err, "domaintask: task task-1: stopped by the handler")
	})
}

// TestDrainForeverObeysRetryAfter: nothing is sent to an operation within the time
// that the service asks to stay away for, however often a round is due.
func TestDrainForeverObeysRetryAfter(t *testing.T) {
	t.Parallel()
	for _, action := range []string{"PollTaskResult", "AcknowledgeTaskResult"} {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 250)
				server.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
					if r.Action == action {
						return domaintasktest.Throttle(2 * time.Hour)
					}
					return domaintasktest.Fault{}
				})
				config := server.Config()
				config.Retry.MaxAttempts = 1
				ctx, cancel := context.WithTimeout(t.Context(), 25*time.Hour)
				defer cancel()
				_, err := newClient(t, config).Drain(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil },
					domaintask.WithInterval(time.Minute))
				require.Equal(t, action == "PollTaskResult", err == nil, "what is not acknowledged is an error: %v", err)
				var last time.Time
				times := 0
				for _, r := range server.Requests() {
					if r.Action != action {
						continue
					}
					if !last.IsZero() && r.Time.Sub(last) > time.Minute { // those in flight are sent before it says so
						require.GreaterOrEqual(t, r.Time.Sub(last), 2*time.Hour)
						times++
					}
					last = r.Time
				}
				require.Greater(t, times, 2)
			})
		})
	}
}

// TestDrainForeverTellsWhatIsNotAcknowledged: the end of the context is no error,
// but tasks that are handled and not acknowledged are.
func TestDrainForeverTellsWhatIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 3)
		server.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
			if r.Action == "AcknowledgeTaskResult" {
				return domaintasktest.APIError(http.StatusServiceUnavailable, "ServiceUnavailable", "try later")
			}
			return domaintasktest.Fault{}
		})
		_, result, err := forever(t, server, 3*time.Hour, nil)
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "handled and not acknowledged: 3 tasks: AcknowledgeTaskResult: ServiceUnavailable")
		require.Zero(t, result.Acknowledged)
	})
}

// TestDrainWaitsAsTheServiceAsks: an acknowledgement that was refused is repeated
// no sooner than the service asks, and neither is another one sent.
func TestDrainWaitsAsTheServiceAsks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 250)
		refusals := 2
		server.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
			if r.Action == "AcknowledgeTaskResult" && refusals > 0 {
				refusals--
				return domaintasktest.Throttle(7 * time.Second)
			}
			return domaintasktest.Fault{}
		})
		config := server.Config()
		config.Retry.MaxAttempts = 1
		start := time.Now()
		result, err := newClient(t, config).Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 100}, func(context.Context, domaintask.TaskDetail) error { return nil })
		require.NoError(t, err)
		require.Equal(t, 250, result.Acknowledged)
		require.True(t, result.Complete)
		for _, r := range server.Requests() {
			if at := r.Time.Sub(start); r.Action == "AcknowledgeTaskResult" && at > time.Second { // those before were in flight
				require.GreaterOrEqual(t, at, 7*time.Second)
			}
		}
	})
}

// TestDrainOnceKeepsAwayFromAServiceThatAsksForIt: without an interval such an
// acknowledgement ends the drain.
func TestDrainOnceKeepsAwayFromAServiceThatAsksForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 5000)
		server.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
			if r.Action == "AcknowledgeTaskResult" {
				return domaintasktest.Throttle(time.Hour)
			}
			return domaintasktest.Fault{}
		})
		config := server.Config()
		config.Retry.MaxAttempts = 1
		start := time.Now()
		result, err := newClient(t, config).Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 100}, func(context.Context, domaintask.TaskDetail) error { return nil })
		require.ErrorIs(t, err, domaintask.ErrThrottled)
		require.False(t, result.Complete)
		require.Equal(t, 100, result.Handled)
		require.Equal(t, []string{"poll 1", "acknowledge 100"}, asked(server))
		require.Less(t, time.Since(start), time.Second)
	})
}
