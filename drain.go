package domaintask

import (
	"cmp"
	"context"
)

// DrainResult is the result of Drain or DrainBatches. Handled is the sum of
// Acknowledged, Relisted and the tasks that the error counts for failed
// acknowledgements.
type DrainResult struct {
	Handled int // tasks that the handler accepted

	// Acknowledged counts the handled tasks whose acknowledgement the service
	// answered without an error, and that no page requested later listed.
	Acknowledged int
	// Relisted counts the handled tasks whose acknowledgement the service
	// answered without an error, and that a page requested later listed.
	Relisted int

	// Refused counts the tasks that were refused, and not accepted later. They
	// stay listed.
	Refused int
	// Refusals holds the first ten different errors that tasks were refused
	// with, and how many tasks each of them refused.
	Refusals []*TaskError

	Rounds int // rounds that began, from one reading of the first page to the next

	// Complete reports whether the drain reached the end of the list, even if tasks
	// were refused or not acknowledged. It is false if it stopped before: by an
	// error, by the handler, by WithMaxItems or because ctx ended.
	Complete bool
}

// Drain passes every listed task to handle and acknowledges the tasks that it
// accepts by returning nil. A task that it refuses by returning an error stays
// listed. If the error matches [ErrStop], the drain ends at once. Drain is
// [Client.DrainBatches] with batches of one task, which says more.
func (c *Client) Drain(ctx context.Context, req PollTaskResultRequest, handle func(context.Context, TaskDetail) error, opts ...Option) (DrainResult, error) {
	o, err := newOptions(drainTakes, opts)
	if err == nil {
		err = c.checkDrain(req, handle != nil)
	}
	if err != nil {
		return DrainResult{}, err
	}
	o.batchSize = 1
	return c.drain(ctx, req, func(ctx context.Context, b *Batch) error { return handle(ctx, b.Tasks[0]) }, o)
}

// DrainBatches passes the listed tasks to handle in batches, each of them some
// tasks of one page: all new tasks of a page, or fewer with [WithBatchSize]. It
// acknowledges the tasks of a batch if handle returns nil, except those that
// [Batch.Refuse] was called for. An error of handle refuses the whole batch. If
// an error matches [ErrStop], nothing more is passed to handle: the drain
// acknowledges what was accepted, and ends with that error.
//
// # What it guarantees
//
// Only accepted tasks are acknowledged. Within one call no task is passed to
// handle twice, and a task that is listed twice is acknowledged once. In another
// call a task may be passed again: if the program dies, or acknowledging fails,
// after the task was handled. Handlers should therefore be safe to repeat, for
// example by storing tasks by their TaskDetailNo.
//
// A drain has no order: it reads page 1, then the last page and down to page 1
// again, since acknowledging moves only the tasks behind. It continues in rounds
// until one finds nothing new, so it does not end while new tasks keep appearing.
// The last round has read every task that was listed all along, unless in that
// round a task appeared and was acknowledged by another program, or totals are
// missing or wrong while other programs acknowledge tasks.
//
// The next page is read while a page is handled, and up to 16 acknowledge calls
// are in flight. Each of them waits for Config.Limiter like any call.
//
// Two drains of one list, in one program or in several, get the same tasks: the
// service does not reserve a task for anyone. Run one drain, and spread the work
// behind it; or give each drain its own part of the list by the filters of req;
// or make the handler claim each task first, as by an insert into a table with
// TaskDetailNo as its key.
//
// # Errors
//
// The error is nil if the drain reached the end and every handled task is
// acknowledged: refused tasks are in the result only. Otherwise it joins the error
// that ended the drain early, such as a [*WalkError], and one
// [*UnacknowledgedError] for each reason why handled tasks are not acknowledged.
//
// An acknowledgement that fails with a [Temporary] error is retried in the next
// round. Any other, such as a missing RAM permission, ends the drain, and so does a
// wait longer than RetryPolicy.MaxDelay that the service asks for. The service
// answering an acknowledgement proves nothing if it lists the task in a page that
// is requested later: the task is acknowledged once more in each round, and if that
// does not help the error says so.
//
// When ctx ends, nothing more is passed to handle, and what was accepted is still
// acknowledged, within Config.Timeout. If handle panics, so does the drain, after
// acknowledging what was accepted; with [WithConcurrency] the value is a
// [*PanicError] that holds the stack of the handler.
//
// # Endless drains
//
// With [WithInterval] the drain continues until ctx ends, and waits between rounds
// as [Client.Watch] does. It survives the same errors as Watch, which are logged by
// Config.Logger, and never calls before the time that the service asks for. A
// refused task is offered again in the first round after one interval, and if it is
// refused again after two, four and so on up to 64 intervals. Such a drain ends with
// ctx: this is no error, and the result is Complete if the last round was. A task is
// forgotten if the drain reached the end of the list three times without finding it,
// or in a hundred rounds of any kind, so memory is bounded by the length of the
// list. If it is listed again then, it is passed to handle again.
//
// A PageSize of 0 means MaxPageSize, or the number of WithMaxItems if that is less.
// PageNum must be 0 or 1. A task without a usable TaskDetailNo is refused without
// passing it to handle.
func (c *Client) DrainBatches(ctx context.Context, req PollTaskResultRequest, handle func(context.Context, *Batch) error, opts ...Option) (DrainResult, error) {
	o, err := newOptions(batchesTakes, opts)
	if err == nil {
		err = c.checkDrain(req, handle != nil)
	}
	if err != nil {
		return DrainResult{}, err
	}
	return c.drain(ctx, req, handle, o)
}

func (c *Client) checkDrain(req PollTaskResultRequest, hasHandler bool) error {
	if err := c.check(); err != nil {
		return err
	}
	if !hasHandler {
		return &ParamError{Param: "handle", Reason: "is required"}
	}
	_, err := req.params()
	return cmp.Or(checkFirst("a drain", req.PageNum), err)
}
