package domaintask_test

import (
	"context"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestOptionsOfMethods states which options each method takes, what it says of
// the others, and that no request is sent then.
func TestOptionsOfMethods(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	options := map[string]domaintask.Option{
		"WithPrefetch": domaintask.WithPrefetch(8), "WithMaxItems": domaintask.WithMaxItems(1),
		"WithProgress": domaintask.WithProgress(nil), "WithStrictPaging": domaintask.WithStrictPaging(),
		"WithoutDedupe": domaintask.WithoutDedupe(), "WithConcurrency": domaintask.WithConcurrency(2),
		"WithBatchSize": domaintask.WithBatchSize(10), "WithInterval": domaintask.WithInterval(time.Minute),
		"WithAcknowledgeSize": domaintask.WithAcknowledgeSize(10),
	}
	var req domaintask.PollTaskResultRequest
	details := domaintask.QueryTaskDetailListRequest{TaskNo: "T"}
	for method, run := range map[string]struct {
		takes []string
		err   func(domaintask.Option) error
	}{
		"Pages": {[]string{"WithPrefetch", "WithMaxItems", "WithProgress", "WithStrictPaging"}, func(o domaintask.Option) (err error) {
			for _, err = range client.Pages(t.Context(), req, o) {
			}
			return err
		}},
		"Tasks": {[]string{"WithPrefetch", "WithMaxItems", "WithProgress", "WithStrictPaging", "WithoutDedupe"}, func(o domaintask.Option) (err error) {
			for _, err = range client.Tasks(t.Context(), req, o) {
			}
			return err
		}},
		"Drain": {[]string{"WithConcurrency", "WithAcknowledgeSize", "WithMaxItems", "WithProgress", "WithInterval"}, func(o domaintask.Option) error {
			_, err := client.Drain(t.Context(), req, func(context.Context, domaintask.TaskDetail) error { return nil }, o)
			return err
		}},
		"DrainBatches": {[]string{"WithConcurrency", "WithBatchSize", "WithAcknowledgeSize", "WithMaxItems", "WithProgress", "WithInterval"}, func(o domaintask.Option) error {
			_, err := client.DrainBatches(t.Context(), req, func(context.Context, *domaintask.Batch) error { return nil }, o)
			return err
		}},
		"TaskDetailPages": {[]string{"WithPrefetch", "WithMaxItems", "WithProgress", "WithStrictPaging"}, func(o domaintask.Option) (err error) {
			for _, err = range client.TaskDetailPages(t.Context(), details, o) {
			}
			return err
		}},
		"TaskDetails": {[]string{"WithPrefetch", "WithMaxItems", "WithProgress", "WithStrictPaging", "WithoutDedupe"}, func(o domaintask.Option) (err error) {
			for _, err = range client.TaskDetails(t.Context(), details, o) {
			}
			return err
		}},
		"DoPages": {[]string{"WithPrefetch", "WithMaxItems", "WithProgress", "WithStrictPaging"}, func(o domaintask.Option) (err error) {
			for _, err = range client.DoPages(t.Context(), domaintask.Call{Action: "QueryTaskList"}, o) {
			}
			return err
		}},
		"Wait": {[]string{"WithPrefetch", "WithProgress", "WithInterval"}, func(o domaintask.Option) error {
			_, err := client.Wait(t.Context(), details, o)
			return err
		}},
		"Watch": {[]string{"WithInterval"}, func(o domaintask.Option) (err error) {
			for _, err = range client.Watch(t.Context(), req, o) {
			}
			return err
		}},
	} {
		for name, option := range options {
			taken := false
			for _, takes := range run.takes {
				taken = taken || takes == name
			}
			if taken {
				continue
			}
			var paramErr *domaintask.ParamError
			require.ErrorAs(t, run.err(option), &paramErr, "%s of %s", name, method)
			require.Equal(t, name, paramErr.Param, method)
		}
	}
}

func TestOptionsInvalid(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	for name, option := range map[string]domaintask.Option{
		"WithPrefetch": domaintask.WithPrefetch(-1), "WithMaxItems": domaintask.WithMaxItems(-1),
	} {
		for _, err := range client.Pages(t.Context(), domaintask.PollTaskResultRequest{}, option) {
			var paramErr *domaintask.ParamError
			require.ErrorAs(t, err, &paramErr)
			require.Equal(t, name, paramErr.Param)
		}
	}
}

func TestOptionsNilIsIgnoredAndLastApplies(t *testing.T) {
	t.Parallel()
	client, script := play(t, domaintask.Config{}, page{TotalPageNum: 1, ids: []string{"a", "b", "c"}})
	var seen []string
	for task, err := range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, nil, domaintask.WithMaxItems(1), nil, domaintask.WithMaxItems(2)) {
		require.NoError(t, err)
		seen = append(seen, task.TaskDetailNo)
	}
	require.Equal(t, []string{"a", "b"}, seen)
	require.Equal(t, []int{1}, script.askedPages())
}
