package domaintask_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

func TestTaskDetail(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name              string
		task              domaintask.TaskDetail
		succeeded, failed bool
	}{
		{"by code", domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeSuccess}, true, false},
		{"by code, failed", domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeFailure}, false, true},
		{"by name", domaintask.TaskDetail{TaskStatus: domaintask.StatusSuccess}, true, false},
		{"by name, failed", domaintask.TaskDetail{TaskStatus: domaintask.StatusFailure}, false, true},
		{"by name, blanks around", domaintask.TaskDetail{TaskStatus: " EXECUTE_FAILURE\n"}, false, true},
		{"the code decides", domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeFailure, TaskStatus: domaintask.StatusSuccess}, false, true},
		{"under way", domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeExecuting, TaskStatus: domaintask.StatusExecuting}, false, false},
		{"waiting", domaintask.TaskDetail{TaskStatus: domaintask.StatusWaiting}, false, false},
		{"unknown", domaintask.TaskDetail{}, false, false},
	} {
		require.Equal(t, tt.succeeded, tt.task.Succeeded(), tt.name)
		require.Equal(t, tt.failed, tt.task.Failed(), tt.name)
	}

	// The service's own pair of a text and the same instant in milliseconds.
	task := domaintask.TaskDetail{CreateTime: "2017-11-01 17:22:51", UpdateTime: "2017-10-27 13:07:07"}
	created, err := task.Created()
	require.NoError(t, err)
	require.Equal(t, int64(1509528171000), created.UnixMilli())
	updated, err := task.Updated()
	require.NoError(t, err)
	require.Equal(t, int64(1509080827000), updated.UnixMilli())
	text, err := json.Marshal(domaintask.TaskDetail{TaskNo: "1", TaskStatusCode: 2, InstanceID: "S1"})
	require.NoError(t, err)
	require.JSONEq(t, `{"TaskNo":"1","TaskDetailNo":"","TaskType":"","TaskTypeDescription":"","InstanceId":"S1","DomainName":"","TaskStatus":"",
		"TaskStatusCode":2,"CreateTime":"","UpdateTime":"","TryCount":0,"ErrorMsg":""}`, string(text), "the names of the service")
}

func TestStatusNames(t *testing.T) {
	t.Parallel()
	for filter, want := range map[domaintask.StatusFilter]string{
		0: "any", domaintask.OnlyWaiting: "waiting", domaintask.OnlyExecuting: "executing",
		domaintask.OnlySucceeded: "succeeded", domaintask.OnlyFailed: "failed", 9: "StatusFilter(9)",
	} {
		require.Equal(t, want, filter.String())
	}
	for code, want := range map[domaintask.TaskStatusCode]string{
		domaintask.StatusCodeWaiting: "WAITING_EXECUTE", domaintask.StatusCodeExecuting: "EXECUTING",
		domaintask.StatusCodeSuccess: "EXECUTE_SUCCESS", domaintask.StatusCodeFailure: "EXECUTE_FAILURE", 7: "TaskStatusCode(7)",
	} {
		require.Equal(t, want, code.String())
	}
	// A time is read in whatever form the vendor writes one somewhere.
}

func TestTimes(t *testing.T) {
	t.Parallel()
	want := time.UnixMilli(1509528171000)
	for _, text := range []string{
		"2017-11-01 17:22:51", "2017-11-01T17:22:51", "2017-11-01t17:22:51", " 2017-11-01 17:22:51\n", "2017-11-01  17:22:51", "2017-11-01 17:22:51.000", "2017-11-01T17:22:51,0",
		"2017-11-01T09:22:51Z", "2017-11-01t09:22:51z", "2017-11-01 09:22:51Z", "2017-11-01T09:22:51.000000000Z",
		"2017-11-01T17:22:51+08:00", "2017-11-01T17:22:51+0800", "2017-11-01T17:22:51+08", "2017-11-01 17:22:51 +0800", "2017-11-01T03:52:51.0-05:30", "2017-11-01T09:22:51-00:00",
		"1509528171000", "1509528171", "\t1509528171000 ",
	} {
		for _, read := range []func() (time.Time, error){domaintask.TaskDetail{CreateTime: text}.Created, domaintask.TaskDetail{UpdateTime: text}.Updated} {
			got, err := read()
			require.NoError(t, err, "%q", text)
			require.True(t, want.Equal(got), "%q: %v", text, got)
			require.Equal(t, "2017-11-01 17:22:51 +0800", got.Format("2006-01-02 15:04:05 -0700"), "%q", text)
		}
	}
	for text, want := range map[string]time.Time{
		"2017-11-01T17:22":           want.Truncate(time.Minute),
		"2017-11-01T09:22Z":          want.Truncate(time.Minute),
		"2017-11-01 17:22 +08:00":    want.Truncate(time.Minute),
		"2017-11-01T09:22:51.250Z":   want.Add(250 * time.Millisecond),
		"2017-11-01 17:22:51.250999": want.Add(250999 * time.Microsecond),
		"1509528171250":              want.Add(250 * time.Millisecond),
		"0000000000000":              time.Unix(0, 0),
	} {
		got, err := domaintask.TaskDetail{CreateTime: text}.Created()
		require.NoError(t, err, "%q", text)
		require.True(t, want.Equal(got), "%q: %v", text, got)
	}
	for _, text := range []string{
		"", " ", "N/A", "2017-11-01", "17:22:51", "2017-11-01T", "2017-11-01T17", "2017-13-01 17:22:51", "2017-11-01 25:22:51", "2017-11-01/17:22:51", "0000-00-00 00:00:00",
		"2017-11-01T17:22:51+8", "2017-11-01T17:22:51 CST", "2017-11-01T17:22:51Z08:00", "2017-11-01T17:22:51+08:00+08:00",
		"0", "150952817", "15095281710", "150952817100", "15095281710000", "-150952817100", "+150952817100", "1_509_528_171", "0x150952817", "1.509528171",
	} {
		got, err := domaintask.TaskDetail{UpdateTime: text}.Updated()
		require.Error(t, err, "%q", text)
		require.ErrorContains(t, err, "UpdateTime")
		require.Zero(t, got)
	}
	_, err := domaintask.TaskDetail{CreateTime: strings.Repeat("\n", 1000)}.Created()
	require.Less(t, len(err.Error()), 300)
	require.NotContains(t, err.Error(), "\n")
}

// TestTaskDetailInALog: a task is logged as its few fields that identify and
// explain it, not as all that the service sent.
func TestTaskDetailInALog(t *testing.T) {
	t.Parallel()
	logged := func(task any) string {
		var log bytes.Buffer
		slog.New(slog.NewTextHandler(&log, nil)).Info("x", "task", task)
		_, line, _ := strings.Cut(strings.TrimSpace(log.String()), "msg=x ")
		return line
	}
	task := domaintask.TaskDetail{
		TaskNo: "no", TaskDetailNo: "75addb07", TaskType: domaintask.TaskTypeOrderRenew, TaskTypeDescription: "Renewal", InstanceID: "S2019",
		DomainName: "example.com", TaskStatus: domaintask.StatusFailure, TaskStatusCode: domaintask.StatusCodeFailure,
		CreateTime: "2026-01-02 03:04:05", UpdateTime: "2026-01-02 03:04:06", TryCount: 3, ErrorMsg: "DomainLocked: The domain name is locked.",
	}
	const want = `task.task_detail_no=75addb07 task.task_type=ORDER_RENEW task.domain_name=example.com task.status=EXECUTE_FAILURE task.reason="The domain name is locked"`
	require.Equal(t, want, logged(task))
	require.Equal(t, want, logged(&task))
	require.Equal(t, `task.task_detail_no=1 task.status=EXECUTING`, logged(domaintask.TaskDetail{TaskDetailNo: "1", TaskStatusCode: domaintask.StatusCodeExecuting}), "what is empty is left out")
	require.Equal(t, `task.status=EXECUTE_SUCCESS`, logged(domaintask.TaskDetail{TaskStatus: domaintask.StatusSuccess}))
	require.Equal(t, `task.status=ODD`, logged(domaintask.TaskDetail{TaskStatus: "ODD"}))
	require.Empty(t, logged(domaintask.TaskDetail{}))
	require.Equal(t, `task.reason="a b"`, logged(domaintask.TaskDetail{ErrorMsg: "a\u2028b"}), "one line")
	require.Less(t, len(logged(domaintask.TaskDetail{ErrorMsg: strings.Repeat("reason ", 1000)})), 400)
}
