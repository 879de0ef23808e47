package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/domaintask/domaintask"
)

// handle is where a real service does its work. A task is acknowledged once
// handle has returned nil, and never listed again. After an error it stays listed
// and is passed again after an interval, then two, four and so on. It may also be
// passed twice if the program dies or acknowledging fails: handling it again must
// do no harm.
//
// Here the work is to write a line. A Logger drops the errors of its handler, and
// with them the task, so handle calls the handler itself.
func handle(ctx context.Context, logger *slog.Logger, task domaintask.TaskDetail) error {
	record := slog.NewRecord(time.Now(), slog.LevelInfo, "task finished", 0)
	record.AddAttrs(
		slog.String("task_detail_no", task.TaskDetailNo),
		slog.String("type", task.TaskType),
		slog.String("domain", task.DomainName),
		slog.String("status", statusOf(task)),
		slog.String("updated", task.UpdateTime),
		slog.String("result", task.ErrorMsg),
	)
	return logger.Handler().Handle(ctx, record)
}

// statusOf returns one of three words, even if the service sends another.
func statusOf(task domaintask.TaskDetail) string {
	switch {
	case task.Succeeded():
		return "succeeded"
	case task.Failed():
		return "failed"
	}
	return "unknown"
}
