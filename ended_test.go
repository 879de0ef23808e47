package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// errLeaving is why the contexts of these tests end.
var errLeaving = errors.New("the machine shuts down")

// TestEndedContexts ends a context in each way and at each moment of a call.
// The error says that it ended, and why, and is not temporary.
func TestEndedContexts(t *testing.T) {
	t.Parallel()
	type config = domaintask.Config
	waits := func(ctx context.Context) error {
		<-ctx.Done()
		return errors.New("interrupted") // says nothing of ctx
	}
	served := func(c *config, fault domaintasktest.Fault) func() {
		server := domaintasktest.NewServerWith(domaintasktest.Options{PlainHTTP: true, InMemory: true})
		server.InjectAlways(fault)
		*c = server.Config()
		return server.Close
	}
	scripted := func(c *config, answer reply) func() {
		c.HTTPClient = &http.Client{Transport: &replies{list: []reply{answer}}}
		return func() {}
	}
	for _, moment := range []struct {
		name     string
		arrange  func(*config) (stop func())
		attempts int
		is       error // too
	}{
		{"before the headers", func(c *config) func() { return served(c, domaintasktest.Hang()) }, 1, nil},
		{"within the body", func(c *config) func() { return served(c, domaintasktest.HangAfter(10)) }, 1, nil},
		{"within the body of a refusal", func(c *config) func() { return served(c, domaintasktest.HangAfter(10).WithStatus(403)) }, 1, nil},
		{"in a transport that says nothing of it", func(c *config) func() {
			c.HTTPClient = via(func(r *http.Request) (*http.Response, error) { return nil, waits(r.Context()) })
			return func() {}
		}, 1, nil},
		{"in a body that says nothing of it", func(c *config) func() {
			c.HTTPClient = via(func(r *http.Request) (*http.Response, error) {
				resp := answering(r, 200, "")
				resp.Body = failing{func([]byte) (int, error) { return 0, waits(r.Context()) }}
				return resp, nil
			})
			return func() {}
		}, 1, nil},
		{"before another attempt", func(c *config) func() {
			return scripted(c, refusal(400, "Throttling.User", "Retry-After", "3"))
		}, 1, domaintask.ErrThrottled},
		{"in the limiter", func(c *config) func() {
			c.Limiter = limiterFunc(waits)
			return scripted(c, reply{status: 200, body: emptyPage})
		}, 0, nil},
		{"in the provider", func(c *config) func() {
			c.Credentials = domaintask.CredentialsFunc(func(ctx context.Context) (domaintask.Credentials, error) {
				return domaintask.Credentials{}, fmt.Errorf("%w: %w", domaintask.ErrCredentials, waits(ctx))
			})
			return scripted(c, reply{status: 200, body: emptyPage})
		}, 0, nil},
	} {
		for _, way := range []struct {
			name string
			end  func(context.Context) (context.Context, func())
			is   []error
		}{
			{"canceled", func(ctx context.Context) (context.Context, func()) {
				ctx, cancel := context.WithCancel(ctx)
				time.AfterFunc(2*time.Second, cancel)
				return ctx, cancel
			}, []error{context.Canceled}},
			{"canceled with a cause", func(ctx context.Context) (context.Context, func()) {
				ctx, cancel := context.WithCancelCause(ctx)
				time.AfterFunc(2*time.Second, func() { cancel(errLeaving) })
				return ctx, func() { cancel(nil) }
			}, []error{context.Canceled, errLeaving}},
			{"canceled with a cause that is temporary", func(ctx context.Context) (context.Context, func()) {
				ctx, cancel := context.WithCancelCause(ctx)
				time.AfterFunc(2*time.Second, func() { cancel(&domaintask.CallError{Err: io.EOF}) })
				return ctx, func() { cancel(nil) }
			}, []error{context.Canceled, io.EOF}},
			{"timed out", func(ctx context.Context) (context.Context, func()) {
				ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
				return ctx, cancel
			}, []error{context.DeadlineExceeded}},
			{"timed out with a cause", func(ctx context.Context) (context.Context, func()) {
				ctx, cancel := context.WithTimeoutCause(ctx, 2*time.Second, errLeaving)
				return ctx, cancel
			}, []error{context.DeadlineExceeded, errLeaving}},
		} {
			if moment.is != nil && way.is[0] == context.DeadlineExceeded {
				continue // a call does not begin to wait beyond its deadline
			}
			t.Run(moment.name+"/"+way.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					var c config
					defer moment.arrange(&c)()
					ctx, cancel := way.end(t.Context())
					defer cancel()
					start := time.Now()
					_, err := newClient(t, c).PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
					require.Equal(t, 2*time.Second, time.Since(start))
					var callErr *domaintask.CallError
					require.ErrorAs(t, err, &callErr)
					require.Equal(t, moment.attempts, callErr.Attempts)
					for _, is := range way.is {
						require.ErrorIs(t, err, is)
					}
					require.False(t, domaintask.Temporary(err))
					require.NotErrorIs(t, err, domaintask.ErrCredentials)
					if moment.is != nil {
						require.ErrorIs(t, err, moment.is)
					}
				})
			})
		}
	}
}

// TestEveryMethodSaysWhyItsContextEnded, which ends between two requests here,
// with the cause in every error of every way to go through tasks.
func TestEveryMethodSaysWhyItsContextEnded(t *testing.T) {
	t.Parallel()
	for _, method := range []struct {
		name string
		run  func(*domaintask.Client, context.Context) error
	}{
		{"Tasks", func(c *domaintask.Client, ctx context.Context) error {
			_, err := collect(t, c.Tasks(ctx, domaintask.PollTaskResultRequest{PageSize: 1}))
			return err
		}},
		{"Tasks with prefetch", func(c *domaintask.Client, ctx context.Context) error {
			_, err := collect(t, c.Tasks(ctx, domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(4)))
			return err
		}},
		{"Drain", func(c *domaintask.Client, ctx context.Context) error {
			_, err := c.Drain(ctx, domaintask.PollTaskResultRequest{PageSize: 1}, func(context.Context, domaintask.TaskDetail) error { return nil })
			return err
		}},
		{"Watch", func(c *domaintask.Client, ctx context.Context) error {
			var last error
			for _, err := range c.Watch(ctx, domaintask.PollTaskResultRequest{PageSize: 1}) {
				last = err
			}
			return last
		}},
	} {
		t.Run(method.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := domaintasktest.NewServerWith(domaintasktest.Options{PlainHTTP: true, InMemory: true}, domaintasktest.Tasks(9, 1)...)
				defer server.Close()
				ctx, cancel := context.WithCancelCause(t.Context())
				config := server.Config()
				defer config.HTTPClient.CloseIdleConnections()
				var polls atomic.Int64
				config.OnAttempt = func(context.Context, domaintask.Attempt) {
					if polls.Add(1) == 3 {
						cancel(errLeaving)
					}
				}
				err := method.run(newClient(t, config), ctx)
				require.ErrorIs(t, err, context.Canceled)
				require.ErrorIs(t, err, errLeaving)
				require.False(t, domaintask.Temporary(err))
			})
		})
	}
}

// TestAttemptTimeoutIsNotTheCallers: one attempt that takes too long is
// temporary, also where the transport does not say that it did.
func TestAttemptTimeoutIsNotTheCallers(t *testing.T) {
	t.Parallel()
	for _, err := range []error{nil, errors.New("interrupted")} {
		synctest.Test(t, func(t *testing.T) {
			client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
				<-r.Context().Done()
				if err != nil {
					return nil, err
				}
				return nil, r.Context().Err()
			})})
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.ErrorIs(t, err, context.DeadlineExceeded)
			require.ErrorContains(t, err, "no complete answer within 30s")
			require.True(t, domaintask.Temporary(err))
		})
	}
}
