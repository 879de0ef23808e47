package main

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// worker works off the list of tasks, again and again.
type worker struct {
	client   *domaintask.Client
	request  domaintask.PollTaskResultRequest
	interval time.Duration
	logger   *slog.Logger
	health   *health
	metrics  *metrics
}

// run looks at the list until ctx ends. Drain does what is delicate: it hands
// over a task before it acknowledges it, many in one call, and when ctx ends it
// hands over no more, but still acknowledges what was handled.
//
// No error ends it, not even a refused access key: someone may mend that, and
// until then health tells.
func (w *worker) run(ctx context.Context) error {
	for {
		result, err := w.client.Drain(ctx, w.request, w.handle)
		if result.Rounds == 0 {
			return err // the request was refused before it was sent, and always would be
		}
		w.account(ctx, result, err)
		select {
		case <-ctx.Done():
			if result.Acknowledged < result.Handled {
				return errors.New("some tasks are handled and not acknowledged: they will come again")
			}
			return nil
		case <-time.After(w.interval):
		}
	}
}

// handle is what Drain calls: the work itself, and the count of it.
func (w *worker) handle(ctx context.Context, task domaintask.TaskDetail) error {
	err := handle(ctx, w.logger, task)
	w.metrics.task(task, err)
	return err
}

// account tells of one look at the list.
func (w *worker) account(ctx context.Context, result domaintask.DrainResult, err error) {
	w.metrics.acknowledged(result.Acknowledged)
	if ctx.Err() != nil && result.Acknowledged == result.Handled {
		return // it was told to stop, and has left nothing undone
	}
	// Refused tasks are for the handler to worry about: the worker has done its
	// part.
	good := result.Complete && result.Acknowledged == result.Handled
	w.metrics.look(good)
	if good {
		w.health.succeed()
	}
	if err != nil {
		w.logger.Warn("looking at the list", "error", cli.Explain(err),
			"handled", result.Handled, "acknowledged", result.Acknowledged, "refused", result.Refused)
	}
}
