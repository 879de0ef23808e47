package domaintask

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"github.com/domaintask/domaintask/internal/paging"
)

// maxPrefetch is the most pages in flight: each holds a connection and, once
// its response has arrived, the memory of its tasks.
const maxPrefetch = 64

// walkPlan is a walk over the pages of one operation: P is what it yields of a
// page.
type walkPlan[P any] struct {
	client  *Client
	first   int // PageNum to start at
	size    int // PageSize of every request
	options options
	fetch   func(ctx context.Context, num, size int) (walkPage[P], error)
}

// walkPage is a page of a walk.
type walkPage[P any] struct {
	page     P
	tasks    int         // in page, or its rows if they are not tasks
	facts    paging.Page // the first of its Rows are those
	attempts int         // requests that were sent for it
}

// walk is one range over a plan. It belongs to the goroutine of the range.
type walk[P any] struct {
	walkPlan[P]
	ctx      context.Context
	machine  *paging.Walk
	flights  []*flight[P] // in flight and wanted
	dropped  []*flight[P] // canceled
	running  sync.WaitGroup
	progress Progress
}

// flight is a page in flight. Its result may be read once it is done.
type flight[P any] struct {
	num    int
	cancel context.CancelFunc
	done   chan struct{}
	page   walkPage[P]
	err    error
}

// pages yields the pages that paging.Walk wants. Sequentially, nothing is sent
// until the loop wants another page.
func (plan walkPlan[P]) pages(ctx context.Context) iter.Seq2[walkPage[P], error] {
	return func(yield func(walkPage[P], error) bool) {
		w := &walk[P]{walkPlan: plan, ctx: ctx, machine: paging.NewWalk(plan.first, plan.size)}
		defer w.stop()
		w.run(yield)
		w.stop()
		for _, f := range w.dropped {
			surface(f.err)
		}
	}
}

// limited yields the pages up to the one that reaches the number of items.
func (plan walkPlan[P]) limited(ctx context.Context) iter.Seq2[walkPage[P], error] {
	return func(yield func(walkPage[P], error) bool) {
		items := 0
		for p, err := range plan.pages(ctx) {
			if !yield(p, err) || err != nil {
				return
			}
			if items += p.tasks; plan.options.maxItems > 0 && items >= plan.options.maxItems {
				return
			}
		}
	}
}

func (w *walk[P]) run(yield func(walkPage[P], error) bool) {
	for {
		want := w.want()
		if len(want) == 0 {
			break
		}
		page, use, err := w.read(want[0])
		if err != nil {
			yield(walkPage[P]{}, walkError(want[0], err))
			return
		}
		if w.depth() > 1 {
			w.want() // in flight while the page is worked on
		}
		if w.options.progress != nil {
			w.options.progress(w.progress)
		}
		if use && !yield(page, nil) {
			return
		}
	}
	w.warn(yield)
}

// read waits for page num and reports whether its tasks count.
func (w *walk[P]) read(num int) (page walkPage[P], use bool, err error) {
	page, err = w.receive(num)
	if err != nil {
		return page, false, err
	}
	w.progress.Pages++
	w.progress.Items += page.tasks
	w.progress.TotalPages, w.progress.TotalItems = page.facts.Pages, page.facts.Items
	w.progress.Attempts += page.attempts
	use, err = w.machine.Read(num, &page.facts)
	return page, use, err
}

// depth returns how many pages may be in flight: no more than may be needed to
// reach the number of items.
func (w *walk[P]) depth() int {
	n := min(w.options.prefetch, maxPrefetch)
	if w.options.maxItems > 0 {
		left := w.options.maxItems - w.progress.Items
		n = min(n, (left+w.machine.Size()-1)/w.machine.Size())
	}
	return n
}

// want returns the pages to read next, after requesting those that are not in
// flight and canceling those in flight that are not wanted any more.
func (w *walk[P]) want() []int {
	want := w.machine.Want(w.depth())
	w.drop(func(f *flight[P]) bool { return !slices.Contains(want, f.num) })
	if w.options.prefetch > 1 {
		for _, num := range want {
			if w.flight(num) == nil {
				w.send(num)
			}
		}
	}
	return want
}

// drop cancels the flights for which unwanted reports true.
func (w *walk[P]) drop(unwanted func(*flight[P]) bool) {
	w.flights = slices.DeleteFunc(w.flights, func(f *flight[P]) bool {
		if !unwanted(f) {
			return false
		}
		f.cancel()
		w.dropped = append(w.dropped, f)
		return true
	})
}

func (w *walk[P]) flight(num int) *flight[P] {
	i := slices.IndexFunc(w.flights, func(f *flight[P]) bool { return f.num == num })
	if i < 0 {
		return nil
	}
	return w.flights[i]
}

func (w *walk[P]) send(num int) {
	ctx, cancel := context.WithCancel(w.ctx)
	f := &flight[P]{num: num, cancel: cancel, done: make(chan struct{})}
	w.flights = append(w.flights, f)
	w.running.Go(func() {
		guard(func() (err error) {
			f.page, err = w.fetch(ctx, num, w.size)
			return err
		}, func(err error) {
			f.err = err
			close(f.done)
		})
	})
}

// receive returns the page of a flight, or one that is requested now. A panic in
// the goroutine of the flight continues here.
func (w *walk[P]) receive(num int) (walkPage[P], error) {
	f := w.flight(num)
	if f == nil {
		return w.fetch(w.ctx, num, w.size)
	}
	<-f.done
	f.cancel()
	w.flights = slices.DeleteFunc(w.flights, func(other *flight[P]) bool { return other == f })
	surface(f.err)
	return f.page, f.err
}

// stop cancels what is in flight and returns when nothing is.
func (w *walk[P]) stop() {
	w.drop(func(*flight[P]) bool { return true })
	w.running.Wait()
}

// surface lets the panic of another goroutine continue in this one.
func surface(err error) {
	if p, ok := err.(*PanicError); ok {
		panic(p)
	}
}

// warn reports what may be missing: to the logger, or as an error if the walk is
// strict.
func (w *walk[P]) warn(yield func(walkPage[P], error) bool) {
	for _, warning := range w.machine.Warnings() {
		if w.options.strict {
			yield(walkPage[P]{}, walkError(warning.Resume, warning))
			return
		}
		w.client.logger.WarnContext(w.ctx, "domaintask: a page "+warning.Reason,
			"page", warning.Page, "total_items", warning.Items)
	}
}

// walkError returns the error of a walk that failed at page num.
func walkError(num int, err error) *WalkError {
	var contradiction *paging.Error
	if errors.As(err, &contradiction) {
		num = contradiction.Resume
	}
	return &WalkError{PageNum: num, Err: err}
}
