package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

const (
	// gather is how long a task waits to be acknowledged together with others.
	gather = time.Second
	// again is the wait after a failed acknowledgement.
	again = 10 * time.Second
	// grace bounds acknowledging after the end of the context.
	grace = 10 * time.Second
)

// acknowledger acknowledges handled tasks, many in one call, in its own goroutine:
// a loop over Watch blocks while nothing finishes, and the last handled task should
// not wait for the next one.
type acknowledger struct {
	ctx    context.Context
	client *domaintask.Client
	logger *slog.Logger

	handled chan string
	done    chan struct{}

	waiting      []string
	acknowledged int
}

// startAcknowledging returns an acknowledger that must be stopped. After the end of
// ctx it may continue for grace.
func startAcknowledging(ctx context.Context, client *domaintask.Client, logger *slog.Logger) *acknowledger {
	own, cancel := context.WithCancel(context.WithoutCancel(ctx))
	hurry := context.AfterFunc(ctx, func() { time.AfterFunc(grace, cancel) })
	a := &acknowledger{ctx: own, client: client, logger: logger, handled: make(chan string), done: make(chan struct{})}
	go func() {
		defer close(a.done)
		defer cancel()
		defer hurry()
		a.run()
	}()
	return a
}

// add queues a task.
func (a *acknowledger) add(taskDetailNo string) {
	if taskDetailNo == "" {
		a.logger.Warn("a task without TaskDetailNo cannot be acknowledged")
		return
	}
	a.handled <- taskDetailNo
}

// stop acknowledges the queued tasks, and returns how many tasks were acknowledged
// in total.
func (a *acknowledger) stop() int {
	close(a.handled)
	<-a.done
	return a.acknowledged
}

func (a *acknowledger) run() {
	var due <-chan time.Time // nil means that nothing is queued
	failed := false
	for {
		select {
		case id, ok := <-a.handled:
			if !ok {
				a.flush()
				return
			}
			a.waiting = append(a.waiting, id)
			if due == nil {
				due = time.After(gather)
			}
			if failed || len(a.waiting) < domaintask.MaxAcknowledge {
				continue
			}
		case <-due:
		}
		due = nil
		if failed = !a.flush(); failed {
			due = time.After(again)
		}
	}
}

// flush acknowledges the queued tasks, and reports whether the queue is empty.
func (a *acknowledger) flush() (ok bool) {
	for len(a.waiting) > 0 {
		batch := a.waiting[:min(len(a.waiting), domaintask.MaxAcknowledge)]
		_, err := a.client.AcknowledgeTaskResult(a.ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: batch})
		if err != nil {
			a.logger.Warn("acknowledging failed", "error", cli.Explain(err), "waiting", len(a.waiting))
			return false
		}
		a.acknowledged += len(batch)
		a.waiting = a.waiting[len(batch):]
	}
	return true
}
