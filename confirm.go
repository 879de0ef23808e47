package domaintask

import (
	"context"
	"time"
)

// maxConfirming is the most acknowledge calls in flight. At 50 ms a call, ten keep
// up with a reader of full pages.
const maxConfirming = 16

// confirmer acknowledges tasks in calls of several ids, some of which are in
// flight. It belongs to one goroutine, the owner, which receives from outcomes
// and passes each outcome to land.
type confirmer struct {
	ctx      context.Context // of the calls
	call     func(ctx context.Context, ids []string) error
	done     func(ids []string, err error) // called by the owner, once for each id that was added
	size     int                           // the most ids in a call
	patience time.Duration                 // the longest wait that the service may ask for

	queue    []string
	bytes    int // of the query that the queue takes
	inFlight int // calls
	outcomes chan confirmation

	resume time.Time // the service asked for no call before this time
	reason error     // the error with this request
}

// confirmation is the outcome of a call.
type confirmation struct {
	ids []string
	err error
}

// add queues an id, and sends the queue if it is full.
func (c *confirmer) add(id string) {
	size := acknowledgeBytes(id)
	if len(c.queue) > 0 && c.bytes+size > maxAcknowledgeBytes {
		c.flush()
	}
	c.queue = append(c.queue, id)
	c.bytes += size
	if len(c.queue) == c.size {
		c.flush()
	}
}

// flush sends the queue, as soon as fewer calls than maxConfirming are in
// flight and the service may be called again.
func (c *confirmer) flush() {
	if len(c.queue) == 0 {
		return
	}
	ids := c.queue
	c.queue, c.bytes = nil, 0
	for c.inFlight == maxConfirming {
		c.land(<-c.outcomes)
	}
	if wait := time.Until(c.resume); wait > 0 && (wait > c.patience || !sleep(c.ctx, wait)) {
		c.done(ids, c.reason)
		return
	}
	c.inFlight++
	go guard(func() error { return c.call(c.ctx, ids) }, func(err error) { c.outcomes <- confirmation{ids, err} })
}

// land takes in the outcome of a call.
func (c *confirmer) land(o confirmation) {
	c.inFlight--
	if wait := RetryAfter(o.err); wait > 0 {
		if resume := time.Now().Add(wait); resume.After(c.resume) {
			c.resume, c.reason = resume, o.err
		}
	}
	c.done(o.ids, o.err)
}

// busy reports whether the outcome of some id is not known yet.
func (c *confirmer) busy() bool { return c.inFlight > 0 || len(c.queue) > 0 }

// withGrace returns a context that ends grace after ctx has ended.
func withGrace(ctx context.Context, grace time.Duration) (context.Context, context.CancelFunc) {
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
