package credentials

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// counting returns a source whose credentials have the number of the fetch as
// their id, and are valid for an hour.
func counting() *scripted {
	s := &scripted{}
	s.next = func(context.Context, domaintask.Credentials) (answer, error) {
		return lasting(of(fmt.Sprint(s.calls)), time.Hour), nil
	}
	return s
}

func failing(context.Context, domaintask.Credentials) (answer, error) { return answer{}, errDown }

// TestFetchedOnceInItsLifetime: credentials of an hour are fetched at the first
// call, and again in the background of the first call five minutes before they
// stop being used, ten seconds before their end.
func TestFetchedOnceInItsLifetime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := counting()
		provider := share(source, 0)
		start := time.Now()
		at := func(d time.Duration) { time.Sleep(time.Until(start.Add(d))) }
		for _, d := range []time.Duration{0, time.Minute, 54*time.Minute + 49*time.Second} {
			at(d)
			requireCredentials(t, of("1"), provider)
		}
		synctest.Wait()
		require.Equal(t, 1, source.calls)

		at(54*time.Minute + 50*time.Second)
		requireCredentials(t, of("1"), provider)
		synctest.Wait()
		require.Equal(t, 2, source.calls)
		requireCredentials(t, of("2"), provider)

		at(3 * time.Hour)
		requireCredentials(t, of("3"), provider)
	})
}

// While a renewal runs or fails, callers immediately get the current credentials,
// until these end.
func TestRenewalDoesNotDelayCalls(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := counting()
		provider := share(source, 0)
		start := time.Now()
		requireCredentials(t, of("1"), provider)
		source.next = func(context.Context, domaintask.Credentials) (answer, error) {
			time.Sleep(10 * time.Second)
			return answer{}, errDown
		}
		time.Sleep(55 * time.Minute)
		for time.Since(start) < time.Hour-11*time.Second {
			before := time.Now()
			requireCredentials(t, of("1"), provider)
			require.Zero(t, time.Since(before))
			time.Sleep(time.Second)
		}
		time.Sleep(time.Second)
		before := time.Now()
		requireFailure(t, provider, errDown.Error())
		require.LessOrEqual(t, time.Since(before), 10*time.Second)
	})
}

// TestFailedRenewalBacksOff: 1, 2, 4, 8, 16, 30, 30 seconds, and from the start
// after a success.
func TestFailedRenewalBacksOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var asked []time.Duration
		start := time.Now()
		source := counting()
		provider := share(source, 0)
		requireCredentials(t, of("1"), provider)
		works := source.next
		source.next = func(ctx context.Context, refused domaintask.Credentials) (answer, error) {
			asked = append(asked, time.Since(start).Round(time.Second))
			return failing(ctx, refused)
		}
		wait := func(d time.Duration) {
			for end := time.Now().Add(d); time.Now().Before(end); time.Sleep(time.Second) {
				requireCredentials(t, of("1"), provider)
				synctest.Wait()
			}
		}
		time.Sleep(55 * time.Minute)
		start = time.Now()
		wait(130 * time.Second)
		require.Equal(t, []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second, 15 * time.Second, 31 * time.Second, 61 * time.Second, 91 * time.Second, 121 * time.Second}, asked)

		source.next = works
		time.Sleep(time.Minute)
		requireCredentials(t, of("1"), provider)
		synctest.Wait()
		renewed := of(fmt.Sprint(source.calls))
		requireCredentials(t, renewed, provider)
		source.next = func(ctx context.Context, refused domaintask.Credentials) (answer, error) {
			asked = append(asked, time.Since(start))
			return failing(ctx, refused)
		}
		time.Sleep(55 * time.Minute)
		start, asked = time.Now(), nil
		for range 3 {
			requireCredentials(t, renewed, provider)
			synctest.Wait()
			time.Sleep(time.Second)
		}
		require.Equal(t, []time.Duration{0, time.Second}, asked)
	})
}

// TestOneFetchForAll: callers that need credentials wait for the same fetch.
func TestOneFetchForAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := counting()
		quick := source.next
		source.next = func(ctx context.Context, refused domaintask.Credentials) (answer, error) {
			time.Sleep(10 * time.Second)
			return quick(ctx, refused)
		}
		provider := share(source, 0)
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() { requireCredentials(t, of("1"), provider) })
		}
		wg.Wait()
		require.Equal(t, 1, source.calls)
	})
}

// Refused credentials are dropped only by callers that used them, and fetched once
// for any number of goroutines.
func TestRefusedCredentialsAreDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := counting()
		provider := share(source, 0)
		requireCredentials(t, of("1"), provider)
		var told []domaintask.Credentials
		next := source.next
		source.next = func(ctx context.Context, refused domaintask.Credentials) (answer, error) {
			told = append(told, refused)
			time.Sleep(time.Second)
			return next(ctx, refused)
		}
		var wg sync.WaitGroup
		for i := range 64 {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * 50 * time.Millisecond) // some before, some after the fetch
				provider.Invalidate(of("1"))
				requireCredentials(t, of("2"), provider)
			})
		}
		wg.Wait()
		require.Equal(t, []domaintask.Credentials{of("1")}, told)

		provider.Invalidate(of("9"))
		provider.Invalidate(domaintask.Credentials{})
		requireCredentials(t, of("2"), provider)
		provider.Invalidate(of("2"))
		requireCredentials(t, of("3"), provider)
	})
}

// TestRefusedCredentialsAreNotUsed when the next fetch fails, and their secrets
// are hidden in its error.
func TestRefusedCredentialsAreNotUsed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := counting()
		provider := share(source, 0)
		requireCredentials(t, of("1"), provider)
		provider.Invalidate(of("1"))
		source.next = func(context.Context, domaintask.Credentials) (answer, error) {
			return answer{}, errors.New("cannot replace secret-of-1 and token-of-1")
		}
		requireFailure(t, provider, ": cannot replace [hidden] and [hidden]")
	})
}

// The source returns refused credentials again. The refusals of all goroutines at
// that time cause one fetch. Later the credentials are dropped again.
func TestInsistingSource(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &scripted{next: func(context.Context, domaintask.Credentials) (answer, error) {
			return lasting(of("same"), time.Hour), nil
		}}
		provider := share(source, 0)
		requireCredentials(t, of("same"), provider)
		for range 64 {
			provider.Invalidate(of("same"))
			requireCredentials(t, of("same"), provider)
		}
		require.Equal(t, 2, source.calls)
		time.Sleep(4900 * time.Millisecond)
		provider.Invalidate(of("same"))
		requireCredentials(t, of("same"), provider)
		require.Equal(t, 2, source.calls)
		time.Sleep(100 * time.Millisecond)
		provider.Invalidate(of("same"))
		requireCredentials(t, of("same"), provider)
		require.Equal(t, 3, source.calls)
	})
}

// A fetch does not count if it returns credentials that were refused while it ran.
func TestFetchFromBeforeTheRefusal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := counting()
		provider := share(source, 0)
		requireCredentials(t, of("1"), provider)
		next := source.next
		source.next = func(ctx context.Context, refused domaintask.Credentials) (answer, error) {
			if refused == (domaintask.Credentials{}) {
				time.Sleep(10 * time.Second)
				return lasting(of("1"), time.Hour), nil
			}
			return next(ctx, refused)
		}
		time.Sleep(55 * time.Minute)
		requireCredentials(t, of("1"), provider) // renews in the background
		time.Sleep(time.Second)
		provider.Invalidate(of("1"))
		requireCredentials(t, of("3"), provider)
		require.Equal(t, 3, source.calls)

		// A fetch that returns others counts.
		source.next = func(ctx context.Context, refused domaintask.Credentials) (answer, error) {
			time.Sleep(10 * time.Second)
			return next(ctx, refused)
		}
		time.Sleep(55 * time.Minute)
		requireCredentials(t, of("3"), provider)
		provider.Invalidate(of("3"))
		requireCredentials(t, of("4"), provider)
		require.Equal(t, 4, source.calls)
	})
}

// TestWaitingCallersLeave: a context ends the wait of its caller, not the fetch,
// nor the wait of others. A context that has ended begins no fetch.
func TestWaitingCallersLeave(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &scripted{next: func(context.Context, domaintask.Credentials) (answer, error) {
			time.Sleep(10 * time.Second)
			return lasting(of("late"), time.Hour), nil
		}}
		provider := share(source, 0)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := provider.Credentials(ended)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, domaintask.ErrCredentials)
		synctest.Wait()
		require.Zero(t, source.calls)

		start := time.Now()
		var wg sync.WaitGroup
		for range 32 {
			wg.Go(func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				_, err := provider.Credentials(ctx)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, time.Second, time.Since(start))
			})
		}
		wg.Go(func() { requireCredentials(t, of("late"), provider) })
		wg.Wait()
		require.Equal(t, 10*time.Second, time.Since(start))
		require.Equal(t, 1, source.calls)
	})
}

// TestFetchIsBounded in time. Its timeout is not the caller's.
func TestFetchIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		provider := share(&scripted{next: func(ctx context.Context, _ domaintask.Credentials) (answer, error) {
			<-ctx.Done()
			return answer{}, explain(ctx.Err())
		}}, 0)
		start := time.Now()
		err := requireFailure(t, provider, context.DeadlineExceeded.Error())
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(start))
	})
}

// With usable credentials, callers wait for newer ones for at most a second after
// the fetch started.
func TestPatience(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var takes time.Duration
		source := &scripted{}
		source.next = func(context.Context, domaintask.Credentials) (answer, error) {
			time.Sleep(takes)
			return answer{creds: of(fmt.Sprint(source.calls)), usableFor: 150 * time.Second}, nil
		}
		provider := share(source, time.Second)
		requireCredentials(t, of("1"), provider)
		takes = 999 * time.Millisecond
		requireCredentials(t, of("2"), provider)

		takes = 200 * time.Second
		start := time.Now()
		requireCredentials(t, of("2"), provider)
		require.Equal(t, time.Second, time.Since(start))
		requireCredentials(t, of("2"), provider)
		require.Equal(t, time.Second, time.Since(start))
		time.Sleep(149 * time.Second)
		requireCredentials(t, of("3"), provider)
		require.Equal(t, takes, time.Since(start), "the old ones had ended")
	})
}

// A waiting caller does not get credentials that expire during its wait.
func TestSlowRefreshHonorsExpiry(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &scripted{next: func(context.Context, domaintask.Credentials) (answer, error) {
			return answer{creds: of("short"), usableFor: 10 * time.Second}, nil
		}}
		provider := share(source, time.Second)
		requireCredentials(t, of("short"), provider)
		source.next = func(context.Context, domaintask.Credentials) (answer, error) {
			time.Sleep(5 * time.Second)
			return answer{}, errDown
		}
		time.Sleep(9500 * time.Millisecond)
		start := time.Now()
		requireFailure(t, provider)
		require.Equal(t, 5*time.Second, time.Since(start))
	})
}

// A source that has provided credentials may recover. One that never has is
// misconfigured.
func TestTemporaryOnceProvided(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		source := &scripted{next: failing}
		provider := share(source, 0)
		err := requireFailure(t, provider)
		require.ErrorIs(t, err, errDown)
		require.False(t, domaintask.Temporary(&domaintask.CallError{Err: err}))
		source.next = counting().next
		_, err = provider.Credentials(t.Context())
		require.NoError(t, err)
		source.next = failing
		time.Sleep(2 * time.Hour)
		require.True(t, domaintask.Temporary(&domaintask.CallError{Err: requireFailure(t, provider)}))
	})
}

// TestPanicIsAnError, and so is a source that ends the goroutine. The source is
// called again afterwards.
func TestPanicIsAnError(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		fetch func()
		says  string
	}{
		{"nil dereference", func() { var s *string; _ = *s }, "panicked: runtime error: invalid memory address"},
		{"text", func() { panic("hunter2") }, "panicked with a string"},
		{"error", func() { panic(errors.New("hunter2")) }, "panicked with a *errors.errorString"},
		{"nil", func() { panic(any(nil)) }, "panicked: panic called with nil argument"},
		{"Goexit", func() { runtime.Goexit() }, "ended its goroutine"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			source := &scripted{next: func(context.Context, domaintask.Credentials) (answer, error) { tt.fetch(); return answer{}, nil }}
			provider := share(source, 0)
			err := requireFailure(t, provider, tt.says)
			require.NotContains(t, err.Error(), "hunter2")
			source.next = counting().next
			_, err = provider.Credentials(t.Context())
			require.NoError(t, err)
		})
	}
}
