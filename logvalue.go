package domaintask

import (
	"log/slog"
	"strings"
)

// LogValue logs the fields that identify a task and say how it ended:
// task_detail_no, task_type, domain_name, status and reason, which is Reason, cut
// to 300 bytes. Those that are empty are left out.
func (t TaskDetail) LogValue() slog.Value {
	status := strings.TrimSpace(string(t.TaskStatus))
	if t.TaskStatusCode != 0 {
		status = t.TaskStatusCode.String()
	}
	var attrs []slog.Attr
	for _, field := range []struct{ name, value string }{
		{"task_detail_no", t.TaskDetailNo},
		{"task_type", t.TaskType},
		{"domain_name", t.DomainName},
		{"status", status},
		{"reason", cut(t.Reason(), maxMessage)},
	} {
		attrs = appendText(attrs, field.name, field.value)
	}
	return slog.GroupValue(attrs...)
}

// appendText appends value in one line, unless it is empty.
func appendText(attrs []slog.Attr, name, value string) []slog.Attr {
	if value == "" {
		return attrs
	}
	return append(attrs, slog.String(name, oneLine(value)))
}
