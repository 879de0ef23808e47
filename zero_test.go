package domaintask_test

import (
	"context"
	"encoding/json"
	"fmt"
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

// TestClientOfNobody: what NewClient did not make is refused by every method.
func TestClientOfNobody(t *testing.T) {
	t.Parallel()
	const refused = "domaintask: Client must be made by NewClient"
	for name, client := range map[string]*domaintask.Client{"nil": nil, "zero": {}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := t.Context()
			var errs []error
			add := func(err error) { errs = append(errs, err) }
			_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
			add(err)
			_, err = client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
			add(err)
			_, err = client.Do(ctx, domaintask.Call{Action: "X"})
			add(err)
			for page, err := range client.Pages(ctx, domaintask.PollTaskResultRequest{}) {
				require.Nil(t, page)
				add(err)
			}
			for _, err := range client.Tasks(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithPrefetch(4)) {
				add(err)
			}
			for _, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}) {
				add(err)
			}
			_, err = client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil })
			add(err)
			require.Len(t, errs, 7)
			for _, err := range errs {
				var paramErr *domaintask.ParamError
				require.ErrorAs(t, err, &paramErr)
				require.Equal(t, refused, paramErr.Error())
			}
			require.NotContains(t, fmt.Sprintf("%v %+v %#v", client, client, client), "PANIC")
		})
	}
	for _, v := range []any{domaintask.Client{}, &domaintask.Client{}, struct{ C *domaintask.Client }{new(domaintask.Client)}} {
		_, err := json.Marshal(v)
		require.ErrorContains(t, err, refused)
	}
	text, err := json.Marshal((*domaintask.Client)(nil))
	require.NoError(t, err)
	require.Equal(t, "null", string(text))
}
