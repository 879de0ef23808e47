package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// scripted returns eight tasks: six that succeeded, one that failed, and one of
// unknown outcome.
func scripted() []domaintask.TaskDetail {
	tasks := domaintasktest.Tasks(8, 1)
	for i := range tasks {
		tasks[i].TaskStatus, tasks[i].TaskStatusCode = domaintask.StatusSuccess, domaintask.StatusCodeSuccess
	}
	tasks[2].TaskStatus, tasks[2].TaskStatusCode = domaintask.StatusFailure, domaintask.StatusCodeFailure
	tasks[5].TaskStatus, tasks[5].TaskStatusCode = "", 0
	return tasks
}

func TestMetricsOfAScriptedRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		r := setup{
			emulator: domaintasktest.Options{Latency: 250 * time.Millisecond},
			tasks:    scripted(),
			before: func(r *running) {
				r.emulator.Inject(
					domaintasktest.Throttle(2*time.Second),                          // poll
					domaintasktest.Fault{},                                          // poll
					domaintasktest.ServiceUnavailable().WithRetryAfter(time.Second), // acknowledge
					domaintasktest.BadGateway().WithRetryAfter(time.Second),         // acknowledge
				)
			},
		}.start(t)
		r.after(7 * time.Second)

		status, vars := r.get("/debug/vars")
		require.Equal(t, http.StatusOK, status)
		success := start.Add(5*time.Second + 500*time.Millisecond).Unix() // six attempts, and waits of 4 s
		require.JSONEq(t, fmt.Sprintf(`{
			"calls": {
				"PollTaskResult": {
					"attempts": {"200": 2, "400 Throttling.User": 1},
					"errors": 1, "retries": 1, "seconds": 0.75
				},
				"AcknowledgeTaskResult": {
					"attempts": {"200": 1, "502 unreadable": 1, "503 ServiceUnavailable": 1},
					"errors": 2, "retries": 2, "seconds": 0.75
				},
				"other": {"attempts": {}, "errors": 0, "retries": 0, "seconds": 0}
			},
			"rounds": 2,
			"tasks": {
				"handled": {"succeeded": 6, "failed": 1, "unknown": 1},
				"acknowledged": 8, "refused": 0
			},
			"last_success_unix_seconds": %d
		}`, success), vars)

		// A round fails: no attempt has a response. net/http itself
		// resends the first one, whose connection was idle.
		r.emulator.Inject(domaintasktest.CloseConnection(), domaintasktest.CloseConnection(), domaintasktest.CloseConnection(), domaintasktest.CloseConnection())
		r.after(9 * time.Second)
		_, vars = r.get("/debug/vars")
		require.Contains(t, vars, `{"200": 2, "400 Throttling.User": 1, "no answer": 3}, "errors": 4, "retries": 3,`)
		require.Contains(t, vars, `"rounds": 2`)
		require.Contains(t, vars, fmt.Sprintf(`"last_success_unix_seconds": %d`, success))
		require.NoError(t, r.end(moment))
	})
}

func TestMetricsBeginWithZero(t *testing.T) {
	t.Parallel()
	require.Equal(t, `{"calls": {`+
		`"AcknowledgeTaskResult": {"attempts": {}, "errors": 0, "retries": 0, "seconds": 0}, `+
		`"PollTaskResult": {"attempts": {}, "errors": 0, "retries": 0, "seconds": 0}, `+
		`"other": {"attempts": {}, "errors": 0, "retries": 0, "seconds": 0}}, `+
		`"last_success_unix_seconds": 0, `+
		`"rounds": 0, `+
		`"tasks": {"acknowledged": 0, "handled": {"failed": 0, "succeeded": 0, "unknown": 0}, "refused": 0}}`,
		newMetrics(new(health)).vars.String())
}

func TestAttemptsOfOtherOperations(t *testing.T) {
	t.Parallel()
	m := newMetrics(new(health))
	for i := range 1000 {
		m.attempt(domaintask.Attempt{Action: fmt.Sprint("Operation", i), Number: 1, StatusCode: 200})
	}
	require.Contains(t, m.vars.String(), `"other": {"attempts": {"200": 1000}`)
	require.NotContains(t, m.vars.String(), "Operation")
}

func TestLabelsAreBounded(t *testing.T) {
	t.Parallel()
	for name, label := range map[string]func(i int) string{
		"many":    func(i int) string { return fmt.Sprint("400 Code.", i) },
		"long":    func(i int) string { return "400 " + strings.Repeat("x", 1000+i) },
		"unusual": func(i int) string { return fmt.Sprintf("400 <script>\u202e%d", i) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var l labels
			for i := range 1000 {
				l.add("200")
				l.add(label(i))
				l.add("200")
			}
			text := l.String()
			require.Less(t, len(text), (maxLabels+1)*(maxLabel+10))
			require.Contains(t, text, `"200": 2000`)
			want := 1000
			if name == "many" {
				want -= maxLabels - 1
			}
			require.Contains(t, text, fmt.Sprintf(`"other": %d`, want))
			require.NotContains(t, text, "\u202e")
		})
	}
}
