package domaintask

import (
	"context"
	"errors"
	"time"
)

// take returns the tasks of a page that are passed to the handler, and
// acknowledges those once more that were acknowledged before and are listed.
func (d *drain) take(r *reading, ids []identity, now time.Time) (offered []TaskDetail) {
	unparsed := map[int]bool{}
	for _, u := range r.page.Unparsed {
		unparsed[u.Task] = unparsed[u.Task] || u.Field == "TaskDetailNo"
	}
	for i, id := range ids {
		task := &r.page.Tasks[i]
		switch d.ledger.take(id, task.TaskDetailNo, unusable(task.TaskDetailNo, unparsed[i]), r.number, now) {
		case handleIt:
			offered = append(offered, *task)
		case acknowledgeIt:
			d.confirmer.add(task.TaskDetailNo)
		}
	}
	return offered
}

// handOver passes tasks to the handler, batch by batch. It returns when the last
// batch has begun, and acknowledges the tasks that are accepted by then.
func (d *drain) handOver(ctx context.Context, tasks []TaskDetail) {
	for len(tasks) > 0 {
		for d.running > 0 && d.running == d.options.handlers {
			d.wait()
		}
		for d.received() {
		}
		if d.stopped(ctx) {
			break
		}
		n := len(tasks)
		if d.options.batchSize > 0 {
			n = min(n, d.options.batchSize)
		}
		if d.left > 0 {
			n = min(n, d.left)
			d.left -= n
		}
		d.start(ctx, tasks[:n:n])
		tasks = tasks[n:]
	}
	d.confirmer.flush()
}

// outcome is the result of a batch.
type outcome struct {
	ids    []string // TaskDetailNos of its tasks
	batch  *Batch
	err    error // the handler's
	broken error // a *PanicError or errExited, if the handler did not return
}

// start passes a batch to the handler.
func (d *drain) start(ctx context.Context, tasks []TaskDetail) {
	o := outcome{batch: &Batch{Tasks: tasks}}
	for i := range tasks {
		o.ids = append(o.ids, tasks[i].TaskDetailNo)
	}
	if d.options.handlers <= 1 {
		o.err = d.handle(ctx, o.batch)
		d.conclude(o)
		return
	}
	d.running++
	go guard(func() error { o.err = d.handle(ctx, o.batch); return nil }, func(broken error) {
		o.broken = broken
		d.outcomes <- o
	})
}

// wait takes in one outcome, or the page that is being read ahead.
func (d *drain) wait() {
	select {
	case r := <-d.coming:
		d.coming, d.next = nil, r
		d.panics(r.err)
	case o := <-d.outcomes:
		d.running--
		d.conclude(o)
	case o := <-d.confirmer.outcomes:
		d.confirmer.land(o)
	}
}

// received receives an outcome if there is one, and reports whether there was.
func (d *drain) received() bool {
	select {
	case o := <-d.outcomes:
		d.running--
		d.conclude(o)
	case o := <-d.confirmer.outcomes:
		d.confirmer.land(o)
	default:
		return false
	}
	return true
}

// settle waits until nothing is in flight.
func (d *drain) settle() {
	for d.running > 0 || d.coming != nil || d.confirmer.busy() {
		if d.running == 0 {
			d.confirmer.flush()
		}
		if d.running > 0 || d.coming != nil || d.confirmer.inFlight > 0 {
			d.wait()
		}
	}
}

// conclude records the outcome of a batch.
func (d *drain) conclude(o outcome) {
	if d.panics(o.broken) {
		return // whether the tasks are handled is unknown
	}
	if o.broken != nil {
		o.err = o.broken
	}
	refusals := o.batch.conclude(o.ids, o.err)
	var stop *TaskError
	now := time.Now()
	for _, id := range o.ids {
		reason, refused := refusals[id]
		if !refused {
			d.ledger.accept(id)
			d.confirmer.add(id)
			continue
		}
		d.ledger.refuse(id, reason, now)
		switch {
		case o.broken == nil && !errors.Is(reason, ErrStop):
		case stop == nil:
			stop = &TaskError{TaskDetailNo: id, Err: reason}
		case bare(reason) == bare(stop.Err):
			stop.Others++
		}
	}
	if stop != nil && d.ended == nil {
		d.ended = stop
	}
}

// panics reports whether err is a panic of another goroutine. The first one
// continues in this goroutine once nothing is in flight, and others are logged.
func (d *drain) panics(err error) bool {
	p, ok := err.(*PanicError)
	switch {
	case ok && d.panicked == nil:
		d.panicked = p
	case ok:
		d.client.logger.Error("domaintask: another panic while a drain ends", "panic", p.Error())
	}
	return ok
}

// acknowledge is one call of the confirmer.
func (d *drain) acknowledge(ctx context.Context, ids []string) error {
	_, err := d.client.acknowledge(ctx, AcknowledgeTaskResultRequest{TaskDetailNos: ids, Lang: d.req.Lang, UserClientIP: d.req.UserClientIP})
	return err
}

// acknowledged takes in the outcome of an acknowledgement.
func (d *drain) acknowledged(ids []string, err error) {
	d.ledger.outcome(ids, err)
	switch {
	case err == nil, d.panics(err), d.confirmer.ctx.Err() != nil:
	case RetryAfter(err) > d.confirmer.patience:
		d.delayed = true
	case !Temporary(err):
		d.final = true
	default:
		d.client.logger.Warn("domaintask: tasks are not acknowledged, retrying in the next round", "tasks", len(ids), "error", err.Error())
	}
}
