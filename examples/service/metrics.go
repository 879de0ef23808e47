package main

import (
	"expvar"
	"io"
	"net/http"

	"github.com/domaintask/domaintask"
)

// The operations that the worker calls, by the names that an Attempt gives
// them.
const (
	poll        = "PollTaskResult"
	acknowledge = "AcknowledgeTaskResult"
)

// metrics counts what happens, for /debug/vars. It is no variable of package
// expvar itself: those are global, and there is one of each in a process.
type metrics struct {
	vars    expvar.Map
	calls   map[string]*callMetrics // by operation
	looks   expvar.Map              // at the list, by how they ended
	handled expvar.Map              // tasks, by status
	tasks   expvar.Map              // by what became of them
}

// newMetrics begins with a zero for all that is known beforehand: a rate is
// computed of two numbers, and the first should not be missing.
func newMetrics(health *health) *metrics {
	m := &metrics{calls: map[string]*callMetrics{}}
	calls := new(expvar.Map)
	for _, action := range []string{poll, acknowledge, other} {
		m.calls[action] = newCallMetrics()
		calls.Set(action, &m.calls[action].vars)
	}
	zero(&m.looks, "good", "failed")
	zero(&m.handled, "succeeded", "failed", "unknown")
	zero(&m.tasks, "refused", "acknowledged")
	m.tasks.Set("handled", &m.handled)

	m.vars.Set("calls", calls)
	m.vars.Set("looks", &m.looks)
	m.vars.Set("tasks", &m.tasks)
	m.vars.Set("last_success_unix_seconds", expvar.Func(health.lastSuccess))
	return m
}

func zero(counts *expvar.Map, names ...string) {
	for _, name := range names {
		counts.Add(name, 0)
	}
}

// ServeHTTP answers /debug/vars. The command line and memory statistics, which
// the handler of package expvar adds, are left out.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	io.WriteString(w, m.vars.String()+"\n")
}

// attempt is what Config.OnAttempt calls, from any number of goroutines. It
// hears nothing of calls that were not sent, such as for want of an access key:
// they show in looks.
func (m *metrics) attempt(a domaintask.Attempt) {
	call, ok := m.calls[a.Action]
	if !ok {
		call = m.calls[other]
	}
	call.add(a)
}

// task counts what the handler made of a task.
func (m *metrics) task(task domaintask.TaskDetail, err error) {
	if err != nil {
		m.tasks.Add("refused", 1)
		return
	}
	m.handled.Add(statusOf(task), 1)
}

// acknowledged counts tasks that are confirmed: of each look when it is over,
// since an Attempt does not say how many tasks it was about.
func (m *metrics) acknowledged(n int) { m.tasks.Add("acknowledged", int64(n)) }

// look counts looks at the list.
func (m *metrics) look(good bool) {
	if good {
		m.looks.Add("good", 1)
	} else {
		m.looks.Add("failed", 1)
	}
}
