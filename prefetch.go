package domaintask

import (
	"context"
	"errors"
	"sync"
)

// maxPrefetch is the most pages in flight: each holds a connection and, once
// it has come, the memory of its tasks.
const maxPrefetch = 64

// fetcher reads the pages of one walk, some of them ahead of it.
type fetcher struct {
	ctx    context.Context // of the walk
	client *Client
	req    PollTaskResultRequest
	limit  int // pages in flight; up to 1 = none ahead

	flights   []*flight // in the order of their pages, which follow one another
	flightCtx context.Context
	cancel    context.CancelFunc // of flightCtx; nil = nothing was sent ahead
	landed    sync.WaitGroup
}

// flight is one page on its way. What it brings may be read once it is done.
type flight struct {
	num      int
	done     chan struct{}
	page     *PollTaskResultResponse
	attempts int
	err      error
}

func newFetcher(ctx context.Context, c *Client, req PollTaskResultRequest, limit int) *fetcher {
	return &fetcher{ctx: ctx, client: c, req: req, limit: min(limit, maxPrefetch)}
}

// fetch returns the page of the given number: one that is on its way, or else
// one asked for now.
func (f *fetcher) fetch(num int) (*PollTaskResultResponse, int, error) {
	if len(f.flights) > 0 && f.flights[0].num != num {
		f.stop()
	}
	if len(f.flights) == 0 {
		req := f.req
		req.PageNum = num
		return f.client.poll(f.ctx, req)
	}
	first := f.flights[0]
	f.flights = f.flights[1:]
	<-first.done
	return first.page, first.attempts, first.err
}

// ahead sends for the pages from num, the one to fetch next, to last. Pages on
// their way from anywhere else are given up.
func (f *fetcher) ahead(num, last int) {
	if f.limit <= 1 {
		return
	}
	if len(f.flights) > 0 && f.flights[0].num != num {
		f.stop()
	}
	if f.cancel == nil {
		f.flightCtx, f.cancel = context.WithCancel(f.ctx)
	}
	for next := num + len(f.flights); len(f.flights) < f.limit && (next == num || next <= last); next++ {
		f.send(next)
	}
}

func (f *fetcher) send(num int) {
	fl := &flight{num: num, done: make(chan struct{}), err: errors.New("the request ended its goroutine")}
	f.flights = append(f.flights, fl)
	req, ctx := f.req, f.flightCtx
	req.PageNum = num
	f.landed.Go(func() {
		defer close(fl.done)
		fl.page, fl.attempts, fl.err = f.client.poll(ctx, req)
	})
}

// stop gives up what is on its way and returns when nothing is.
func (f *fetcher) stop() {
	if f.cancel == nil {
		return
	}
	f.cancel()
	f.landed.Wait()
	f.cancel, f.flights = nil, nil
}
