package domaintask_test

import (
	"context"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestZeroValues: the zero value of every struct that a caller fills in works,
// and so does every option with zero.
func TestZeroValues(t *testing.T) {
	t.Parallel()
	server := domaintasktest.NewServerWith(domaintasktest.Options{}, domaintasktest.Tasks(30, 1)...)
	t.Cleanup(server.Close)
	server.Inject(domaintasktest.Fault{})

	config := domaintask.Config{Credentials: server.Config().Credentials, Endpoint: server.URL, HTTPClient: server.Config().HTTPClient, Retry: domaintask.RetryPolicy{}}
	client := newClient(t, config)
	ctx := t.Context()

	page, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.Len(t, page.Tasks, domaintask.DefaultPageSize)

	ids, err := collect(t, client.Tasks(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithPrefetch(0), domaintask.WithMaxItems(0), domaintask.WithProgress(nil)))
	require.NoError(t, err)
	require.Len(t, ids, 30)

	for _, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithInterval(0)) {
		require.NoError(t, err)
		break
	}

	result, err := client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil },
		domaintask.WithConcurrency(0), domaintask.WithAcknowledgeSize(0), domaintask.WithMaxItems(0), domaintask.WithProgress(nil))
	require.NoError(t, err)
	require.Equal(t, 30, result.Acknowledged)

	// A zero configuration lacks credentials, and nothing else.
	_, err = domaintask.NewClient(domaintask.Config{})
	require.EqualError(t, err, "domaintask: Credentials is required")
	// A zero call has no action.
	_, err = client.Do(ctx, domaintask.Call{})
	require.EqualError(t, err, "domaintask: Action is required")
	// Zero responses, errors and tasks can be asked what they are.
	require.False(t, (&domaintask.PollTaskResultResponse{}).HasNextPage())
	for _, err := range []error{&domaintask.ParamError{}, &domaintask.APIError{}, &domaintask.DecodeError{}, &domaintask.CallError{}, &domaintask.WalkError{}, &domaintask.TaskError{}, &domaintask.AcknowledgeError{}, &domaintask.UnacknowledgedError{}, &domaintask.PanicError{}} {
		require.NotEmpty(t, err.Error())
	}
	require.False(t, domaintask.TaskDetail{}.Succeeded() || domaintask.TaskDetail{}.Failed())
}
