package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
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

// TestDrainRequests states every request: page one, then the last page and down
// to page one again.
func TestDrainRequests(t *testing.T) {
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
			asked:  []string{"poll 1", "acknowledge 2", "poll 2", "acknowledge 1", "poll 1", "acknowledge 2", "poll 1"},
			result: domaintask.DrainResult{Handled: 5, Acknowledged: 5, Rounds: 3, Complete: true},
		},
		{
			name: "small acknowledgements", tasks: 2, opts: []domaintask.Option{domaintask.WithAcknowledgeSize(1)},
			asked:  []string{"poll 1", "acknowledge 1", "acknowledge 1", "poll 1"},
			result: domaintask.DrainResult{Handled: 2, Acknowledged: 2, Rounds: 2, Complete: true},
		},
		{
			name: "one refused", tasks: 4, refused: []string{"task-1"},
			asked:  []string{"poll 1", "acknowledge 1", "poll 2", "acknowledge 1", "poll 1", "acknowledge 1", "poll 1"},
			result: domaintask.DrainResult{Handled: 3, Acknowledged: 3, Refused: 1, Rounds: 3, Complete: true},
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
			require.NoError(t, err)
			require.Equal(t, tt.asked, asked(server))
			require.Equal(t, append([]string{}, tt.refused...), ids(server.Tasks()), "what was refused stays listed")
			if tt.refused != nil {
				require.Equal(t, []*domaintask.TaskError{{TaskDetailNo: tt.refused[0], Others: len(tt.refused) - 1, Err: errors.New("not today")}}, result.Refusals)
			}
			result.Refusals = nil
			require.Equal(t, tt.result, result)
		})
	}
}

// TestDrainCountsRefusals: the first ten reasons, each with how many tasks were
// refused for it, and no error.
func TestDrainCountsRefusals(t *testing.T) {
	t.Parallel()
	server, client := drainServer(t, 25)
	down := errors.New("two\nlines")
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
		if n, _ := strconv.Atoi(strings.TrimPrefix(task.TaskDetailNo, "task-")); n > 10 {
			return fmt.Errorf("%s is odd", task.TaskDetailNo)
		}
		return down
	})
	require.NoError(t, err)
	require.Equal(t, 25, result.Refused)
	require.True(t, result.Complete)
	require.Len(t, result.Refusals, 10)
	require.ErrorIs(t, result.Refusals[0], down)
	require.EqualError(t, result.Refusals[0], "domaintask: task task-1 and 9 more: two lines")
	require.EqualError(t, result.Refusals[9], "domaintask: task task-19: task-19 is odd")
	require.Len(t, server.Requests(), 2)
}

// TestDrainStops ends drains by ErrStop: nothing more is passed to the handler,
// what was accepted is acknowledged, and the error says once why.
func TestDrainStops(t *testing.T) {
	t.Parallel()
	down := fmt.Errorf("%w: the database is down", domaintask.ErrStop)
	for name, tt := range map[string]struct {
		opts     []domaintask.Option
		batches  func(calls int32, b *domaintask.Batch) error // nil means Drain
		accepted int
		refused  int
		calls    int32
		says     string
	}{
		"a task":       {accepted: 2, refused: 1, calls: 3, says: "domaintask: task task-3: stopped by the handler: the database is down"},
		"some at once": {opts: []domaintask.Option{domaintask.WithConcurrency(4)}, accepted: 2, refused: 4, calls: 6, says: "domaintask: task task-"},
		"a batch":      {batches: func(calls int32, b *domaintask.Batch) error { return map[bool]error{true: down}[calls == 3] }, opts: []domaintask.Option{domaintask.WithBatchSize(5)}, accepted: 10, refused: 5, calls: 3, says: "domaintask: task task-11 and 4 more: stopped"},
		"one of a batch": {batches: func(calls int32, b *domaintask.Batch) error {
			if calls == 3 {
				b.Refuse(1, down)
			}
			return nil
		}, opts: []domaintask.Option{domaintask.WithBatchSize(5)}, accepted: 14, refused: 1, calls: 3, says: "domaintask: task task-12: stopped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server, client := drainServerWith(t, domaintasktest.Options{InMemory: true}, 2500)
				var calls atomic.Int32
				var result domaintask.DrainResult
				var err error
				if tt.batches == nil {
					result, err = client.Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 100}, func(context.Context, domaintask.TaskDetail) error {
						if calls.Add(1) <= 2 {
							return nil
						}
						<-time.After(time.Second) // all that run fail at the same time
						return down
					}, tt.opts...)
				} else {
					result, err = client.DrainBatches(t.Context(), domaintask.PollTaskResultRequest{PageSize: 100}, func(_ context.Context, b *domaintask.Batch) error {
						return tt.batches(calls.Add(1), b)
					}, tt.opts...)
				}
				require.ErrorIs(t, err, domaintask.ErrStop)
				require.Contains(t, err.Error(), tt.says)
				require.Equal(t, 1, strings.Count(err.Error(), "the database is down"))
				require.Equal(t, tt.calls, calls.Load())
				require.Equal(t, tt.accepted, result.Acknowledged)
				require.Equal(t, tt.refused, result.Refused)
				require.False(t, result.Complete)
				require.Len(t, server.Acknowledged(), tt.accepted)
			})
		})
	}
}

// TestDrainWithoutThePermissionToAcknowledge: the RAM action is separate from
// that of polling. The drain ends with the page at hand.
func TestDrainWithoutThePermissionToAcknowledge(t *testing.T) {
	t.Parallel()
	server, client := drainServerWith(t, domaintasktest.Options{InMemory: true, Deny: []string{"AcknowledgeTaskResult"}}, 20_000)
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil })
	require.ErrorIs(t, err, domaintask.ErrForbidden)
	var unacknowledged *domaintask.UnacknowledgedError
	require.ErrorAs(t, err, &unacknowledged)
	require.Equal(t, result.Handled, unacknowledged.Tasks, "one error for all of them")
	require.Equal(t, 1, strings.Count(err.Error(), "Forbidden.RAM"))
	require.Zero(t, result.Acknowledged)
	require.False(t, result.Complete)
	require.LessOrEqual(t, result.Handled, 1000)
	require.LessOrEqual(t, len(server.Requests()), 11)
}

// TestDrainRefusalsHideNoFailure: however many tasks are refused, that one was
// not acknowledged is in the error, and the refusals are not.
func TestDrainRefusalsHideNoFailure(t *testing.T) {
	t.Parallel()
	_, client := drainServerWith(t, domaintasktest.Options{Deny: []string{"AcknowledgeTaskResult"}}, 25)
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
		if task.TaskDetailNo == "task-25" {
			return nil
		}
		return errors.New("not today")
	})
	require.ErrorIs(t, err, domaintask.ErrForbidden)
	require.NotContains(t, err.Error(), "not today")
	require.Contains(t, err.Error(), "handled and not acknowledged: 1 task: AcknowledgeTaskResult: Forbidden.RAM")
	require.Equal(t, 24, result.Refused)
	require.Equal(t, 23, result.Refusals[0].Others)
}

// relisting goes on listing tasks after they were acknowledged so many times.
type relisting struct {
	http.RoundTripper
	server *domaintasktest.Server
	times  int
	acks   int
}

func (l *relisting) RoundTrip(r *http.Request) (*http.Response, error) {
	before := l.server.Tasks()
	resp, err := l.RoundTripper.RoundTrip(r)
	if r.URL.Query().Get("Action") == "AcknowledgeTaskResult" {
		if l.acks++; l.acks <= l.times {
			l.server.Remove(ids(before)...)
			l.server.Add(before...)
		}
	}
	return resp, err
}

// TestDrainCountsWhatIsGone: a response to an acknowledgement proves nothing if
// the service goes on listing the tasks.
func TestDrainCountsWhatIsGone(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		times  int // that acknowledging does not help
		result domaintask.DrainResult
		asked  []string
	}{
		"at once":    {0, domaintask.DrainResult{Handled: 3, Acknowledged: 3, Rounds: 2, Complete: true}, []string{"poll 1", "acknowledge 3", "poll 1"}},
		"the second": {1, domaintask.DrainResult{Handled: 3, Acknowledged: 3, Rounds: 3, Complete: true}, []string{"poll 1", "acknowledge 3", "poll 1", "acknowledge 3", "poll 1"}},
		"never":      {99, domaintask.DrainResult{Handled: 3, Relisted: 3, Rounds: 3, Complete: true}, []string{"poll 1", "acknowledge 3", "poll 1", "acknowledge 3", "poll 1", "acknowledge 3"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := drainServer(t, 3)
			config := server.Config()
			config.HTTPClient.Transport = &relisting{RoundTripper: config.HTTPClient.Transport, server: server, times: tt.times}
			times := map[string]int{}
			result, err := newClient(t, config).Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
				times[task.TaskDetailNo]++
				return nil
			})
			require.Equal(t, tt.result, result)
			require.Equal(t, tt.asked, asked(server))
			require.Equal(t, map[string]int{"task-1": 1, "task-2": 1, "task-3": 1}, times)
			if result.Relisted == 0 {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, "domaintask: handled and not acknowledged: 3 tasks: the service acknowledged them and lists them again")
		})
	}
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

// TestDrainRetriesAcknowledgements lets acknowledgements fail for all attempts of
// a call: the next round repeats them, also if the tasks are not listed any more.
func TestDrainRetriesAcknowledgements(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault   domaintasktest.Fault
		failing int // calls that fail
		result  domaintask.DrainResult
	}{
		"refused":         {domaintasktest.ServiceUnavailable(), 1, domaintask.DrainResult{Handled: 3, Acknowledged: 3, Rounds: 3, Complete: true}},
		"a response lost": {domaintasktest.CloseConnection().AfterProcessing(), 1, domaintask.DrainResult{Handled: 3, Acknowledged: 3, Rounds: 3, Complete: true}},
		"always":          {domaintasktest.ServiceUnavailable(), 99, domaintask.DrainResult{Handled: 3, Rounds: 2, Complete: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true}, 3)
			config := server.Config()
			config.Retry.MaxAttempts = 1
			acks := 0
			server.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
				if r.Action == "AcknowledgeTaskResult" {
					if acks++; acks <= tt.failing {
						return tt.fault
					}
				}
				return domaintasktest.Fault{}
			})
			times := map[string]int{}
			result, err := newClient(t, config).Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
				times[task.TaskDetailNo]++
				return nil
			})
			require.Equal(t, tt.result, result)
			require.Equal(t, map[string]int{"task-1": 1, "task-2": 1, "task-3": 1}, times)
			if result.Acknowledged == 3 {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, "domaintask: handled and not acknowledged: 3 tasks: AcknowledgeTaskResult: ServiceUnavailable: The request has failed due to a temporary failure of the server. (HTTP 503, request id "+
				server.Requests()[1].RequestID+")")
			require.Equal(t, 2, acks, "no more than once a round")
		})
	}
}

// TestDrainAcknowledgesATaskOnce lists tasks twice, on one page and on two.
func TestDrainAcknowledgesATaskOnce(t *testing.T) {
	t.Parallel()
	a, b := domaintask.TaskDetail{TaskDetailNo: "a"}, domaintask.TaskDetail{TaskDetailNo: "b"}
	for _, tasks := range [][]domaintask.TaskDetail{{a, a, b}, {a, b, a}, {b, a, a}} {
		server, client := drainServer(t, 0)
		server.Add(tasks...)
		handled := []string{}
		result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 2}, func(_ context.Context, task domaintask.TaskDetail) error {
			handled = append(handled, task.TaskDetailNo)
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, 2, result.Acknowledged)
		require.ElementsMatch(t, []string{"a", "b"}, handled)
		require.ElementsMatch(t, []string{"a", "b"}, slices.Concat(acknowledgedBy(server)...))
	}
}

func TestDrainCannotConfirmATaskWithoutAnID(t *testing.T) {
	t.Parallel()
	server := domaintasktest.NewServer(domaintask.TaskDetail{DomainName: "a.example"}, domaintask.TaskDetail{TaskDetailNo: "bad\nid"}, domaintask.TaskDetail{TaskDetailNo: "good"})
	t.Cleanup(server.Close)
	result, err := newClient(t, server.Config()).Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
		require.Equal(t, "good", task.TaskDetailNo)
		return nil
	})
	require.NoError(t, err)
	require.ErrorContains(t, result.Refusals[0], "no TaskDetailNo")
	require.ErrorContains(t, result.Refusals[1], "control character")
	require.Equal(t, 1, result.Acknowledged)
	require.Equal(t, 2, result.Refused)
}

// TestDrainOverOddRows: a task whose TaskDetailNo could not be read is refused,
// since what was made of it may be the id of another one. An element that is not a
// task stays listed, too.
func TestDrainOverOddRows(t *testing.T) {
	t.Parallel()
	var acknowledged []string
	client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		if q := r.URL.Query(); q.Get("Action") == "AcknowledgeTaskResult" {
			acknowledged = append(acknowledged, q.Get("TaskDetailNo.1"))
			return answering(r, 200, `{"Result":1}`), nil
		}
		tasks := `{"TaskDetailNo":"a\xff"},{"TaskDetailNo":{"No":1}},{"Odd":1},{"TaskDetailNo":"good","TryCount":"N/A"},7`
		if acknowledged != nil {
			tasks = `{"TaskDetailNo":"a\xff"},{"TaskDetailNo":{"No":1}},{"Odd":1},7`
		}
		return answering(r, 200, `{"TotalItemNum":3,"TotalPageNum":1,"Data":{"TaskDetail":[`+strings.ReplaceAll(tasks, `\xff`, "\xff")+`]}}`), nil
	})})
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil })
	require.NoError(t, err)
	require.Equal(t, []string{"good"}, acknowledged)
	require.Equal(t, 2, result.Refused)
	require.ErrorContains(t, result.Refusals[0], "its TaskDetailNo could not be read")
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
		{"WithAcknowledgeSize", domaintask.PollTaskResultRequest{}, accept, domaintask.WithAcknowledgeSize(101)},
		{"WithAcknowledgeSize", domaintask.PollTaskResultRequest{}, accept, domaintask.WithAcknowledgeSize(-1)},
		{"WithMaxItems", domaintask.PollTaskResultRequest{}, accept, domaintask.WithMaxItems(-1)},
		{"WithInterval", domaintask.PollTaskResultRequest{}, accept, domaintask.WithInterval(-1)},
		{"WithBatchSize", domaintask.PollTaskResultRequest{}, accept, domaintask.WithBatchSize(10)},
	} {
		result, err := client.Drain(t.Context(), tt.req, tt.handle, tt.opt)
		var paramErr *domaintask.ParamError
		require.ErrorAs(t, err, &paramErr, tt.param)
		require.Equal(t, tt.param, paramErr.Param)
		require.Zero(t, result)
	}
}
