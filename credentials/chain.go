package credentials

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/domaintask/domaintask"
)

const (
	// lookTimeout bounds reading the places: files may be on a network.
	lookTimeout = 10 * time.Second

	// fileGrace is how long an identity is kept if its file cannot be read.
	fileGrace = time.Minute
)

// chain provides the credentials of the place that decide returns.
type chain struct {
	world   *world
	places  []place
	machine *machine

	turn chan struct{} // holds a token while the places are read
	lost time.Time     // since when the file of active cannot be read; zero if it can. Owned by turn

	mu     sync.Mutex
	active *active                // decided last; nil if nothing was
	given  identity               // the identity that provided credentials last
	last   domaintask.Credentials // these credentials, to be hidden in errors
}

// active is an identity with its credentials.
type active struct {
	identity
	cache *shared
}

func newChain(w *world, places []place, machine *machine) *provider {
	c := &chain{world: w, places: places, machine: machine, turn: make(chan struct{}, 1)}
	return &provider{c.Credentials, c.Invalidate}
}

func (c *chain) Credentials(ctx context.Context) (domaintask.Credentials, error) {
	now, err := c.decide(ctx)
	if err != nil {
		return domaintask.Credentials{}, err
	}
	creds, err := now.cache.Credentials(ctx)
	if err != nil {
		return domaintask.Credentials{}, err
	}
	c.provided(now, creds)
	return creds, nil
}

// Invalidate drops refused from the cache of the active identity.
func (c *chain) Invalidate(refused domaintask.Credentials) {
	c.mu.Lock()
	now := c.active
	c.mu.Unlock()
	if now != nil {
		now.cache.Invalidate(refused)
	}
}

// decide reads the places, in a goroutine that may outlive ctx.
func (c *chain) decide(ctx context.Context) (*active, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, lookTimeout, errLook)
	defer cancel()
	select {
	case c.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, c.waitError(ctx)
	}
	type result struct {
		active *active
		err    error
	}
	done := make(chan result, 1)
	go func() {
		defer func() { <-c.turn }()
		now, err := c.look()
		done <- result{now, err}
	}()
	select {
	case r := <-done:
		return r.active, r.err
	case <-ctx.Done():
		return nil, c.waitError(ctx)
	}
}

var errLook = errors.New("the configuration files cannot be read in time")

func (c *chain) waitError(ctx context.Context) error {
	if context.Cause(ctx) == errLook {
		return c.failed(errLook)
	}
	return waitError(ctx)
}

// look returns the identity to use now. One goroutine at a time may call it.
func (c *chain) look() (*active, error) {
	c.mu.Lock()
	before, held := c.active, c.given.place
	c.mu.Unlock()
	f := decide(c.places, held)
	if f.state == unprobed {
		c.machine.probe()
		f = decide(c.places, held)
	}
	lost := (f.state == missing || f.state == unreadable) && f.identity.place == held
	if !lost {
		c.lost = time.Time{}
		return c.activate(before, f)
	}
	if before == nil {
		return nil, c.failed(f.err)
	}
	if c.lost.IsZero() {
		c.lost = time.Now()
		c.world.logger.Warn("credentials: the file of the identity cannot be read, its credentials are used for another minute", "identity", before.label, "err", f.err.Error())
	}
	if time.Since(c.lost) >= fileGrace {
		return nil, c.failed(f.err)
	}
	return before, nil
}

// activate returns before if f is the same identity. Credentials of another are
// never used in its place, also if f is none.
func (c *chain) activate(before *active, f finding) (*active, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case f.state != configured:
		c.active = nil
		return nil, failed(f.err, c.last)
	case before == nil || before.identity != f.identity:
		c.active = &active{f.identity, &shared{source: labeled{f.identity}, last: c.last}}
	}
	return c.active, nil
}

// provided notes and logs the identity whose credentials are returned. A call that
// began before the identity changed does not count.
func (c *chain) provided(now *active, creds domaintask.Credentials) {
	c.mu.Lock()
	before, id := c.given, now.identity
	current := c.active == now
	if current {
		c.given, c.last = id, creds
	}
	c.mu.Unlock()
	switch {
	case !current:
	case before.place == "":
		c.world.logger.Info("credentials: identity found", "place", id.place, "identity", id.label)
	case before.place != id.place || before.label != id.label:
		c.world.logger.Warn("credentials: identity changed", "place", id.place, "identity", id.label, "before", before.label)
	}
}

func (c *chain) failed(err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return failed(err, c.last)
}

// labeled is the source of an identity, and names it in every error.
type labeled struct{ identity }

func (l labeled) fetch(ctx context.Context, refused domaintask.Credentials) (answer, error) {
	got, err := l.source.fetch(ctx, refused)
	if err != nil {
		return answer{}, fmt.Errorf("%s: %s: %w", l.place, l.label, err)
	}
	return got, nil
}
