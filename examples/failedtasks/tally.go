package main

import (
	"bufio"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// tally counts tasks that look the same in some columns.
type tally struct {
	columns []column
	groups  map[string]*row
}

func newTally(columns []column) *tally {
	return &tally{columns: columns, groups: map[string]*row{}}
}

func (t *tally) add(task domaintask.TaskDetail) {
	r := row{t.common(task), 1}
	key := t.key(r)
	if group := t.groups[key]; group != nil {
		group.count++
		return
	}
	t.groups[key] = &r
}

// common clears the fields that distinguish tasks with the same reason: only some
// have a FailReason in addition to the same ErrorMsg, and each TaskResult may be a
// different number. To count by them, name them as columns.
func (t *tally) common(task domaintask.TaskDetail) domaintask.TaskDetail {
	if find(t.columns, "FailReason") == nil && task.ErrorMsg != "" {
		task.FailReason = ""
	}
	if find(t.columns, "TaskResult") == nil {
		task.TaskResult = ""
	}
	return task
}

func (t *tally) key(r row) string {
	var b strings.Builder
	for _, c := range t.columns {
		fmt.Fprintf(&b, "%q,", c.value(r))
	}
	return b.String()
}

// count is the first column of a summary.
var count = column{"Count", func(r row) any { return r.count }, "  COUNT", 7, func(r row) string { return fmt.Sprintf("%7d", r.count) }}

// print writes the groups in the given form, and returns their number. Unlike a
// listing it can fit the columns of a table to their values.
func (t *tally) print(output newRowWriter, out *bufio.Writer, form layout) (groups int, err error) {
	rows := t.rows()
	form.columns = append([]column{count}, t.columns...)
	for i := range form.columns {
		c := &form.columns[i]
		c.width = len(c.title)
		for _, r := range rows {
			c.width = max(c.width, width(cli.Printable(c.text(r))))
		}
	}
	w := output(out, form)
	for _, r := range rows {
		if err := w.write(r); err != nil {
			return 0, err
		}
	}
	return len(rows), w.flush()
}

// rows returns the groups, largest first.
func (t *tally) rows() []row {
	var rows []row
	for _, group := range t.groups {
		rows = append(rows, *group)
	}
	slices.SortFunc(rows, func(a, b row) int {
		return cmp.Or(cmp.Compare(b.count, a.count), cmp.Compare(t.key(a), t.key(b)))
	})
	return rows
}
