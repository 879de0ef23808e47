package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

const (
	// gather is how long a task waits for others to be acknowledged with.
	gather = time.Second
	// again is how long to wait after an acknowledgement that failed.
	again = 10 * time.Second
	// grace is how long acknowledging may go on after the end of the context.
	grace = 10 * time.Second
)

// acknowledger confirms handled tasks, many in one call. It has a goroutine of
// its own: a loop over Watch stands still while nothing finishes, and the last
// task handled should not wait for the next one to come.
type acknowledger struct {
	ctx    context.Context
	client *domaintask.Client
	logger *slog.Logger

	handled chan string
	done    chan struct{}

	waiting      []string
	acknowledged int
}

// startAcknowledging returns an acknowledger that must be stopped. The end of
// ctx gives it the time of grace, and no longer.
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

// add has a task acknowledged, soon.
func (a *acknowledger) add(taskDetailNo string) {
	if taskDetailNo == "" {
		a.logger.Warn("a task without TaskDetailNo cannot be acknowledged")
		return
	}
	a.handled <- taskDetailNo
}

// stop acknowledges what still waits, and tells how many tasks were
// acknowledged altogether.
func (a *acknowledger) stop() int {
	close(a.handled)
	<-a.done
	return a.acknowledged
}

func (a *acknowledger) run() {
	var due <-chan time.Time // nil = nothing waits
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

// flush acknowledges what waits, and reports whether nothing does any more.
func (a *acknowledger) flush() (ok bool) {
	for len(a.waiting) > 0 {
		batch := a.waiting[:min(len(a.waiting), domaintask.MaxAcknowledge)]
		_, err := a.client.AcknowledgeTaskResult(a.ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: batch})
		if err != nil {
			a.logger.Warn("acknowledging", "error", cli.Explain(err), "waiting", len(a.waiting))
			return false
		}
		a.acknowledged += len(batch)
		a.waiting = a.waiting[len(batch):]
	}
	return true
}
