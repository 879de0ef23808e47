package domaintask

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"math"
	"math/rand/v2"
	"time"
)

// DefaultInterval is how long Watch waits between two rounds.
const DefaultInterval = 30 * time.Second

// Watch yields every task that is listed, once, and continues with those that
// finish later, until the loop breaks or ctx ends. It walks the list in rounds.
// The next round begins at once if a page was full and at least half of the
// tasks listed were new; after the interval if any task was new; and otherwise
// later, up to eight intervals, the longer nothing new appears or errors last. It
// never begins before the time that an error asked to wait for; see [RetryAfter].
//
// An error is yielded with a zero task. If it is [Temporary] or matches
// ErrPaging, the watch continues unless the loop breaks. Any other error, or the
// end of ctx, is the last value yielded.
//
// Tasks may be acknowledged in the loop. A watch remembers as many tasks as are
// listed: it forgets a task that it has not seen in three rounds over the whole
// list, or in a hundred of any kind, and yields it again if the service lists it
// again.
//
// A PageSize of 0 means MaxPageSize. PageNum must be 0 or 1.
func (c *Client) Watch(ctx context.Context, req PollTaskResultRequest, opts ...Option) iter.Seq2[TaskDetail, error] {
	o, invalid := newOptions(watchTakes, opts)
	return func(yield func(TaskDetail, error) bool) {
		if err := cmp.Or(invalid, checkWatch(req)); err != nil {
			yield(TaskDetail{}, err)
			return
		}
		w := &watch{client: c, req: req, yield: yield, seen: map[identity]sighting{}}
		pause := pause{interval: o.interval}
		if pause.interval == 0 {
			pause.interval = DefaultInterval
		}
		for w.round(ctx) {
			wait := max(pause.after(w.fresh > 0), atLeast(w.retryAfter))
			if w.busy() {
				wait = 0
			}
			if !sleep(ctx, wait) {
				yield(TaskDetail{}, endedCall(ctx, "PollTaskResult"))
				return
			}
		}
	}
}

func checkWatch(req PollTaskResultRequest) error {
	_, err := req.params()
	return cmp.Or(checkFirst("Watch", req.PageNum), err)
}

// checkFirst returns an error if a method that reads the whole list is asked to
// begin at a later page.
func checkFirst(method string, pageNum int) error {
	if pageNum > 1 {
		return &ParamError{Param: "PageNum", Reason: "must be 0 or 1: " + method + " begins at the first page"}
	}
	return nil
}

// watch is one range over Watch.
type watch struct {
	client   *Client
	req      PollTaskResultRequest
	yield    func(TaskDetail, error) bool
	seen     map[identity]sighting
	rounds   int // begun
	complete int // of those, that went over the whole list

	// Of the round that ended last:
	listed int  // tasks that it listed
	fresh  int  // tasks that were new
	full   bool // a page had no room for more
	failed bool // it ended with an error

	retryAfter time.Duration // how long the error asks to wait
}

// round walks the list once, yields the new tasks, and reports whether the watch
// continues.
func (w *watch) round(ctx context.Context) (goOn bool) {
	w.listed, w.fresh, w.full, w.failed, w.retryAfter = 0, 0, false, false, 0
	for p, err := range w.client.walk(w.req, options{}).pages(ctx) {
		if err != nil {
			w.failed, w.retryAfter = true, RetryAfter(err)
			w.forget(false)
			if !w.yield(TaskDetail{}, err) {
				return false
			}
			if ctx.Err() != nil && !isEnded(err) {
				w.yield(TaskDetail{}, endedCall(ctx, "PollTaskResult"))
			}
			return ctx.Err() == nil && canContinue(err)
		}
		for i, task := range p.page.Tasks {
			id := p.facts.Rows[i]
			last, known := w.seen[id]
			w.seen[id] = sighting{w.complete, w.rounds}
			if !known || last.rounds != w.rounds {
				w.listed++
			}
			if known {
				continue
			}
			if ctx.Err() != nil {
				w.yield(TaskDetail{}, endedCall(ctx, "PollTaskResult"))
				return false
			}
			w.fresh++
			if !w.yield(task, nil) {
				return false
			}
		}
		w.full = w.full || p.page.HasNextPage() || len(p.facts.Rows) >= cmp.Or(w.req.PageSize, MaxPageSize)
	}
	w.forget(true)
	return true
}

// busy reports whether the next round should begin at once: there was a backlog.
// A few new tasks on a long list are none.
func (w *watch) busy() bool {
	return w.full && !w.failed && w.fresh > 0 && 2*w.fresh >= w.listed
}

// sighting is when a task was last seen: as counts of rounds.
type sighting struct{ complete, rounds int }

const (
	// rememberComplete is how many rounds over the whole list a task is
	// remembered that they did not list. A walk may miss a task that moves.
	rememberComplete = 3
	// rememberRounds is the same for rounds of any kind: if every round fails,
	// the number of tasks remembered is bounded too.
	rememberRounds = 100
)

func (w *watch) forget(complete bool) {
	w.rounds++
	if complete {
		w.complete++
	}
	for id, last := range w.seen {
		if w.complete-last.complete > rememberComplete || w.rounds-last.rounds > rememberRounds {
			delete(w.seen, id)
		}
	}
}

// canContinue reports whether the next round may succeed after err: pages that
// contradict each other settle when the list does.
func canContinue(err error) bool { return Temporary(err) || errors.Is(err, ErrPaging) }

// pause is how long to wait between rounds.
type pause struct {
	interval time.Duration
	quiet    int // rounds in a row without anything new
}

// maxQuiet bounds the wait: it doubles with every quiet round up to this many.
const maxQuiet = 3

// after returns how long to wait after a round that found something new, or
// nothing: a tenth shorter or longer than the quiet rounds so far ask for.
func (p *pause) after(found bool) time.Duration {
	if found {
		p.quiet = 0
	} else {
		p.quiet = min(p.quiet+1, maxQuiet)
	}
	d := min(p.interval, math.MaxInt64>>(maxQuiet+1)) << p.quiet
	return d - d/10 + rand.N(d/5+1)
}

// atLeast returns a wait of d or up to a tenth longer.
func atLeast(d time.Duration) time.Duration { return d + rand.N(d/10+1) }
