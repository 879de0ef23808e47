package main

import (
	"expvar"
	"io"
	"net/http"

	"github.com/domaintask/domaintask"
)

// The operations that the worker calls, as named in an Attempt.
const (
	poll        = "PollTaskResult"
	acknowledge = "AcknowledgeTaskResult"
)

// metrics counts events, for /debug/vars. It is not published by package expvar,
// whose variables are global to the process.
type metrics struct {
	vars    expvar.Map
	calls   map[string]*callMetrics // by operation
	rounds  expvar.Int              // over the list
	handled expvar.Map              // tasks, by status
	tasks   expvar.Map              // tasks, by outcome

	acknowledged expvar.Int
}

// newMetrics sets all known metrics to zero: a rate is computed from two numbers,
// and the first must not be missing.
func newMetrics(health *health) *metrics {
	m := &metrics{calls: map[string]*callMetrics{}}
	calls := new(expvar.Map)
	for _, action := range []string{poll, acknowledge, other} {
		m.calls[action] = newCallMetrics()
		calls.Set(action, &m.calls[action].vars)
	}
	zero(&m.handled, "succeeded", "failed", "unknown")
	zero(&m.tasks, "refused")
	m.tasks.Set("handled", &m.handled)
	m.tasks.Set("acknowledged", &m.acknowledged)

	m.vars.Set("calls", calls)
	m.vars.Set("rounds", &m.rounds)
	m.vars.Set("tasks", &m.tasks)
	m.vars.Set("last_success_unix_seconds", expvar.Func(health.lastSuccess))
	return m
}

func zero(counts *expvar.Map, names ...string) {
	for _, name := range names {
		counts.Add(name, 0)
	}
}

// ServeHTTP serves /debug/vars. It omits the command line and memory statistics,
// which the handler of package expvar adds.
func (m *metrics) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	io.WriteString(w, m.vars.String()+"\n")
}

// attempt is the Config.OnAttempt, called by any number of goroutines.
func (m *metrics) attempt(a domaintask.Attempt) {
	call, ok := m.calls[a.Action]
	if !ok {
		call = m.calls[other]
	}
	call.add(a)
}

// task counts the outcome of handling a task.
func (m *metrics) task(task domaintask.TaskDetail, err error) {
	if err != nil {
		m.tasks.Add("refused", 1)
		return
	}
	m.handled.Add(statusOf(task), 1)
}

// drained adopts the counts of the drain.
func (m *metrics) drained(acknowledged, rounds int) {
	m.acknowledged.Set(int64(acknowledged))
	m.rounds.Set(int64(rounds))
}
