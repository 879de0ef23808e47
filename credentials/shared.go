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
	// grace is how long credentials are used after a source gave them while it
	// fails. The SDK renews credentials that are valid for three minutes or
	// less, so what it gives is valid for longer; half a minute is kept back
	// for the request.
	grace = 3*time.Minute - 30*time.Second

	// patience is how long a source may take while there are credentials to
	// use in place of what it will give. The SDK waits up to 15 seconds.
	patience = time.Second
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
}

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
	select {
	case <-f.done:
		return f.creds, f.err
	case <-late:
		return last, nil
	case <-ctx.Done():
		return domaintask.Credentials{}, gone(ctx)
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
			if !got.expires.IsZero() && got.expires.Before(s.until) {
				s.until = got.expires
			}
			f.creds = got.creds
		case time.Now().Before(s.until):
			f.creds = s.last
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
