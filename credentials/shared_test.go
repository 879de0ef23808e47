package credentials_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/credentials"
	"github.com/stretchr/testify/require"
)

// TestNoDataRace: the SDK's providers have no locks. Each of 64 goroutines asks
// providers that write to themselves whenever they are asked.
func TestNoDataRace(t *testing.T) {
	emptyHome(t)
	var sent atomic.Int64
	serveWorld(t, func(w http.ResponseWriter, _ *http.Request) {
		sent.Add(1)
		fmt.Fprint(w, role("assumed", "Expiration", time.Now().Add(time.Minute).UTC().Format(time.RFC3339)))
	})
	assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithAccessKeyId("id").WithAccessKeySecret("secret").WithRoleArn("acs:ram::1:role/r").Build()
	require.NoError(t, err)
	own := &fake{get: func() (*sdk.Credentials, error) { return sdkOf("own"), nil }}
	setenv(t, "ACCESS_KEY_ID", "env")
	setenv(t, "ACCESS_KEY_SECRET", "secret-of-env")
	setenv(t, "SECURITY_TOKEN", "token-of-env")

	providers := map[string]domaintask.CredentialsProvider{
		"assumed": credentials.FromSDK(assumes), // about to expire: renewed every time
		"own":     credentials.FromSDK(own),
		"env":     credentials.Default(),
	}
	var wg sync.WaitGroup
	for range 64 {
		wg.Go(func() {
			for range 4 {
				for id, provider := range providers {
					got, err := provider.Credentials(t.Context())
					if err != nil || got != of(id) {
						t.Errorf("%s: %v, %v", id, got, err)
					}
				}
			}
		})
	}
	wg.Wait()
	require.Positive(t, own.calls)
	require.LessOrEqual(t, sent.Load(), int64(64*4))
}

// TestOneRefreshAtATime: whoever asks while the provider is being asked shares
// its answer, and who asks later has it asked again.
func TestOneRefreshAtATime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := &fake{}
		slow.get = func() (*sdk.Credentials, error) {
			time.Sleep(10 * time.Second)
			return sdkOf(fmt.Sprint(slow.calls)), nil
		}
		provider := credentials.FromSDK(slow)
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() { requireCredentials(t, of("1"), provider) })
		}
		wg.Wait()
		require.Equal(t, 1, slow.calls)

		time.Sleep(time.Hour)
		requireCredentials(t, of("2"), provider)
		require.Equal(t, 2, slow.calls)
	})
}

// TestWaitingCallersLeave: a context ends the wait of its caller, not the
// call that the SDK cannot interrupt, nor the wait of others. The next caller
// joins that call.
func TestWaitingCallersLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := &fake{get: func() (*sdk.Credentials, error) {
			time.Sleep(10 * time.Second)
			return sdkOf("late"), nil
		}}
		provider := credentials.FromSDK(slow)
		start := time.Now()
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := provider.Credentials(ctx)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.ErrorIs(t, err, domaintask.ErrCredentials)
				require.Equal(t, time.Second, time.Since(start))
			})
		}
		wg.Go(func() {
			requireCredentials(t, of("late"), provider)
			require.Equal(t, 10*time.Second, time.Since(start))
		})
		time.Sleep(5 * time.Second)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for range 100 {
			_, err := provider.Credentials(ctx)
			require.ErrorIs(t, err, context.Canceled)
		}
		requireCredentials(t, of("late"), provider)
		wg.Wait()
		require.Equal(t, 10*time.Second, time.Since(start))
		require.Equal(t, 1, slow.calls)
	})
}

// TestLastGoodWhileRefreshFails: for as long as they are surely valid, and for
// as long only. Nothing of a failure is kept.
func TestLastGoodWhileRefreshFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		up := true
		flaky := &fake{get: func() (*sdk.Credentials, error) {
			if !up {
				return nil, errDown
			}
			return sdkOf("good"), nil
		}}
		provider := credentials.FromSDK(flaky)
		requireCredentials(t, of("good"), provider)

		up = false
		time.Sleep(2*time.Minute + 29*time.Second)
		requireCredentials(t, of("good"), provider)
		require.Equal(t, 2, flaky.calls, "it is asked all the same")
		time.Sleep(time.Second)
		err := requireFailure(t, provider)
		require.ErrorIs(t, err, errDown)
		require.ErrorContains(t, err, errDown.Error())
		require.True(t, domaintask.Temporary(&domaintask.CallError{Err: err}), "a Watch goes on")
		err = requireFailure(t, credentials.FromSDK(flaky))
		require.False(t, domaintask.Temporary(&domaintask.CallError{Err: err}), "a program that never had any finds out at once")

		up = true
		requireCredentials(t, of("good"), provider)
		require.Equal(t, 5, flaky.calls)
	})
}

// TestLastGoodIsAsOldAsItsRefresh: what came late may have been decided on
// early.
func TestLastGoodIsAsOldAsItsRefresh(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		own := &fake{get: func() (*sdk.Credentials, error) {
			time.Sleep(time.Minute)
			return sdkOf("good"), nil
		}}
		provider := credentials.FromSDK(own)
		requireCredentials(t, of("good"), provider)
		own.get = func() (*sdk.Credentials, error) { return nil, errDown }
		time.Sleep(89 * time.Second)
		requireCredentials(t, of("good"), provider)
		time.Sleep(time.Second)
		requireFailure(t, provider)
	})
}

// TestLastGoodWhileRefreshIsSlow: a provider that hangs holds up each of its
// callers for a second at most, until what they use instead may have expired.
func TestLastGoodWhileRefreshIsSlow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var takes time.Duration
		slow := &fake{}
		slow.get = func() (*sdk.Credentials, error) {
			time.Sleep(takes)
			return sdkOf(fmt.Sprint(slow.calls)), nil
		}
		provider := credentials.FromSDK(slow)
		requireCredentials(t, of("1"), provider)

		takes = 10 * time.Minute
		start := time.Now()
		requireCredentials(t, of("1"), provider)
		require.Equal(t, time.Second, time.Since(start))
		requireCredentials(t, of("1"), provider)
		require.Equal(t, time.Second, time.Since(start), "the second is that of the refresh, not of the caller")
		time.Sleep(149 * time.Second)
		requireCredentials(t, of("2"), provider)
		require.Equal(t, takes, time.Since(start))
		require.Equal(t, 2, slow.calls)
	})
}

// TestPanicIsAnError, and so is a provider that ends the goroutine it is asked
// in. The provider is asked again afterwards.
func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		get  func() (*sdk.Credentials, error)
		says string
	}{
		{"nil dereference", func() (*sdk.Credentials, error) { var s *string; return sdkOf(*s), nil }, "panicked: runtime error: invalid memory address"},
		{"text", func() (*sdk.Credentials, error) { panic("hunter2") }, "panicked with a string"},
		{"error", func() (*sdk.Credentials, error) { panic(errors.New("hunter2")) }, "panicked with a *errors.errorString"},
		{"nil", func() (*sdk.Credentials, error) { panic(any(nil)) }, "panicked: panic called with nil argument"},
		{"Goexit", func() (*sdk.Credentials, error) { runtime.Goexit(); return nil, nil }, "ended its goroutine"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			broken := &fake{get: tt.get}
			provider := credentials.FromSDK(broken)
			err := requireFailure(t, provider)
			require.ErrorContains(t, err, tt.says)
			require.NotContains(t, err.Error(), "hunter2")

			broken.get = func() (*sdk.Credentials, error) { return sdkOf("mended"), nil }
			requireCredentials(t, of("mended"), provider)
			broken.get = tt.get
			requireCredentials(t, of("mended"), provider)
		})
	}
}

// TestPartialCredentials are errors, as are none without an error.
func TestPartialCredentials(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		got  *sdk.Credentials
		says string
	}{
		{"nil", nil, "neither credentials nor an error"},
		{"empty", &sdk.Credentials{ProviderName: "p"}, "empty credentials"},
		{"no secret", &sdk.Credentials{AccessKeyId: "id", SecurityToken: "hunter2"}, "no access key secret"},
		{"no id", &sdk.Credentials{AccessKeySecret: "hunter2"}, "no access key id"},
		{"a token alone", &sdk.Credentials{SecurityToken: "hunter2"}, "no access key id"},
		{"two kinds", &sdk.Credentials{AccessKeyId: "id", AccessKeySecret: "hunter2", BearerToken: "hunter2"}, "both a bearer token and an access key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := requireFailure(t, credentials.FromSDK(&fake{get: func() (*sdk.Credentials, error) { return tt.got, nil }}))
			require.ErrorContains(t, err, tt.says)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

func TestNilProvider(t *testing.T) {
	t.Parallel()
	require.ErrorContains(t, requireFailure(t, credentials.FromSDK(nil)), "the provider is nil")
	require.ErrorContains(t, requireFailure(t, credentials.FromSDK((*sdk.URLCredentialsProvider)(nil))), "panicked")
	require.ErrorContains(t, requireFailure(t, credentials.FromSDK((*sdk.BearerTokenCredentialsProvider)(nil))), "panicked")
}

// TestProvidersPrintAsNothing: no secret of theirs, whatever the verb.
func TestProvidersPrintAsNothing(t *testing.T) {
	t.Parallel()
	provider := credentials.FromSDK(&fake{get: func() (*sdk.Credentials, error) { return sdkOf("id"), nil }})
	requireCredentials(t, of("id"), provider)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
		for _, shown := range []any{provider, domaintask.Config{Credentials: provider}} {
			text := fmt.Sprintf(verb, shown)
			require.False(t, strings.Contains(text, "secret-of") || strings.Contains(text, "token-of"), text)
		}
	}
}
