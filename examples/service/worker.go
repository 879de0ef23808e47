package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// worker handles listed tasks forever.
type worker struct {
	client  *domaintask.Client
	options options
	logger  *slog.Logger
	health  *health
	metrics *metrics

	acknowledged int // by drains that have ended
	rounds       int
}

// run works until ctx ends. The end of ctx is no error. Drain does the difficult
// part: it acknowledges tasks after they are handled, many in one call, waits
// between rounds, survives temporary errors, and offers refused tasks again. When
// ctx ends, it still acknowledges handled tasks.
//
// It ends with an error that retrying does not help, such as a refused access key.
// Health reports this, someone may fix it, and so another drain begins after a
// while. It passes tasks that are not acknowledged to the handler again.
func (w *worker) run(ctx context.Context) error {
	for {
		result, err := w.client.Drain(ctx, w.options.Request, w.handle,
			domaintask.WithInterval(w.options.interval), domaintask.WithProgress(w.progress))
		if result.Rounds == 0 { // the request is invalid
			return err
		}
		w.acknowledged += result.Acknowledged
		w.rounds += result.Rounds
		w.metrics.drained(w.acknowledged, w.rounds)
		if ctx.Err() != nil {
			return err
		}
		w.logger.Error("drain failed, starting another", "error", cli.Explain(err), "wait", w.options.pause().String())
		select {
		case <-ctx.Done():
			return err
		case <-time.After(w.options.pause()):
		}
	}
}

// handle handles and counts a task.
func (w *worker) handle(ctx context.Context, task domaintask.TaskDetail) error {
	err := handle(ctx, w.logger, task)
	w.metrics.task(task, err)
	return err
}

// progress is called after every page. Reading one is a success if everything
// that was handled before is acknowledged. The first page of a drain says so only
// if it is empty.
func (w *worker) progress(p domaintask.Progress) {
	w.metrics.drained(w.acknowledged+p.Drained.Acknowledged, w.rounds+p.Drained.Rounds)
	if p.Drained.Acknowledged == p.Drained.Handled && (p.Pages > 1 || p.Items == 0) {
		w.health.succeed()
	}
}
