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
	// fetchTimeout bounds one fetch, with its retries.
	fetchTimeout = time.Minute

	// firstPause and maxPause bound the wait after a failed fetch while the current
	// credentials are usable. It doubles from failure to failure.
	firstPause = time.Second
	maxPause   = 30 * time.Second

	// insistence is how long refused credentials that the source returned again are
	// not dropped once more. The refusals of all goroutines that used them arrive
	// in that time.
	insistence = 5 * time.Second
)

// source fetches credentials. refused are those that the service refused last,
// or zero: a source that stores credentials must not return the same again. The
// error may hold secrets of credentials that were returned before, but no others.
type source interface {
	fetch(ctx context.Context, refused domaintask.Credentials) (answer, error)
}

// share returns a provider that fetches from source.
func share(source source, patience time.Duration) *provider {
	s := &shared{source: source, patience: patience}
	return &provider{s.Credentials, s.Invalidate}
}

// provider is returned by the functions of this package. It consists of functions,
// so that nothing that prints or walks it reaches their content.
type provider struct {
	credentials func(context.Context) (domaintask.Credentials, error)
	invalidate  func(domaintask.Credentials)
}

// Credentials returns the credentials to use now.
func (p *provider) Credentials(ctx context.Context) (domaintask.Credentials, error) {
	return p.credentials(ctx)
}

// Invalidate implements domaintask.CredentialsInvalidator: it drops refused, which the service did not accept, from the cache.
func (p *provider) Invalidate(refused domaintask.Credentials) { p.invalidate(refused) }

// shared caches the credentials of a source for any number of goroutines. One
// goroutine fetches, in the background if the current credentials are usable.
type shared struct {
	source source
	// patience is how long a caller waits for newer credentials if the current ones
	// are usable. The fetch continues after that.
	patience time.Duration

	mu     sync.Mutex
	flight *flight                // nil if nothing is being fetched
	last   domaintask.Credentials // fetched last; kept when it has ended, to be hidden in errors
	renew  time.Time              // when to fetch again
	until  time.Time              // when last stops being usable
	paused time.Time              // no fetch before, if last is usable
	pause  time.Duration          // the last wait after a failure

	refused  domaintask.Credentials // the credentials that Invalidate dropped last
	insisted time.Time              // until when refused is not dropped again
}

// flight is one fetch. creds and err are written before done is closed.
type flight struct {
	done    chan struct{}
	started time.Time
	refused domaintask.Credentials
	creds   domaintask.Credentials
	err     error
	stale   bool // creds were refused after the fetch started
}

// Credentials returns the cached credentials, or fetches them. It stops waiting
// when ctx ends.
func (s *shared) Credentials(ctx context.Context) (domaintask.Credentials, error) {
	if ctx.Err() != nil {
		return domaintask.Credentials{}, waitError(ctx)
	}
	s.mu.Lock()
	now := time.Now()
	last, until := s.last, s.until
	if now.Before(until) && (now.Before(s.renew) || s.flight == nil && now.Before(s.paused)) {
		s.mu.Unlock()
		return last, nil
	}
	f := s.flight
	if f == nil {
		f = &flight{done: make(chan struct{}), started: now, refused: s.refused}
		s.flight = f
		go s.refresh(f)
	}
	s.mu.Unlock()

	var late <-chan time.Time // blocks forever if there is nothing to return instead
	if now.Before(until) {
		if s.patience == 0 {
			return last, nil
		}
		timer := time.NewTimer(f.started.Add(s.patience).Sub(now))
		defer timer.Stop()
		late = timer.C
	}
	for {
		select {
		case <-f.done:
			if f.stale {
				return s.Credentials(ctx)
			}
			return f.creds, f.err
		case <-late:
			if time.Now().Before(until) {
				return last, nil
			}
		case <-ctx.Done():
			return domaintask.Credentials{}, waitError(ctx)
		}
	}
}

// Invalidate drops the cached credentials if they are the refused ones, so that
// the next call fetches.
func (s *shared) Invalidate(refused domaintask.Credentials) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if refused != s.last || refused == s.refused && time.Now().Before(s.insisted) {
		return
	}
	s.refused, s.until = refused, time.Time{}
}

// refresh fetches and completes f, even if the source panics or ends the goroutine.
func (s *shared) refresh(f *flight) {
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	got, err := answer{}, errEnded
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		now := time.Now()
		switch {
		case err == nil && got.creds == s.refused && f.refused != s.refused:
			f.stale = true
		case err == nil:
			s.last, f.creds = got.creds, got.creds
			s.renew, s.until = f.started.Add(got.renewAfter), f.started.Add(got.usableFor)
			s.pause = 0
			if got.creds == s.refused {
				s.insisted = now.Add(insistence)
			}
		case now.Before(s.until):
			f.creds = s.last
			s.pause = min(max(2*s.pause, firstPause), maxPause)
			s.paused = now.Add(s.pause)
		default:
			f.err = failed(err, s.last)
		}
		s.flight = nil
		close(f.done)
	}()
	got, err = safely(func() (answer, error) { return s.source.fetch(ctx, f.refused) })
}

// errEnded is the error of a source that ends its goroutine, as FailNow of a test
// does.
var errEnded = errors.New("the provider ended its goroutine")

// safely calls fetch and returns an error if it panics: providers of the SDK
// dereference values that a server left out. If the panic is not a
// runtime.Error, only its type is reported: its text may be anything.
func safely(fetch func() (answer, error)) (got answer, err error) {
	defer func() {
		switch p := recover().(type) {
		case nil:
		case runtime.Error:
			got, err = answer{}, fmt.Errorf("the provider panicked: %s", p.Error())
		default:
			got, err = answer{}, fmt.Errorf("the provider panicked with a %T", p)
		}
	}()
	return fetch()
}

// waitError is the error of a caller that stops waiting.
func waitError(ctx context.Context) error {
	return fmt.Errorf("%w: waiting for the provider: %w", domaintask.ErrCredentials, ctx.Err())
}
