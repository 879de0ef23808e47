package main

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"github.com/domaintask/domaintask"
)

// row is one line of output: a task, or with -summary the common values of the
// tasks of one group.
type row struct {
	domaintask.TaskDetail
	count int // of the tasks in the group
}

// column is one value of a row.
type column struct {
	name  string           // the service's name, as in JSON, except for Reason and Count
	value func(row) any    // a string or an int, for JSON and CSV
	title string           // in a table
	width int              // in a table that is not on a terminal
	short func(row) string // the value for a table; if nil, value
}

// text returns the text for a table.
func (c column) text(r row) string {
	if c.short != nil {
		return c.short(r)
	}
	return fmt.Sprint(c.value(r))
}

// columns are all fields of a task, in the service's order, and a Reason that
// combines several.
var columns = []column{
	{"TaskNo", func(r row) any { return r.TaskNo }, "TASK", 36, nil},
	{"TaskDetailNo", func(r row) any { return r.TaskDetailNo }, "DETAIL", 32, nil},
	{"TaskType", func(r row) any { return r.TaskType }, "TYPE", 25, nil},
	{"TaskTypeDescription", func(r row) any { return r.TaskTypeDescription }, "DESCRIPTION", 28, nil},
	{"InstanceId", func(r row) any { return r.InstanceID }, "INSTANCE", 16, nil},
	{"DomainName", func(r row) any { return r.DomainName }, "DOMAIN", 28, nil},
	{"TaskStatus", func(r row) any { return string(r.TaskStatus) }, "STATUS", 6, outcome},
	{"TaskStatusCode", func(r row) any { return int(r.TaskStatusCode) }, "CODE", 4, nil},
	{"CreateTime", func(r row) any { return r.CreateTime }, "CREATED (UTC+8)", 16, created},
	{"UpdateTime", func(r row) any { return r.UpdateTime }, "UPDATED (UTC+8)", 16, updated},
	{"TryCount", func(r row) any { return r.TryCount }, "TRIES", 5, nil},
	{"ErrorMsg", func(r row) any { return r.ErrorMsg }, "MESSAGE", 42, nil},
	{"FailReason", func(r row) any { return r.FailReason }, "FAIL REASON", 24, nil},
	{"TaskResult", func(r row) any { return r.TaskResult }, "RESULT", 16, nil},
	{"Reason", func(r row) any { return reason(r.TaskDetail) }, "REASON", 42, nil},
}

// The columns that are shown without -columns.
var (
	tableColumns   = named("UpdateTime", "TaskType", "DomainName", "TaskStatus", "Reason")
	csvColumns     = columns[:len(columns)-1] // the service's fields
	summaryColumns = named("TaskType", "TaskStatus", "Reason")
)

// named returns columns by names that must exist.
func named(names ...string) []column {
	picked, err := pick(names)
	if err != nil {
		panic(err)
	}
	return picked
}

// pick finds columns by their names, in any case.
func pick(names []string) ([]column, error) {
	var picked []column
	for _, name := range names {
		found := find(columns, name)
		switch {
		case found == nil:
			var all []string
			for _, c := range columns {
				all = append(all, c.name)
			}
			return nil, fmt.Errorf("unknown column %q; must be one of %s", name, strings.Join(all, ", "))
		case find(picked, name) != nil:
			return nil, errors.New(found.name + " is duplicated")
		}
		picked = append(picked, *found)
	}
	return picked, nil
}

func find(in []column, name string) *column {
	for i := range in {
		if strings.EqualFold(in[i].name, strings.TrimSpace(name)) {
			return &in[i]
		}
	}
	return nil
}

// updated and created omit the seconds to save width. The zone is the service's.
func updated(r row) string {
	at, err := r.Updated()
	if err != nil {
		return r.UpdateTime // an unknown form is shown as sent
	}
	return at.Format("2006-01-02 15:04")
}

func created(r row) string {
	at, err := r.Created()
	if err != nil {
		return r.CreateTime
	}
	return at.Format("2006-01-02 15:04")
}

func outcome(r row) string {
	switch {
	case r.Failed():
		return "failed"
	case r.Succeeded():
		return "ok"
	}
	return string(r.TaskStatus)
}

// reason joins what the task says about its outcome. Any part may be missing.
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
