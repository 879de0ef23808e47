package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestDrainBatchesOfAPage: a batch is all new tasks of a page, or fewer.
func TestDrainBatchesOfAPage(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		opts  []domaintask.Option
		sizes []int
	}{
		"pages":             {nil, []int{10, 5, 10}},
		"of four":           {[]domaintask.Option{domaintask.WithBatchSize(4)}, []int{4, 4, 2, 4, 1, 4, 4, 2}},
		"larger than pages": {[]domaintask.Option{domaintask.WithBatchSize(400)}, []int{10, 5, 10}},
		"at most twelve":    {[]domaintask.Option{domaintask.WithMaxItems(12)}, []int{10, 2}},
		"at most five":      {[]domaintask.Option{domaintask.WithMaxItems(5), domaintask.WithBatchSize(3)}, []int{3, 2}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := drainServer(t, 25)
			sizes, seen := []int{}, map[string]bool{}
			result, err := client.DrainBatches(t.Context(), domaintask.PollTaskResultRequest{PageSize: 10}, func(_ context.Context, b *domaintask.Batch) error {
				sizes = append(sizes, len(b.Tasks))
				for _, task := range b.Tasks {
					seen[task.TaskDetailNo] = true
				}
				return nil
			}, tt.opts...)
			require.NoError(t, err)
			require.Equal(t, tt.sizes, sizes)
			require.Len(t, seen, result.Acknowledged)
			require.Len(t, server.Acknowledged(), result.Handled)
			require.Equal(t, result.Handled == 25, result.Complete, "WithMaxItems leaves it incomplete")
		})
	}
}

// TestBatchRefusals: what a handler does with a batch, and which tasks of a b c d
// are acknowledged then.
func TestBatchRefusals(t *testing.T) {
	t.Parallel()
	odd := errors.New("odd")
	for name, tt := range map[string]struct {
		handle   func(b *domaintask.Batch) error
		accepted []string
		refusals []domaintask.TaskError
	}{
		"accepts all":   {func(*domaintask.Batch) error { return nil }, []string{"a", "b", "c", "d"}, nil},
		"refuses one":   {func(b *domaintask.Batch) error { b.Refuse(1, odd); return nil }, []string{"a", "c", "d"}, []domaintask.TaskError{{TaskDetailNo: "b", Err: odd}}},
		"without a why": {func(b *domaintask.Batch) error { b.Refuse(1, nil); return nil }, []string{"a", "c", "d"}, []domaintask.TaskError{{TaskDetailNo: "b"}}},
		"refuses all":   {func(*domaintask.Batch) error { return odd }, nil, []domaintask.TaskError{{TaskDetailNo: "a", Others: 3, Err: odd}}},
		"refuses one and then all": {func(b *domaintask.Batch) error { b.Refuse(0, odd); return errors.ErrUnsupported }, nil,
			[]domaintask.TaskError{{TaskDetailNo: "a", Err: odd}, {TaskDetailNo: "b", Others: 2, Err: errors.ErrUnsupported}}},
		"refuses one twice": {func(b *domaintask.Batch) error { b.Refuse(3, odd); b.Refuse(3, errors.ErrUnsupported); return nil }, []string{"a", "b", "c"},
			[]domaintask.TaskError{{TaskDetailNo: "d", Err: errors.ErrUnsupported}}},
		"sorts them first": {func(b *domaintask.Batch) error { slices.Reverse(b.Tasks); b.Refuse(0, odd); return nil }, []string{"a", "b", "c"},
			[]domaintask.TaskError{{TaskDetailNo: "d", Err: odd}}},
		"filters them first": {func(b *domaintask.Batch) error {
			b.Tasks = slices.DeleteFunc(b.Tasks, func(task domaintask.TaskDetail) bool { return task.TaskDetailNo < "c" })
			b.Refuse(0, odd)
			return nil
		}, []string{"a", "b", "d"}, []domaintask.TaskError{{TaskDetailNo: "c", Err: odd}}},
		"adds to them": {func(b *domaintask.Batch) error {
			b.Tasks = append(b.Tasks, domaintask.TaskDetail{TaskDetailNo: "e"})
			return nil
		}, []string{"a", "b", "c", "d"}, nil},
		"changes one before it refuses it": {func(b *domaintask.Batch) error { b.Tasks[0].TaskDetailNo = "x"; b.Refuse(0, odd); return nil }, nil,
			[]domaintask.TaskError{{TaskDetailNo: "a", Others: 3, Err: errors.New("the handler refused a task that is not in its batch")}}},
		"several goroutines": {func(b *domaintask.Batch) error {
			var all sync.WaitGroup
			for i := range b.Tasks {
				all.Go(func() { b.Refuse(i, odd) })
			}
			all.Wait()
			return nil
		}, nil, []domaintask.TaskError{{TaskDetailNo: "a", Others: 3, Err: odd}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, client := drainServer(t, 0)
			for _, id := range []string{"a", "b", "c", "d"} {
				server.Add(domaintask.TaskDetail{TaskDetailNo: id})
			}
			result, err := client.DrainBatches(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, b *domaintask.Batch) error { return tt.handle(b) })
			require.NoError(t, err)
			require.Equal(t, tt.accepted, server.Acknowledged())
			require.Equal(t, len(tt.accepted), result.Acknowledged)
			require.Equal(t, 4-len(tt.accepted), result.Refused)
			var refusals []domaintask.TaskError
			for _, refusal := range result.Refusals {
				refusals = append(refusals, *refusal)
			}
			require.Equal(t, tt.refusals, refusals)
		})
	}
}

// TestBatchRefuseOutOfRange panics as an index of a slice does.
func TestBatchRefuseOutOfRange(t *testing.T) {
	t.Parallel()
	b := &domaintask.Batch{Tasks: []domaintask.TaskDetail{{TaskDetailNo: "a"}}}
	require.Panics(t, func() { b.Refuse(1, errors.ErrUnsupported) })
	b.Refuse(0, errors.ErrUnsupported) // and is not locked then
	err, refused := b.Refusal(0)
	require.True(t, refused)
	require.Equal(t, errors.ErrUnsupported, err)
}

// TestDrainBatchesReadsAhead: a page is read while the batch before is handled,
// and no more than one.
func TestDrainBatchesReadsAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, client := drainServerWith(t, domaintasktest.Options{InMemory: true}, 50)
		polls := []int{}
		_, err := client.DrainBatches(t.Context(), domaintask.PollTaskResultRequest{PageSize: 10}, func(context.Context, *domaintask.Batch) error {
			<-time.After(time.Minute)
			n := 0
			for _, what := range asked(server) {
				if what[:4] == "poll" {
					n++
				}
			}
			polls = append(polls, n)
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []int{1, 3, 4, 4, 5}, polls)
	})
}

// TestDrainProgress: after every page, before its tasks are handled.
func TestDrainProgress(t *testing.T) {
	t.Parallel()
	_, client := drainServer(t, 5)
	var lines []string
	progress := domaintask.WithProgress(func(p domaintask.Progress) {
		lines = append(lines, fmt.Sprintf("page %d, %d tasks, %d of %d, %d requests, acknowledged %d", p.Pages, p.Items, p.TotalPages, p.TotalItems, p.Attempts, p.Drained.Acknowledged))
	})
	_, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 2}, func(context.Context, domaintask.TaskDetail) error {
		lines = append(lines, "task")
		return nil
	}, progress)
	require.NoError(t, err)
	require.Equal(t, []string{
		"page 1, 2 tasks, 3 of 5, 1 requests, acknowledged 0", "task", "task",
		"page 2, 3 tasks, 2 of 3, 2 requests, acknowledged 2", "task",
		"page 3, 5 tasks, 1 of 2, 3 requests, acknowledged 3", "task", "task",
		"page 4, 5 tasks, 0 of 0, 4 requests, acknowledged 5",
	}, lines)
}

// TestDrainMaxItems passes no more tasks to handlers, however many run at once,
// and asks for no larger page than it needs.
func TestDrainMaxItems(t *testing.T) {
	t.Parallel()
	for _, concurrency := range []int{1, 8} {
		server, client := drainServer(t, 30)
		result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
			if task.TaskDetailNo == "task-1" {
				return errors.New("not today")
			}
			return nil
		}, domaintask.WithMaxItems(7), domaintask.WithConcurrency(concurrency))
		require.NoError(t, err)
		require.Equal(t, 6, result.Acknowledged)
		require.Equal(t, 1, result.Refused)
		require.False(t, result.Complete)
		require.Equal(t, "7", server.Requests()[0].Params.Get("PageSize"))
		require.Equal(t, []string{"poll 1", "acknowledge 6"}, asked(server))
	}
}

// TestDrainWithEndlessConcurrency: a number is no reason to take memory.
func TestDrainWithEndlessConcurrency(t *testing.T) {
	t.Parallel()
	server, client := drainServer(t, 30)
	_, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil }, domaintask.WithConcurrency(math.MaxInt))
	require.NoError(t, err)
	require.Empty(t, server.Tasks())
}

// TestDrainObeysTheLimiter: acknowledgements in flight wait for it, too.
func TestDrainObeysTheLimiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, _ := drainServerWith(t, domaintasktest.Options{InMemory: true, Latency: 300 * time.Millisecond}, 5000)
		config := server.Config()
		config.Limiter = everySecond{time.Tick(100 * time.Millisecond)}
		_, err := newClient(t, config).Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil })
		require.NoError(t, err)
		require.Empty(t, server.Tasks())
		requests := server.Requests()
		for i := 1; i < len(requests); i++ {
			require.GreaterOrEqual(t, requests[i].Time.Sub(requests[i-1].Time), 100*time.Millisecond)
		}
	})
}
