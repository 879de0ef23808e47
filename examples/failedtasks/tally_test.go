package main

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// mixed returns tasks that a summary counts in four groups.
func mixed() []domaintask.TaskDetail {
	tasks := domaintasktest.Tasks(7, 1)
	for i := range tasks {
		tasks[i].TaskType, tasks[i].ErrorMsg, tasks[i].FailReason = "CHG_DNS", "The registry is closed.", ""
		tasks[i].TaskStatus, tasks[i].TaskStatusCode = domaintask.StatusFailure, domaintask.StatusCodeFailure
	}
	tasks[1].FailReason = "Closed" // still in the same group
	tasks[3].ErrorMsg = "Locked: serverUpdateProhibited."
	tasks[4].TaskType = "ORDER_RENEW"
	for i := 5; i < 7; i++ {
		tasks[i].TaskStatus, tasks[i].TaskStatusCode = domaintask.StatusSuccess, domaintask.StatusCodeSuccess
		tasks[i].TaskResult, tasks[i].ErrorMsg = tasks[i].TaskDetailNo, ""
	}
	return tasks
}

func TestSummary(t *testing.T) {
	t.Parallel()
	backend := clitest.Service(t, mixed()...)
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, `
  COUNT  TYPE         STATUS  REASON
      3  CHG_DNS      failed  The registry is closed.
      2  CHG_DNS      ok
      1  CHG_DNS      failed  Locked: serverUpdateProhibited.
      1  ORDER_RENEW  failed  The registry is closed.
`},
		{[]string{"-output", "csv"}, `
Count,TaskType,TaskStatus,Reason
3,CHG_DNS,EXECUTE_FAILURE,The registry is closed.
2,CHG_DNS,EXECUTE_SUCCESS,
1,CHG_DNS,EXECUTE_FAILURE,Locked: serverUpdateProhibited.
1,ORDER_RENEW,EXECUTE_FAILURE,The registry is closed.
`},
		{[]string{"-output", "json", "-limit", "4"}, `
{"Count":3,"TaskType":"CHG_DNS","TaskStatus":"EXECUTE_FAILURE","Reason":"The registry is closed."}
{"Count":1,"TaskType":"CHG_DNS","TaskStatus":"EXECUTE_FAILURE","Reason":"Locked: serverUpdateProhibited."}
`},
		{[]string{"-columns", "taskstatuscode", "-output", "csv"}, `
Count,TaskStatusCode
5,3
2,2
`},
		{[]string{"-columns", "FailReason", "-status", "failed", "-output", "csv"}, `
Count,FailReason
4,
1,Closed
`},
	} {
		args := append([]string{"-summary", "-status", "all", "-page-size", "2"}, tt.args...)
		got := start(t.Context(), backend.URL, args...)
		require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
		require.Equal(t, tt.want, "\n"+got.Stdout, args)
		require.Contains(t, got.Stderr, "failedtasks: counted ")
	}
}

func TestSummaryCountsEveryTask(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(2000, 5)
	backend := clitest.Service(t, tasks...)
	got := start(t.Context(), backend.URL, "-summary", "-status", "all", "-output", "json", "-page-size", "300")
	require.Equal(t, cli.ExitOK, got.Code)
	sum, last := 0, len(tasks)
	for _, line := range clitest.Lines(got.Stdout) {
		var group struct{ Count int }
		require.NoError(t, json.Unmarshal([]byte(line), &group))
		require.LessOrEqual(t, group.Count, last, "the largest come first")
		sum, last = sum+group.Count, group.Count
	}
	require.Equal(t, len(tasks), sum)
	require.Regexp(t, `counted 2000 finished tasks in \d+ groups, 7 pages, `, got.Stderr)
}

func TestSummaryOfNothing(t *testing.T) {
	t.Parallel()
	got := start(t.Context(), clitest.Service(t).URL, "-summary")
	require.Equal(t, "  COUNT  TYPE  STATUS  REASON\n", got.Stdout)
	require.Contains(t, got.Stderr, "counted 0 failed tasks in 0 groups, 1 page, ")
}

func TestSummaryBeforeAnError(t *testing.T) {
	t.Parallel()
	backend := clitest.Service(t, failures(5)...)
	url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("PageNum") == "2" {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"Code":"Forbidden.RAM","Message":"no","RequestId":"R-2"}`)
			return
		}
		backend.ServeHTTP(w, r)
	})
	got := start(t.Context(), url, "-summary", "-columns", "TaskStatus", "-output", "csv", "-page-size", "2")
	require.Equal(t, cli.ExitError, got.Code)
	require.Equal(t, "Count,TaskStatus\n2,EXECUTE_FAILURE\n", got.Stdout)
	require.Contains(t, got.Stderr, "counted 2 of 5 failed tasks in 1 group, 1 page, ")
}
