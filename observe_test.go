package domaintask_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptrace"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

type spanKey struct{}

// TestHooksAroundAnAttempt: OnAttemptStart comes before each attempt, its
// context is that of the request and of OnAttempt, and one id joins the attempts
// of a call.
func TestHooksAroundAnAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{refusal(400, "Throttling.User"), {status: 200, body: emptyPage}}}
		var events []string
		ids := map[string]int{}
		client := newClient(t, domaintask.Config{
			Retry: domaintask.RetryPolicy{BaseDelay: 1},
			Limiter: limiterFunc(func(ctx context.Context) error {
				require.Nil(t, ctx.Value(spanKey{}))
				events = append(events, "limiter")
				return nil
			}),
			OnAttemptStart: func(ctx context.Context, a domaintask.Attempt) context.Context {
				require.Nil(t, ctx.Value(spanKey{}), "each attempt starts from the context of the call")
				require.Equal(t, domaintask.Attempt{Action: "PollTaskResult", CallID: a.CallID, Number: a.Number}, a)
				events = append(events, "start")
				ids[a.CallID]++
				return context.WithValue(ctx, spanKey{}, a.Number)
			},
			HTTPClient: via(func(r *http.Request) (*http.Response, error) {
				require.Equal(t, len(service.sent)%2+1, r.Context().Value(spanKey{}))
				events = append(events, "request")
				if len(service.sent) == 2 {
					service.sent = nil
				}
				return service.RoundTrip(r)
			}),
			OnAttempt: func(ctx context.Context, a domaintask.Attempt) {
				require.Equal(t, a.Number, ctx.Value(spanKey{}))
				require.Equal(t, a.Number == 1, a.WillRetry)
				events = append(events, "end")
				ids[a.CallID]++
			},
		})
		attempt := []string{"limiter", "start", "request", "end"}
		for range 2 {
			events = nil
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.NoError(t, err)
			require.Equal(t, append(attempt, attempt...), events)
		}
		require.Len(t, ids, 2, "an id each call")
		for id, hooks := range ids {
			require.Regexp(t, "^[0-9a-f]{16}$", id)
			require.Equal(t, 4, hooks)
		}
	})
}

// TestContextOfAnAttempt: whatever the hook returns, the attempt ends with the
// call, and not before, and its error says why.
func TestContextOfAnAttempt(t *testing.T) {
	t.Parallel()
	ended, cancel := context.WithCancelCause(context.Background())
	cancel(errors.New("the hook's"))
	alive, stop := context.WithCancel(context.Background())
	defer stop()
	for name, hook := range map[string]func(context.Context) context.Context{
		"nil":                      func(context.Context) context.Context { return nil },
		"the same":                 func(ctx context.Context) context.Context { return ctx },
		"another":                  func(context.Context) context.Context { return context.Background() },
		"another that can end":     func(context.Context) context.Context { return alive },
		"one that has ended":       func(context.Context) context.Context { return ended },
		"one without cancellation": context.WithoutCancel,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hang := false
				client := newClient(t, domaintask.Config{
					OnAttemptStart: func(ctx context.Context, _ domaintask.Attempt) context.Context { return hook(ctx) },
					HTTPClient: via(func(r *http.Request) (*http.Response, error) {
						if hang {
							<-r.Context().Done()
						}
						if err := r.Context().Err(); err != nil {
							return nil, err
						}
						return answering(r, 200, emptyPage), nil
					}),
				})
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.NoError(t, err)

				hang = true
				ctx, cancel := context.WithTimeoutCause(t.Context(), time.Second, errLeaving)
				defer cancel()
				_, err = client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
				require.ErrorIs(t, err, errLeaving)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, 1, attempts(t, err))
			})
		})
	}
}

// TestHTTPTraceByAHook needs no transport of one's own.
func TestHTTPTraceByAHook(t *testing.T) {
	t.Parallel()
	server := domaintasktest.NewServer(domaintasktest.Tasks(1, 1)...)
	defer server.Close()
	config := server.Config()
	wrote := 0
	config.OnAttemptStart = func(ctx context.Context, _ domaintask.Attempt) context.Context {
		return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteRequest: func(httptrace.WroteRequestInfo) { wrote++ }})
	}
	_, err := newClient(t, config).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.Equal(t, 1, wrote)
}

// TestAttemptsInALog are joined by an id that is the same without hooks.
func TestAttemptsInALog(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ids := map[string]int{}
		client := newClient(t, domaintask.Config{
			HTTPClient: &http.Client{Transport: &replies{list: []reply{refusal(400, "Throttling.User")}}},
			Logger: slog.New(slog.NewTextHandler(io.Discard, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == "call_id" {
					ids[a.Value.String()]++
				}
				return a
			}})),
		})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.Error(t, err)
		require.Len(t, ids, 1)
		for _, lines := range ids {
			require.Equal(t, 2, lines, "the last attempt is for debugging only")
		}
	})
}

// TestPanicOfAHook surfaces in the call.
func TestPanicOfAHook(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{
		HTTPClient:     &http.Client{Transport: &replies{list: []reply{{status: 200, body: emptyPage}}}},
		OnAttemptStart: func(context.Context, domaintask.Attempt) context.Context { panic("the hook's") },
	})
	require.PanicsWithValue(t, "the hook's", func() {
		client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	})
}
