package domaintask

import (
	"cmp"
	"context"
	"time"

	"github.com/domaintask/domaintask/internal/paging"
)

// drain is one call of DrainBatches. It belongs to the goroutine of the caller,
// which reads pages, passes tasks to handlers, and takes in the outcomes of
// handlers and acknowledgements.
type drain struct {
	client  *Client
	req     PollTaskResultRequest
	handle  func(context.Context, *Batch) error
	options options

	ledger    *ledger
	confirmer *confirmer
	running   int // handlers in their own goroutines
	outcomes  chan outcome
	coming    chan *reading // a page that is being read ahead; nil means none
	next      *reading      // the page that was read ahead; nil means none
	left      int           // tasks that may still be passed to the handler; negative means any number
	progress  Progress

	ended    error       // the handler ended the drain
	final    bool        // an acknowledgement failed and is not retried
	delayed  bool        // the service asked for a longer wait than a call may take
	panicked *PanicError // the first panic in another goroutine
}

// drain runs a drain whose parameters have been checked.
func (c *Client) drain(ctx context.Context, req PollTaskResultRequest, handle func(context.Context, *Batch) error, o options) (DrainResult, error) {
	if req.PageSize == 0 {
		req.PageSize = MaxPageSize
		if o.maxItems > 0 && o.interval == 0 {
			req.PageSize = min(MaxPageSize, o.maxItems)
		}
	}
	d := &drain{
		client: c, req: req, handle: handle, options: o,
		ledger: newLedger(o.interval), outcomes: make(chan outcome), left: cmp.Or(o.maxItems, -1),
	}
	longer, stop := withGrace(ctx, c.timeout)
	defer stop()
	d.confirmer = &confirmer{
		ctx: longer, call: d.acknowledge, done: d.acknowledged, outcomes: make(chan confirmation),
		size: cmp.Or(o.acknowledgeSize, MaxAcknowledge), patience: c.retry.MaxDelay,
	}
	run := d.once
	if o.interval > 0 {
		run = d.forever
	}
	complete, err := run(ctx)
	if d.panicked != nil {
		panic(d.panicked)
	}
	result := d.result()
	result.Complete = complete
	return result, d.err(err)
}

// once sweeps the list until it finds nothing new.
func (d *drain) once(ctx context.Context) (complete bool, err error) {
	complete, err = d.sweep(ctx)
	if complete && d.ledger.unproven() {
		d.begin()
		return d.sweep(ctx) // checks whether acknowledging once more has helped
	}
	return complete, err
}

// forever sweeps the list repeatedly until ctx ends.
func (d *drain) forever(ctx context.Context) (complete bool, err error) {
	pause := pause{interval: d.options.interval}
	for {
		handled := d.ledger.sum.handled
		complete, err := d.sweep(ctx)
		switch {
		case d.over():
			return false, err
		case ctx.Err() != nil:
			return complete, nil
		case err != nil && !canContinue(err):
			return false, err
		case err != nil:
			d.client.logger.WarnContext(ctx, "domaintask: reading the list failed, retrying in the next round", "error", err.Error())
		}
		wait := pause.after(d.ledger.sum.handled > handled)
		if !sleep(ctx, max(wait, atLeast(RetryAfter(err)), time.Until(d.confirmer.resume))) {
			return complete, nil
		}
		d.delayed = false
		d.begin()
	}
}

// sweep reads the list until it finds nothing new, and reports whether it reached
// that point. When it returns, nothing is in flight.
func (d *drain) sweep(ctx context.Context) (complete bool, err error) {
	polls, cancel := context.WithCancel(ctx)
	defer func() { // also if a handler panics or ends this goroutine
		cancel()
		d.settle()
		d.next = nil
	}()
	began, first := time.Now(), d.ledger.round
	for s := paging.NewSweep(d.req.PageSize); ; {
		num, rounds, more := s.Num(), s.Rounds(), true
		if d.stopped(ctx) {
			return false, d.broken(ctx, num)
		}
		r, err := d.page(polls, num)
		if err != nil {
			return false, walkError(num, err)
		}
		facts := r.page.facts()
		ids := facts.Rows[:len(r.page.Tasks)] // behind them are elements that could not be read
		facts.New = d.ledger.see(ids)
		if err := s.Read(&facts); err != nil {
			return false, walkError(num, err)
		}
		settle := s.Settle()
		if !settle { // the next page does not depend on the handler
			if more = s.Next(0); more {
				d.readAhead(polls, s.Num())
			}
		}
		d.ledger.gone = 0
		d.handOver(ctx, d.take(r, ids, began))
		if settle {
			d.settle()
			more = s.Next(d.ledger.gone)
		}
		switch {
		case d.stopped(ctx):
			return false, d.broken(ctx, num)
		case !more:
			d.ledger.settle(first)
			for _, warning := range s.Warnings() {
				d.client.logger.WarnContext(ctx, "domaintask: a page "+warning.Reason, "page", warning.Page, "total_items", warning.Items)
			}
			return true, nil
		case s.Rounds() > rounds:
			d.begin()
		}
	}
}

// begin begins a round, and acknowledges once more what failed in the last one.
func (d *drain) begin() {
	for _, id := range d.ledger.next() {
		d.confirmer.add(id)
	}
	d.settle()
}

// over reports whether the drain has ended for another reason than ctx.
func (d *drain) over() bool {
	return d.ended != nil || d.final || d.panicked != nil || d.left == 0
}

// stopped reports whether this sweep passes nothing more to the handler.
func (d *drain) stopped(ctx context.Context) bool {
	return d.over() || d.delayed || ctx.Err() != nil
}

// broken returns the error of a sweep that stopped. It is nil if the tasks that
// are not acknowledged say why.
func (d *drain) broken(ctx context.Context, num int) error {
	switch {
	case d.over(), d.delayed:
		return d.ended
	}
	return &WalkError{PageNum: num, Err: endedCall(ctx, "PollTaskResult")}
}

// result returns what the drain has done so far.
func (d *drain) result() DrainResult {
	result := d.ledger.sum.result()
	result.Rounds = int(d.ledger.round)
	return result
}

// err returns one error for what ended the drain early and for the tasks that
// are not acknowledged, and nil if there is neither.
func (d *drain) err(ended error) error {
	all := d.ledger.sum.errors()
	if ended != nil {
		all = append(errorList{ended}, all...)
	}
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	return &all
}
