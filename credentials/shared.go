package credentials

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/domaintask/domaintask"
)

const (
	// margin is how long before they expire credentials are used in place of an
	// error for the last time: a request takes a while.
	margin = 30 * time.Second

	// grace is for how long they are used so where it is not known when they
	// expire, from when the source was asked for them. The SDK renews credentials
	// that are valid for three minutes or less, so what it gives is valid for
	// longer.
	grace = 3*time.Minute - margin

	// patience is how long a source may take while there are credentials to
	// use in place of what it will give. The SDK waits up to 15 seconds.
	patience = time.Second

	// pause is how long a source that failed is left alone while there are
	// credentials to use. Each time of asking leaves a connection behind, which
	// the SDK keeps for a minute and a half.
	pause = time.Second
)

// answer is what a source gives.
type answer struct {
	creds   domaintask.Credentials
	expires time.Time // zero = the source does not tell
}

// shared lets many goroutines ask a source that only one may ask.
type shared struct {
	source source

	mu     sync.Mutex
	flight *flight                // nil = the source is not being asked
	last   domaintask.Credentials // given last; kept beyond until, to be hidden in errors
	until  time.Time              // last may be used in place of an error; zero = there is none
	paused time.Time              // the source is not asked before
}

// errMoved is a source that fails and is not the one that gave credentials last:
// they are no longer those that the program is to use.
var errMoved = errors.New("configured anew")

// flight is one time of asking; creds and err are written before done is closed.
type flight struct {
	done    chan struct{}
	started time.Time
	creds   domaintask.Credentials
	err     error
}

// share returns a function, which, unlike a *shared, shows nothing of itself
// however it is printed.
func share(source source) domaintask.CredentialsProvider {
	return domaintask.CredentialsFunc((&shared{source: source}).credentials)
}

func (s *shared) credentials(ctx context.Context) (domaintask.Credentials, error) {
	if ctx.Err() != nil {
		return domaintask.Credentials{}, gone(ctx)
	}
	s.mu.Lock()
	if now := time.Now(); s.flight == nil && now.Before(s.paused) && now.Before(s.until) {
		defer s.mu.Unlock()
		return s.last, nil
	}
	f, last, until := s.flight, s.last, s.until
	if f == nil {
		f = &flight{done: make(chan struct{}), started: time.Now()}
		s.flight = f
		go s.fly(f)
	}
	s.mu.Unlock()

	var late <-chan time.Time // never, where there is nothing to use instead
	if now := time.Now(); now.Before(until) {
		timer := time.NewTimer(f.started.Add(patience).Sub(now))
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case <-f.done:
			return f.creds, f.err
		case <-late:
			if time.Now().Before(until) {
				return last, nil
			}
		case <-ctx.Done():
			return domaintask.Credentials{}, gone(ctx)
		}
	}
}

// gone is the error of a caller that does not wait any longer.
func gone(ctx context.Context) error {
	return fmt.Errorf("%w: waiting for the provider: %w", domaintask.ErrCredentials, ctx.Err())
}

// fly asks the source and settles f, come what may.
func (s *shared) fly(f *flight) {
	// What stays if the source ends the goroutine, as FailNow of a test does.
	got, err := answer{}, errors.New("the provider ended its goroutine")
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		switch {
		case err == nil:
			// From the start, since a cached answer may have been valid for
			// just three minutes then.
			s.last, s.until = got.creds, f.started.Add(grace)
			if !got.expires.IsZero() {
				s.until = got.expires.Add(-margin)
			}
			f.creds = got.creds
		case errors.Is(err, errMoved):
			s.until = time.Time{}
			f.err = failed(err, s.last)
		case time.Now().Before(s.until):
			f.creds, s.paused = s.last, time.Now().Add(pause)
		default:
			f.err = failed(err, s.last)
		}
		s.flight = nil
		close(f.done)
	}()
	got, err = askSafely(s.source)
}

// askSafely asks a source and makes an error of a panic: providers of the SDK
// dereference what a server left out. Of a panic that is not the runtime's only
// the type is told, since its text may be anything.
func askSafely(s source) (got answer, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case runtime.Error:
			got, err = answer{}, fmt.Errorf("the provider panicked: %s", p.Error())
		default:
			got, err = answer{}, fmt.Errorf("the provider panicked with a %T", p)
		}
	}()
	return s.ask()
}
