package domaintask_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestCallTimeout ends a call at each moment by its budget. The error says so,
// and what the attempt before ended with.
func TestCallTimeout(t *testing.T) {
	t.Parallel()
	type config = domaintask.Config
	until := func(ctx context.Context) error {
		<-ctx.Done()
		return errors.New("interrupted") // says nothing of ctx
	}
	throttled := refusal(400, "Throttling.User", "x-ratelimit-user", "TimeLeft:3000")
	second := 0
	for _, moment := range []struct {
		name     string
		arrange  func(*config)
		attempts int
		last     error
	}{
		{"in the first attempt", func(c *config) {
			c.HTTPClient = via(func(r *http.Request) (*http.Response, error) { return nil, until(r.Context()) })
		}, 1, nil},
		{"in a body", func(c *config) {
			c.HTTPClient = via(func(r *http.Request) (*http.Response, error) {
				resp := answering(r, 200, "")
				resp.Body = failing{func([]byte) (int, error) { return 0, until(r.Context()) }}
				return resp, nil
			})
		}, 1, nil},
		{"in the second attempt", func(c *config) {
			service := &replies{list: []reply{throttled}}
			c.HTTPClient = via(func(r *http.Request) (*http.Response, error) {
				if second++; second == 2 {
					return nil, until(r.Context())
				}
				return service.RoundTrip(r)
			})
		}, 2, domaintask.ErrThrottled},
		{"in the limiter", func(c *config) {
			c.Limiter = limiterFunc(until)
		}, 0, nil},
		{"in the limiter, after an attempt", func(c *config) {
			c.HTTPClient = &http.Client{Transport: &replies{list: []reply{throttled}}}
			asked := 0
			c.Limiter = limiterFunc(func(ctx context.Context) error {
				if asked++; asked == 2 {
					return until(ctx)
				}
				return nil
			})
		}, 1, domaintask.ErrThrottled},
		{"in the provider", func(c *config) {
			c.Credentials = domaintask.CredentialsFunc(func(ctx context.Context) (domaintask.Credentials, error) {
				return domaintask.Credentials{}, until(ctx)
			})
		}, 0, nil},
	} {
		t.Run(moment.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var config config
				moment.arrange(&config)
				config.CallTimeout = 10 * time.Second
				client := newClient(t, config)
				start := time.Now()
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.Equal(t, 10*time.Second, time.Since(start))
				var callErr *domaintask.CallError
				require.ErrorAs(t, err, &callErr)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.ErrorContains(t, err, "domaintask: PollTaskResult: no success within the CallTimeout of 10s")
				require.Equal(t, moment.attempts, callErr.Attempts)
				require.True(t, domaintask.Temporary(err), "the next call has a budget of its own")
				if moment.last == nil {
					require.NoError(t, callErr.Last)
				} else {
					require.ErrorIs(t, callErr.Last, moment.last)
				}
			})
		})
	}
}

// TestCallTimeoutIsNotWaitedFor: a retry whose wait would outlast the budget
// is none; the error of the service comes at once.
func TestCallTimeoutIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{refusal(400, "Throttling.User", "x-ratelimit-user", "TimeLeft:3000")}}
		client := newClient(t, domaintask.Config{
			CallTimeout: 8 * time.Second, Retry: domaintask.RetryPolicy{MaxAttempts: 9, BaseDelay: 1},
			HTTPClient: &http.Client{Transport: service},
		})
		start := time.Now()
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.ErrorIs(t, err, domaintask.ErrThrottled)
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, 6*time.Second, time.Since(start).Truncate(time.Second))
		require.Equal(t, 3, attempts(t, err))
	})
}

// TestCallTimeoutAndTheCallersContext: the context that ends first is the one
// that the error names.
func TestCallTimeoutAndTheCallersContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		client := newClient(t, domaintask.Config{CallTimeout: 10 * time.Second, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})})
		ctx, cancel := context.WithTimeoutCause(t.Context(), 5*time.Second, errLeaving)
		defer cancel()
		_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		require.ErrorIs(t, err, errLeaving)
		require.False(t, domaintask.Temporary(err))
		require.NotContains(t, err.Error(), "CallTimeout")
	})
}

// TestCallTimeoutOfEachCall: a walk longer than the budget succeeds, since each
// of its pages has a budget of its own, and a watch survives one that is spent.
func TestCallTimeoutOfEachCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := newClient(t, domaintask.Config{CallTimeout: 10 * time.Second, Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			sent++
			select {
			case <-r.Context().Done():
				return nil, r.Context().Err()
			case <-time.After(6 * time.Second):
			}
			page := r.URL.Query().Get("PageNum")
			next := "true"
			if page == "4" {
				next = "false"
			}
			return answering(r, 200, `{"CurrentPageNum":`+page+`,"NextPage":`+next+`,"Data":{"TaskDetail":[{"TaskDetailNo":"`+page+`"}]}}`), nil
		})})
		start := time.Now()
		tasks := 0
		for _, err := range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}) {
			require.NoError(t, err)
			tasks++
		}
		require.Equal(t, 4, tasks)
		require.GreaterOrEqual(t, time.Since(start), 24*time.Second)
	})
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		client := newClient(t, domaintask.Config{CallTimeout: 10 * time.Second, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			if sent++; sent == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return answering(r, 200, `{"TotalItemNum":1,"Data":{"TaskDetail":[{"TaskDetailNo":"1"}]}}`), nil
		})})
		failed := 0
		for task, err := range client.Watch(t.Context(), domaintask.PollTaskResultRequest{}) {
			if err != nil {
				failed++
				continue
			}
			require.Equal(t, "1", task.TaskDetailNo)
			break
		}
		require.Equal(t, 1, failed)
	})
}

// TestCallTimeoutIsHiddenFromTheLimiter: one that would refuse at once for the
// deadline, as those of golang.org/x/time/rate do, waits instead. So its refusal,
// which is final, does not end a watch.
func TestCallTimeoutIsHiddenFromTheLimiter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var deadlines []time.Duration
		client := newClient(t, domaintask.Config{
			CallTimeout: 10 * time.Second,
			HTTPClient:  &http.Client{Transport: &replies{list: []reply{{status: 200, body: emptyPage}}}},
			Limiter: limiterFunc(func(ctx context.Context) error {
				if deadline, ok := ctx.Deadline(); ok {
					deadlines = append(deadlines, time.Until(deadline))
				}
				return nil
			}),
		})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Empty(t, deadlines)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err = client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Equal(t, []time.Duration{time.Minute}, deadlines)
	})
}

// TestCallTimeoutMustNotBeNegative, as NewClient says.
func TestCallTimeoutMustNotBeNegative(t *testing.T) {
	t.Parallel()
	_, err := domaintask.NewClient(domaintask.Config{Credentials: static(), CallTimeout: -1})
	require.EqualError(t, err, "domaintask: CallTimeout must not be negative")
}

// TestEndedInALaterAttempt: if the context of the caller ends there, the error
// still holds what the attempt before ended with.
func TestEndedInALaterAttempt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{refusal(400, "Throttling.User")}}
		client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			if len(service.sent) == 1 {
				<-r.Context().Done()
				return nil, r.Context().Err()
			}
			return service.RoundTrip(r)
		})})
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, domaintask.ErrThrottled)
		require.False(t, domaintask.Temporary(err))
		require.Equal(t, 2, attempts(t, err))
	})
}
