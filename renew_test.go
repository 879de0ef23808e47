package domaintask_test

import (
	"context"
	"errors"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// vault is a provider that keeps credentials until they are refused, and counts
// how often it made others.
type vault struct {
	mu      sync.Mutex
	kept    domaintask.Credentials
	made    int
	refused []domaintask.Credentials
	err     error // of making others
}

func tokenOf(n int) string { return "token-" + strconv.Itoa(n) }

// session is what the vault makes for the nth time.
func session(n int) domaintask.Credentials {
	return domaintask.NewCredentials(testKeyID, testSecret, tokenOf(n))
}

func (v *vault) Credentials(context.Context) (domaintask.Credentials, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kept == (domaintask.Credentials{}) {
		if v.err != nil && v.made > 0 {
			return domaintask.Credentials{}, v.err
		}
		v.made++
		v.kept = session(v.made)
	}
	return v.kept, nil
}

func (v *vault) Invalidate(refused domaintask.Credentials) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.refused = append(v.refused, refused)
	if v.kept == refused {
		v.kept = domaintask.Credentials{}
	}
}

// accepting is a service that accepts the nth session alone, and answers others
// with code. It keeps who asked.
type accepting struct {
	mu    sync.Mutex
	n     int
	code  string
	asked []string
}

func (s *accepting) client() *http.Client {
	return via(func(r *http.Request) (*http.Response, error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		used := r.URL.Query().Get("SecurityToken")
		s.asked = append(s.asked, used)
		if used != tokenOf(s.n) {
			return answering(r, http.StatusBadRequest, `{"RequestId":"r","Code":"`+s.code+`","Message":"as written"}`), nil
		}
		return answering(r, http.StatusOK, `{"RequestId":"r","TotalItemNum":0}`), nil
	})
}

// TestRefusedCredentialsAreRenewed says after which refusals others are asked
// for.
func TestRefusedCredentialsAreRenewed(t *testing.T) {
	t.Parallel()
	for code, renews := range map[string]bool{
		"InvalidSecurityToken.Expired":               true,
		"InvalidSecurityToken.Malformed":             true,
		"InvalidSecurityToken.MismatchWithAccessKey": true,
		"InvalidSecurityToken":                       true,
		"InvalidAccessKeyId.NotFound":                true,
		"InvalidAccessKeyId.Inactive":                true,
		"InvalidAccessKeyId":                         true,
		"InvalidBearerToken":                         true,
		"MissingSecurityToken":                       true,
		"SignatureDoesNotMatch":                      true, // an id and the secret of another, read while they were rotated
		"Forbidden.RAM":                              false,
		"NoPermission":                               false,
		"InvalidParameter":                           false,
		"Unknown":                                    false,
	} {
		t.Run(code, func(t *testing.T) {
			t.Parallel()
			service, provider := &accepting{n: 2, code: code}, new(vault)
			client := newClient(t, domaintask.Config{Credentials: provider, HTTPClient: service.client(), Retry: once})
			_, err := client.Do(t.Context(), domaintask.Call{Action: "X"}) // not idempotent
			if !renews {
				var apiErr *domaintask.APIError
				require.ErrorAs(t, err, &apiErr)
				require.Equal(t, []string{tokenOf(1)}, service.asked)
				require.Empty(t, provider.refused)
				return
			}
			require.NoError(t, err)
			require.Equal(t, []string{tokenOf(1), tokenOf(2)}, service.asked)
			require.Equal(t, []domaintask.Credentials{session(1)}, provider.refused)
		})
	}
}

// TestRenewalIsAtOnceAndOnce, and aside of what RetryPolicy counts.
func TestRenewalIsAtOnceAndOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var attempts []domaintask.Attempt
		admitted := 0
		config := domaintask.Config{
			OnAttempt: func(_ context.Context, a domaintask.Attempt) { attempts = append(attempts, a) },
			Limiter:   waiting(func(context.Context) error { admitted++; return nil }),
		}
		service := &accepting{n: 3, code: "InvalidSecurityToken.Expired"}
		config.Credentials, config.HTTPClient = new(vault), service.client()
		client := newClient(t, config)
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		var apiErr *domaintask.APIError
		require.ErrorAs(t, err, &apiErr)
		require.ErrorIs(t, err, domaintask.ErrCredentials)
		require.Equal(t, 2, apiErr.Attempts)
		require.Equal(t, []string{tokenOf(1), tokenOf(2)}, service.asked)
		require.Len(t, attempts, 2)
		require.Equal(t, []int{1, 2}, []int{attempts[0].Number, attempts[1].Number})
		require.Equal(t, 2, admitted, "the limiter is asked before every attempt")
		require.Zero(t, time.Since(start))

		// The next call begins with what the last one got.
		service.asked, service.n = nil, 2
		_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Equal(t, []string{tokenOf(2)}, service.asked)

		// Two more attempts for what passes, as if the refused one had not been.
		answers := []string{"InvalidSecurityToken.Expired", "ServiceUnavailable", "ServiceUnavailable", "ServiceUnavailable", "never"}
		config.Credentials, config.HTTPClient = new(vault), via(func(r *http.Request) (*http.Response, error) {
			code := answers[0]
			answers = answers[1:]
			return answering(r, 503, `{"Code":"`+code+`"}`), nil
		})
		_, err = newClient(t, config).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.ErrorContains(t, err, "ServiceUnavailable")
		require.Equal(t, []string{"never"}, answers)
	})
}

// TestSameCredentialsAgain: one request, whoever provides them.
func TestSameCredentialsAgain(t *testing.T) {
	t.Parallel()
	asked := 0
	for name, provider := range map[string]domaintask.CredentialsProvider{
		"static": domaintask.StaticCredentials(testKeyID, testSecret, tokenOf(1)),
		"a function": domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
			asked++
			return session(1), nil
		}),
	} {
		service := &accepting{n: 2, code: "InvalidSecurityToken.Expired"}
		client := newClient(t, domaintask.Config{Credentials: provider, HTTPClient: service.client()})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.ErrorIs(t, err, domaintask.ErrCredentials, name)
		var apiErr *domaintask.APIError
		require.ErrorAs(t, err, &apiErr)
		require.Equal(t, 1, apiErr.Attempts)
		require.Len(t, service.asked, 1, name)
	}
	require.Equal(t, 2, asked, "the function is asked again")
}

// TestRenewalFails: why there are no other credentials, and what was refused.
func TestRenewalFails(t *testing.T) {
	t.Parallel()
	down := temporary{errors.New("STS is down")}
	service := &accepting{n: 2, code: "InvalidSecurityToken.Expired"}
	client := newClient(t, domaintask.Config{Credentials: &vault{err: down}, HTTPClient: service.client()})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	var callErr *domaintask.CallError
	require.ErrorAs(t, err, &callErr)
	require.Equal(t, 1, callErr.Attempts)
	require.ErrorIs(t, callErr.Err, down)
	require.ErrorIs(t, callErr.Err, domaintask.ErrCredentials)
	require.ErrorContains(t, callErr.Last, "InvalidSecurityToken.Expired")
	require.True(t, domaintask.Temporary(err), "a watch goes on, as the provider says")
	require.Len(t, service.asked, 1)
}

// TestOneRenewalForAllGoroutines, although all of them were refused.
func TestOneRenewalForAllGoroutines(t *testing.T) {
	t.Parallel()
	const goroutines = 64
	var arrived sync.WaitGroup
	arrived.Add(goroutines)
	provider := new(vault)
	client := newClient(t, domaintask.Config{Credentials: provider, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("SecurityToken") == tokenOf(2) {
			return answering(r, http.StatusOK, `{"RequestId":"r"}`), nil
		}
		arrived.Done()
		arrived.Wait() // until all have been sent with the first session
		return answering(r, http.StatusBadRequest, `{"Code":"InvalidSecurityToken.Expired"}`), nil
	})})
	var calls sync.WaitGroup
	errs := make([]error, goroutines)
	for i := range errs {
		calls.Go(func() { _, errs[i] = client.Do(t.Context(), domaintask.Call{Action: "X"}) })
	}
	calls.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Equal(t, 2, provider.made)
	require.Len(t, provider.refused, goroutines)
}

// expiring is an emulator whose token expires after some requests: from then on
// it accepts the next session.
func expiring(t *testing.T, after, tasks int) (domaintask.Config, *vault) {
	t.Helper()
	server := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, AccessKeyID: testKeyID, AccessKeySecret: testSecret, SecurityToken: tokenOf(1)}, domaintasktest.Tasks(tasks, 1)...)
	t.Cleanup(server.Close)
	provider := new(vault)
	config := server.Config()
	config.Credentials, config.Retry = provider, once
	var attempts atomic.Int64
	config.OnAttempt = func(context.Context, domaintask.Attempt) {
		if attempts.Add(1) == int64(after) {
			server.Renew(tokenOf(2))
		}
	}
	return config, provider
}

// TestAWalkSurvivesAnExpiredToken in the middle, and so do Watch and Drain.
func TestAWalkSurvivesAnExpiredToken(t *testing.T) {
	t.Parallel()
	req := domaintask.PollTaskResultRequest{PageSize: 10}
	t.Run("Tasks", func(t *testing.T) {
		t.Parallel()
		config, provider := expiring(t, 2, 50)
		ids, err := collect(t, newClient(t, config).Tasks(t.Context(), req))
		require.NoError(t, err)
		require.Len(t, ids, 50)
		require.Equal(t, 2, provider.made)
	})
	t.Run("Watch", func(t *testing.T) {
		t.Parallel()
		config, provider := expiring(t, 2, 50)
		seen := 0
		for _, err := range newClient(t, config).Watch(t.Context(), req) {
			require.NoError(t, err)
			if seen++; seen == 50 {
				break
			}
		}
		require.Equal(t, 2, provider.made)
	})
	t.Run("Drain", func(t *testing.T) {
		t.Parallel()
		config, provider := expiring(t, 3, 50)
		result, err := newClient(t, config).Drain(t.Context(), req, func(context.Context, domaintask.TaskDetail) error { return nil })
		require.NoError(t, err)
		require.Equal(t, 50, result.Acknowledged)
		require.Equal(t, 2, provider.made)
	})
}

// TestProviderIsBounded: a call ends in time although its provider hangs and
// ignores its context.
func TestProviderIsBounded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name    string
		timeout time.Duration // of Config
		ctx     time.Duration // of the caller
		obeys   bool          // the provider returns when its context ends
		took    time.Duration
		says    string
	}{
		{name: "by default", took: domaintask.DefaultTimeout, says: "no credentials within 30s"},
		{name: "as configured", timeout: time.Second, took: time.Second, says: "no credentials within 1s"},
		{name: "one that obeys", timeout: time.Second, obeys: true, took: time.Second, says: "no credentials within 1s"},
		{name: "by the caller", timeout: time.Minute, ctx: time.Second, took: time.Second, says: context.DeadlineExceeded.Error()},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				hung := make(chan struct{})
				defer close(hung)
				ctx := t.Context()
				if tt.ctx > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.ctx)
					defer cancel()
				}
				client := newClient(t, domaintask.Config{Timeout: tt.timeout, HTTPClient: via(nil), Credentials: domaintask.CredentialsFunc(func(ctx context.Context) (domaintask.Credentials, error) {
					if tt.obeys {
						<-ctx.Done()
						return domaintask.Credentials{}, ctx.Err()
					}
					<-hung
					return session(1), nil
				})})
				start := time.Now()
				_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
				require.Equal(t, tt.took, time.Since(start))
				require.ErrorContains(t, err, tt.says)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, tt.ctx == 0, errors.Is(err, domaintask.ErrCredentials))
				require.Equal(t, tt.ctx == 0, domaintask.Temporary(err), "it may be faster the next time, so a watch goes on")
			})
		})
	}
}

// TestProviderPanics in the goroutine of the call, as it would without a bound,
// and says where it began.
func TestProviderPanics(t *testing.T) {
	t.Parallel()
	config := domaintask.Config{HTTPClient: via(nil), Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { panic("no vault") })}
	panicked, _ := recovered(func() { newClient(t, config).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{}) }).(*domaintask.PanicError)
	require.NotNil(t, panicked)
	require.Equal(t, "no vault", panicked.Value)
	require.Contains(t, panicked.Stack, "TestProviderPanics")

	config.Credentials = domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		runtime.Goexit()
		return domaintask.Credentials{}, nil
	})
	_, err := newClient(t, config).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorIs(t, err, domaintask.ErrCredentials)
	require.ErrorContains(t, err, "ended its goroutine")
}
