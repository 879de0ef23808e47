package main

import (
	"bufio"
	"cmp"
	"strings"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// table writes columns of fixed widths: it prints each page as it comes, and
// so cannot know the longest value.
type table struct{ out *bufio.Writer }

// columns of the table: 120 characters with the two between them.
var columns = []struct {
	title string
	width int
	value func(domaintask.TaskDetail) string
}{
	{"UPDATED (UTC+8)", 16, updated},
	{"TYPE", 20, func(t domaintask.TaskDetail) string { return t.TaskType }},
	{"DOMAIN", 28, func(t domaintask.TaskDetail) string { return t.DomainName }},
	{"STATUS", 6, outcome},
	{"REASON", 42, reason},
}

func newTable(out *bufio.Writer) rowWriter {
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	t := table{out}
	t.line(titles)
	return t
}

func (t table) write(task domaintask.TaskDetail) error {
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = c.value(task)
	}
	return t.line(values)
}

func (t table) line(values []string) error {
	var b strings.Builder
	for i, v := range values {
		v = fit(cli.Printable(v), columns[i].width)
		b.WriteString(v)
		if i < len(values)-1 {
			b.WriteString(strings.Repeat(" ", columns[i].width-width(v)+2))
		}
	}
	_, err := t.out.WriteString(strings.TrimRight(b.String(), " ") + "\n")
	return err
}

func (t table) flush() error { return t.out.Flush() }

// updated leaves the seconds out for the width; the zone is the service's.
func updated(t domaintask.TaskDetail) string {
	at, err := t.Updated()
	if err != nil {
		return t.UpdateTime // whatever it is, it is what the service says
	}
	return at.Format("2006-01-02 15:04")
}

func outcome(t domaintask.TaskDetail) string {
	switch {
	case t.Failed():
		return "failed"
	case t.Succeeded():
		return "ok"
	}
	return string(t.TaskStatus)
}

// reason is what the task says about its outcome, any of which may be missing:
// FailReason is a code or close to one, ErrorMsg a sentence.
func reason(t domaintask.TaskDetail) string {
	switch {
	case t.FailReason == "" || t.FailReason == t.ErrorMsg:
		return cmp.Or(t.ErrorMsg, t.TaskResult)
	case t.ErrorMsg == "":
		return t.FailReason
	}
	return t.FailReason + ": " + t.ErrorMsg
}
