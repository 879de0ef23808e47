package domaintask

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// DrainResult is what one call of Drain did.
type DrainResult struct {
	Handled      int // tasks that the handler accepted
	Acknowledged int // of those, tasks that the service took the confirmation of
	Refused      int // tasks that the handler returned an error for; they stay listed
	Rounds       int // walks over the list, the last one without anything new

	// Complete is that Drain came to its end, whatever was refused or could not
	// be acknowledged; false: an error or ctx broke it off.
	Complete bool
}

// TaskError is what a handler returned for one task.
type TaskError struct {
	TaskDetailNo string
	Err          error
}

// Error names the task and tells the handler's error, in one line.
func (e *TaskError) Error() string {
	return oneLine("domaintask: task " + cut(e.TaskDetailNo, maxShortText) + ": " + bare(e.Err))
}

// Unwrap returns the handler's error.
func (e *TaskError) Unwrap() error { return e.Err }

// Drain hands every listed task to handle and acknowledges those that it
// accepts by returning nil. A task that it refuses stays listed, for a later
// call. Drain goes over the list in rounds until a round finds nothing new, so
// it does not end while tasks keep arriving faster than they are handled.
//
// Within one call no task is handed over twice. Across calls one may be: when
// the program dies, or acknowledging fails, between handling and confirming.
// Handlers should therefore be safe to repeat.
//
// An error tells what ended Drain before its time, the first few
// acknowledgements that failed, and the first few refusals as *TaskError: there
// is one as soon as a task was refused. DrainResult.Complete tells whether the
// list was gone through all the same.
//
// An acknowledgement that fails does not end Drain. The tasks to come are handed
// over, and it is tried again in the next round. When ctx is cancelled no
// further task is handed over, and what was handled is still acknowledged,
// within Config.Timeout. When a handler panics, so does Drain, after
// acknowledging what was handled before.
//
// A PageSize of 0 means MaxPageSize. PageNum must be 0 or 1. A task without
// usable TaskDetailNo cannot be confirmed; it is refused unseen.
func (c *Client) Drain(ctx context.Context, req PollTaskResultRequest, handle func(context.Context, TaskDetail) error, opts ...Option) (DrainResult, error) {
	o, err := newOptions(drainTakes, opts)
	if err != nil {
		return DrainResult{}, err
	}
	d := &drain{client: c, req: req, handle: handle, concurrency: o.handlers, batchSize: o.batchSize, known: map[identity]handled{}}
	if d.batchSize == 0 {
		d.batchSize = MaxAcknowledge
	}
	if err := d.check(); err != nil {
		return DrainResult{}, err
	}
	outliving, stop := outlive(ctx, c.timeout)
	defer stop()
	d.outliving = outliving
	for {
		found, err := d.round(ctx)
		if err != nil || !found {
			d.result.Complete = err == nil
			return d.result, d.err(err)
		}
	}
}

// drain is one call of Drain.
type drain struct {
	client      *Client
	req         PollTaskResultRequest
	handle      func(context.Context, TaskDetail) error
	concurrency int
	batchSize   int

	known  map[identity]handled // every task that was handed over
	batch  []TaskDetail         // accepted and not yet acknowledged
	bytes  int                  // what the ids of batch take of a query
	result DrainResult

	refusals firstErrors
	failures firstErrors // of acknowledging

	confirmed int // acknowledged since the last page was read

	outliving context.Context // of all acknowledgements: it ends Config.Timeout after ctx
}

// handled is what became of a task.
type handled struct {
	accepted     bool
	acknowledged bool
	round        int32 // when it was last acknowledged, or tried to be
	seen         int32 // the round that listed it last
}

func (d *drain) check() error {
	if err := d.client.check(); err != nil {
		return err
	}
	switch {
	case d.handle == nil:
		return &ParamError{Param: "handle", Reason: "is required"}
	case d.req.PageNum > 1:
		return &ParamError{Param: "PageNum", Reason: "must be 0 or 1: Drain begins at the first page"}
	}
	_, err := d.req.params()
	return err
}

// round walks the list once and reports whether there was a task that had not
// been handed over before. Acknowledging moves the rows behind: the walk is
// told, and stays on a page until it shows nothing new.
func (d *drain) round(ctx context.Context) (found bool, err error) {
	d.result.Rounds++
	w := newDrainWalk(d.client, d.req, options{})
	var stale staleness
	for {
		req := w.req
		req.PageNum = w.num
		page, _, err := d.client.poll(ctx, req)
		if err == nil {
			err = w.read(page)
		}
		if err != nil {
			return found, &WalkError{PageNum: w.num, Err: err}
		}
		d.confirmed = 0
		if d.page(ctx, page.Tasks) {
			found = true
		}
		w.confirmed(d.confirmed)
		if err := stale.check(page, d.sighted(page.Tasks)); err != nil {
			return found, err
		}
		if ctx.Err() != nil {
			return found, &WalkError{PageNum: w.num, Err: endedCall(ctx, "PollTaskResult")}
		}
		more, err := w.plan(ctx)
		if err != nil || !more {
			return found, err
		}
	}
}

// sighted notes which tasks the round has listed, and reports whether any of
// them is new to it.
func (d *drain) sighted(tasks []TaskDetail) (fresh bool) {
	for i := range tasks {
		id := identityOf(&tasks[i])
		h := d.known[id]
		fresh = fresh || int(h.seen) != d.result.Rounds
		h.seen = int32(d.result.Rounds)
		d.known[id] = h
	}
	return fresh
}

// page hands over the tasks that are new and acknowledges what was accepted.
func (d *drain) page(ctx context.Context, tasks []TaskDetail) (found bool) {
	// Whatever ends the handing over, a panic included, what was accepted
	// before is acknowledged.
	defer d.acknowledge()

	var fresh []TaskDetail
	for i := range tasks {
		id := identityOf(&tasks[i])
		h, ok := d.known[id]
		switch {
		case !ok && tasks[i].TaskDetailNo == "":
			d.settle(tasks[i], errors.New("it has no TaskDetailNo to be confirmed by"))
		case !ok && badText(tasks[i].TaskDetailNo) != "":
			d.settle(tasks[i], errors.New("its TaskDetailNo "+badText(tasks[i].TaskDetailNo)))
		case !ok:
			d.known[id] = handled{}
			fresh = append(fresh, tasks[i])
		case h.accepted && int(h.round) < d.result.Rounds:
			d.push(tasks[i]) // still listed, whatever became of its acknowledgement
		}
	}
	if d.concurrency > 1 {
		d.handleAtOnce(ctx, fresh)
	} else {
		d.handleInTurn(ctx, fresh)
	}
	return len(fresh) > 0
}

func (d *drain) handleInTurn(ctx context.Context, tasks []TaskDetail) {
	for _, task := range tasks {
		if ctx.Err() != nil {
			return
		}
		err := d.handle(ctx, task)
		d.settle(task, err)
		if err == nil {
			d.push(task)
		}
	}
}

// outcome is what came of one handler in a goroutine of its own.
type outcome struct {
	task     TaskDetail
	err      error
	panicked any
	stack    []byte
}

func (d *drain) handleAtOnce(ctx context.Context, tasks []TaskDetail) {
	outcomes := make(chan outcome, min(d.concurrency, len(tasks))) // no handler waits for a drain that has panicked
	running := 0
	var failed *outcome
	var panicked atomic.Bool // said at once: it takes a while to tell where
	settle := func() {
		o := <-outcomes
		running--
		if o.panicked != nil {
			// The first panic goes on in this goroutine; where each began is
			// only told here.
			d.client.logger.ErrorContext(ctx, "domaintask: a handler panicked", "task_detail_no", o.task.TaskDetailNo, "stack", string(o.stack))
			if failed == nil {
				failed = &o
			}
			return
		}
		d.settle(o.task, o.err)
		if o.err == nil {
			d.push(o.task)
		}
	}
	for _, task := range tasks {
		if running == d.concurrency {
			settle()
		}
		if ctx.Err() != nil || panicked.Load() {
			break
		}
		running++
		go func() {
			o := outcome{task: task, err: errors.New("the handler ended its goroutine")}
			defer func() {
				if o.panicked = recover(); o.panicked != nil {
					panicked.Store(true)
					o.stack = debug.Stack()
				}
				outcomes <- o
			}()
			o.err = d.handle(ctx, task)
		}()
	}
	for running > 0 {
		settle()
	}
	if failed != nil {
		panic(failed.panicked)
	}
}

// settle counts what the handler made of a task.
func (d *drain) settle(task TaskDetail, err error) {
	if err != nil {
		d.known[identityOf(&task)] = handled{seen: d.known[identityOf(&task)].seen}
		d.result.Refused++
		d.refusals.add(&TaskError{TaskDetailNo: task.TaskDetailNo, Err: err})
		return
	}
	d.known[identityOf(&task)] = handled{accepted: true, seen: d.known[identityOf(&task)].seen}
	d.result.Handled++
}

// push puts an accepted task into the batch, and acknowledges a full one.
func (d *drain) push(task TaskDetail) {
	size := acknowledgeBytes(task.TaskDetailNo)
	if len(d.batch) == d.batchSize || d.bytes+size > maxAcknowledgeBytes {
		d.acknowledge()
	}
	d.batch = append(d.batch, task)
	d.bytes += size
}

// acknowledge confirms the batch. Work that was done is confirmed even where
// the caller's context ends before or meanwhile.
func (d *drain) acknowledge() {
	if len(d.batch) == 0 {
		return
	}
	ctx := d.outliving
	req := AcknowledgeTaskResultRequest{Lang: d.req.Lang, UserClientIP: d.req.UserClientIP}
	for i := range d.batch {
		req.TaskDetailNos = append(req.TaskDetailNos, d.batch[i].TaskDetailNo)
	}
	resp, err := d.client.AcknowledgeTaskResult(ctx, req)
	switch {
	case err != nil:
		d.failures.add(err)
	case resp.Result < len(d.batch):
		d.client.logger.WarnContext(ctx, "domaintask: fewer tasks were confirmed than were sent",
			"sent", len(d.batch), "confirmed", resp.Result, "request_id", resp.RequestID)
	}
	for i := range d.batch {
		id := identityOf(&d.batch[i])
		h := d.known[id]
		h.round = int32(d.result.Rounds)
		if err == nil {
			d.confirmed++
			if !h.acknowledged {
				d.result.Acknowledged++
			}
			h.acknowledged = true
		}
		d.known[id] = h
	}
	d.batch, d.bytes = d.batch[:0], 0
}

// outlive returns a context that goes on for a while after ctx has ended.
func outlive(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
	longer, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() {
		timer := time.AfterFunc(grace, cancel)
		context.AfterFunc(longer, func() { timer.Stop() })
	})
	return longer, func() {
		stop()
		cancel()
	}
}

// err returns one error of all that went wrong, what ended Drain foremost; nil
// where nothing did. Many refusals do not push out a failure.
func (d *drain) err(last error) error {
	var all errorList
	if last != nil {
		all = append(all, last)
	}
	all = d.failures.appendTo(all, "acknowledgements that failed")
	all = d.refusals.appendTo(all, "refused tasks")
	if all == nil {
		return nil
	}
	return &all
}

// maxErrors is how many errors of a kind one call reports in full.
const maxErrors = 10

// firstErrors keeps the first few errors and counts the others.
type firstErrors struct {
	list errorList
	more int
}

func (f *firstErrors) add(err error) {
	if len(f.list) < maxErrors {
		f.list = append(f.list, err)
	} else {
		f.more++
	}
}

func (f *firstErrors) appendTo(all errorList, kind string) errorList {
	all = append(all, f.list...)
	if f.more > 0 {
		all = append(all, fmt.Errorf("and %d more %s", f.more, kind))
	}
	return all
}
