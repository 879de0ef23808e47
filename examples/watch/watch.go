package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// watch handles tasks until ctx ends, which is no error. Handled tasks are
// acknowledged before it returns, for any reason.
func watch(ctx context.Context, client *domaintask.Client, opts options, stdout io.Writer, logger *slog.Logger) (err error) {
	handled := 0
	acks := startAcknowledging(ctx, client, logger)
	defer func() {
		acknowledged := acks.stop()
		logger.Info("stopped", "handled", handled, "acknowledged", acknowledged)
		if acknowledged < handled && err == nil {
			err = errors.New("some handled tasks are not acknowledged and will be listed again")
		}
	}()

	logger.Info("watching")
	var last error
	for task, err := range client.Watch(ctx, opts.Request, domaintask.WithInterval(opts.interval)) {
		if ctx.Err() != nil {
			return nil // a task that comes now stays listed, for the next start
		}
		if last = err; err != nil {
			// After a temporary error the watch continues by itself. After any
			// other the loop ends.
			logger.Warn("polling failed", "error", cli.Explain(err))
			continue
		}
		if err := handle(stdout, task); err != nil {
			return err
		}
		handled++
		acks.add(task.TaskDetailNo)
	}
	return last
}

// handle is where a real service does its work. A task is acknowledged afterwards,
// so if the program dies in between, the task is listed again: handling it twice
// must do no harm.
func handle(stdout io.Writer, task domaintask.TaskDetail) error {
	outcome := cmp.Or(string(task.TaskStatus), "unknown")
	switch {
	case task.Succeeded():
		outcome = "ok"
	case task.Failed():
		outcome = "failed: " + task.ErrorMsg
	}
	line := fmt.Sprintf("%s  %-25s  %s  %s", task.UpdateTime, task.TaskType, task.DomainName, outcome)
	if _, err := io.WriteString(stdout, cli.Printable(line)+"\n"); err != nil {
		return fmt.Errorf("writing the tasks: %w", err)
	}
	return nil
}
