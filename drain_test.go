package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// drainServer lists n tasks, task-1 to task-n, and returns a client of it.
func drainServer(t *testing.T, n int) (*domaintasktest.Server, *domaintask.Client) {
	t.Helper()
	return drainServerWith(t, domaintasktest.Options{}, n)
}

func drainServerWith(t *testing.T, options domaintasktest.Options, n int) (*domaintasktest.Server, *domaintask.Client) {
	t.Helper()
	var tasks []domaintask.TaskDetail
	for i := range n {
		tasks = append(tasks, domaintask.TaskDetail{TaskDetailNo: fmt.Sprintf("task-%d", i+1), TaskStatusCode: domaintask.StatusCodeSuccess})
	}
	server := domaintasktest.NewServerWith(options, tasks...)
	t.Cleanup(server.Close)
	return server, newClient(t, server.Config())
}

func ids(tasks []domaintask.TaskDetail) []string {
	list := []string{}
	for _, task := range tasks {
		list = append(list, task.TaskDetailNo)
	}
	return list
}

// asked returns what a server was asked, such as "poll 1" and "acknowledge 3":
// pages by number, acknowledgements by how many they confirm.
func asked(server *domaintasktest.Server) []string {
	list := []string{}
	for _, request := range server.Requests() {
		if request.Action == "PollTaskResult" {
			list = append(list, "poll "+request.Params.Get("PageNum"))
		} else {
			list = append(list, fmt.Sprintf("acknowledge %d", len(request.Params)))
		}
	}
	return list
}

// TestDrainStaysOnAPage states every request: acknowledging a page brings the
// next tasks to it, so it is read until it shows nothing new.
func TestDrainStaysOnAPage(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		tasks   int
		refused []string
		opts    []domaintask.Option
		asked   []string
		result  domaintask.DrainResult
	}{
		{name: "nothing listed", asked: []string{"poll 1"}, result: domaintask.DrainResult{Rounds: 1, Complete: true}},
		{
			name: "three pages", tasks: 5,
			asked:  []string{"poll 1", "acknowledge 2", "poll 1", "acknowledge 2", "poll 1", "acknowledge 1", "poll 1"},
			result: domaintask.DrainResult{Handled: 5, Acknowledged: 5, Rounds: 2, Complete: true},
		},
		{
			name: "small batches", tasks: 2, opts: []domaintask.Option{domaintask.WithBatchSize(1)},
			asked:  []string{"poll 1", "acknowledge 1", "acknowledge 1", "poll 1"},
			result: domaintask.DrainResult{Handled: 2, Acknowledged: 2, Rounds: 2, Complete: true},
		},
		{
			name: "one refused", tasks: 4, refused: []string{"task-1"},
			asked:  []string{"poll 1", "acknowledge 1", "poll 1", "acknowledge 1", "poll 1", "acknowledge 1", "poll 1"},
			result: domaintask.DrainResult{Handled: 3, Acknowledged: 3, Refused: 1, Rounds: 2, Complete: true},
		},
		{
			name: "a page of refused ones", tasks: 3, refused: []string{"task-1", "task-2"},
			asked:  []string{"poll 1", "poll 2", "acknowledge 1", "poll 1"},
			result: domaintask.DrainResult{Handled: 1, Acknowledged: 1, Refused: 2, Rounds: 2, Complete: true},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server, client := drainServer(t, tt.tasks)
			result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 2}, func(_ context.Context, task domaintask.TaskDetail) error {
				if slices.Contains(tt.refused, task.TaskDetailNo) {
					return errors.New("not today")
				}
				return nil
			}, tt.opts...)
			require.Equal(t, tt.asked, asked(server))
			require.Equal(t, tt.result, result)
			require.Equal(t, append([]string{}, tt.refused...), ids(server.Tasks()), "what was refused stays listed")
			if tt.refused == nil {
				require.NoError(t, err)
			}
			for _, id := range tt.refused {
				require.ErrorContains(t, err, "task "+id+": not today")
			}
		})
	}
}

func TestDrainReportsTheFirstFewErrors(t *testing.T) {
	t.Parallel()
	_, client := drainServer(t, 25)
	cause := errors.New("two\nlines")
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return cause })
	require.Equal(t, domaintask.DrainResult{Refused: 25, Rounds: 2, Complete: true}, result)
	require.ErrorIs(t, err, cause)
	var taskErr *domaintask.TaskError
	require.ErrorAs(t, err, &taskErr)
	require.Equal(t, "task-1", taskErr.TaskDetailNo)
	require.Equal(t, 10, strings.Count(err.Error(), "two lines"))
	require.Contains(t, err.Error(), "and 15 more")
	require.NotContains(t, err.Error(), "\n")
}

// TestDrainRefusalsHideNoFailure: however many tasks are refused, that one was
// not confirmed is told.
func TestDrainRefusalsHideNoFailure(t *testing.T) {
	t.Parallel()
	server, client := drainServer(t, 25)
	server.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
		if r.Action == "AcknowledgeTaskResult" {
			return domaintasktest.APIError(http.StatusForbidden, "Forbidden.RAM", "denied")
		}
		return domaintasktest.Fault{}
	})
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
		if task.TaskDetailNo == "task-25" {
			return nil
		}
		return errors.New("not today")
	})
	require.Equal(t, domaintask.DrainResult{Handled: 1, Refused: 24, Rounds: 2, Complete: true}, result)
	require.ErrorIs(t, err, domaintask.ErrForbidden)
	var apiErr *domaintask.APIError
	require.ErrorAs(t, err, &apiErr)
	require.Contains(t, err.Error(), "and 14 more refused tasks")
}

func TestDrainConcurrently(t *testing.T) {
	t.Parallel()
	server, client := drainServer(t, 100)
	var running, most atomic.Int32
	var mu sync.Mutex
	times := map[string]int{}
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 30}, func(_ context.Context, task domaintask.TaskDetail) error {
		now := running.Add(1)
		defer running.Add(-1)
		for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
		}
		mu.Lock()
		defer mu.Unlock()
		times[task.TaskDetailNo]++
		return nil
	}, domaintask.WithConcurrency(8))
	require.NoError(t, err)
	require.Equal(t, 100, result.Acknowledged)
	require.Empty(t, server.Tasks())
	require.Len(t, times, 100)
	require.LessOrEqual(t, most.Load(), int32(8))
}

// TestDrainCancelled cancels at the third task: what was handled is confirmed
// all the same, and nothing else is handed over.
func TestDrainCancelled(t *testing.T) {
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
			case n > 3: // handed over before it was cancelled
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
// caller has cancelled: Drain still ends.
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

// TestDrainCancelledWhileAcknowledging ends the context while the first
// acknowledgement is on its way, or waits to be repeated: it is completed.
func TestDrainCancelledWhileAcknowledging(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]domaintasktest.Fault{
		"on its way":          {},
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

// TestDrainPanics lets the third handler panic: so does Drain, after
// acknowledging what the others handled. At most one of those runs beside it,
// and returns when the panic has come as far as it can: no other is handed over.
func TestDrainPanics(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []int{1, 2} {
		synctest.Test(t, func(t *testing.T) {
			server, client := drainServerWith(t, domaintasktest.Options{InMemory: true}, 300)
			var handled atomic.Int32
			require.PanicsWithValue(t, "out of order", func() {
				client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error {
					switch n := handled.Add(1); {
					case n == 3:
						panic("out of order")
					case n > 3:
						synctest.Wait()
					}
					return nil
				}, domaintask.WithConcurrency(concurrency))
			})
			require.Len(t, server.Acknowledged(), int(handled.Load())-1)
			require.Less(t, handled.Load(), int32(3+concurrency), "the rest is not handed over")
		})
	}
}

// TestDrainAcknowledgementFails: the tasks count as handled, are not handed
// over again, and the rest goes on.
func TestDrainAcknowledgementFails(t *testing.T) {
	t.Parallel()
	server, _ := drainServer(t, 6)
	config := server.Config()
	through := config.HTTPClient.Transport
	acknowledgements := 0
	config.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("Action") == "AcknowledgeTaskResult" {
			if acknowledgements++; acknowledgements == 1 {
				return &http.Response{StatusCode: 403, Request: r, Body: io.NopCloser(strings.NewReader(`{"Code":"Forbidden.RAM"}`))}, nil
			}
		}
		return through.RoundTrip(r)
	})}
	times := map[string]int{}
	result, err := newClient(t, config).Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 2}, func(_ context.Context, task domaintask.TaskDetail) error {
		times[task.TaskDetailNo]++
		return nil
	})
	require.ErrorIs(t, err, domaintask.ErrForbidden)
	require.Len(t, times, 6)
	for id, n := range times {
		require.Equal(t, 1, n, id)
	}
	// The second round finds the two still listed and confirms them.
	require.Equal(t, domaintask.DrainResult{Handled: 6, Acknowledged: 6, Rounds: 2, Complete: true}, result)
	require.Empty(t, server.Tasks())
}

func TestDrainCannotConfirmATaskWithoutAnID(t *testing.T) {
	t.Parallel()
	server := domaintasktest.NewServer(domaintask.TaskDetail{DomainName: "a.example"}, domaintask.TaskDetail{TaskDetailNo: "bad\nid"}, domaintask.TaskDetail{TaskDetailNo: "good"})
	t.Cleanup(server.Close)
	result, err := newClient(t, server.Config()).Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
		require.Equal(t, "good", task.TaskDetailNo)
		return nil
	})
	require.ErrorContains(t, err, "no TaskDetailNo")
	require.ErrorContains(t, err, "control character")
	require.Equal(t, 1, result.Acknowledged)
	require.Equal(t, 2, result.Refused)
}

func TestDrainParameters(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	accept := func(context.Context, domaintask.TaskDetail) error { return nil }
	for _, tt := range []struct {
		param  string
		req    domaintask.PollTaskResultRequest
		handle func(context.Context, domaintask.TaskDetail) error
		opt    domaintask.Option
	}{
		{"handle", domaintask.PollTaskResultRequest{}, nil, domaintask.WithConcurrency(0)},
		{"PageNum", domaintask.PollTaskResultRequest{PageNum: 2}, accept, domaintask.WithConcurrency(0)},
		{"Lang", domaintask.PollTaskResultRequest{Lang: "fr"}, accept, domaintask.WithConcurrency(0)},
		{"WithConcurrency", domaintask.PollTaskResultRequest{}, accept, domaintask.WithConcurrency(-1)},
		{"WithBatchSize", domaintask.PollTaskResultRequest{}, accept, domaintask.WithBatchSize(101)},
	} {
		result, err := client.Drain(t.Context(), tt.req, tt.handle, tt.opt)
		var paramErr *domaintask.ParamError
		require.ErrorAs(t, err, &paramErr, tt.param)
		require.Equal(t, tt.param, paramErr.Param)
		require.Zero(t, result)
	}
}
