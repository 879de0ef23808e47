package domaintasktest_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// TestSubmit: a submitted task has no outcome, and its times come from the
// clock of the service, in UTC+8.
func TestSubmit(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 2, 20, 0, 0, 0, time.UTC)
	srv := newServer(t, domaintasktest.Options{InMemory: true, Now: func() time.Time { return now }})
	finished := domaintasktest.FailedTask("example.com", "The domain name is locked.")
	finished.TaskNo, finished.TaskResult = "a", "12345"
	srv.Submit(finished, domaintask.TaskDetail{TaskNo: "a", TaskDetailNo: "2"})
	require.Empty(t, srv.Tasks())

	a := queryDetails(t, srv, "JSON", map[string][]string{"TaskNo": {"a"}, "Timestamp": {timestamp(now)}})
	require.Equal(t, []row{{
		TaskNo: "a", TaskDetailNo: finished.TaskDetailNo, TaskType: "ORDER_RENEW", TaskTypeDescription: "Domain name renewal", InstanceId: finished.InstanceID,
		DomainName: "example.com", TaskStatus: "WAITING_EXECUTE", CreateTime: finished.CreateTime, UpdateTime: finished.CreateTime,
	}, {
		TaskNo: "a", TaskDetailNo: "2", TaskStatus: "WAITING_EXECUTE", CreateTime: "2026-01-03 04:00:00", UpdateTime: "2026-01-03 04:00:00",
	}}, a.Data.TaskDetail)

	now = now.Add(time.Minute)
	srv.Execute("2")
	now = now.Add(time.Minute)
	srv.Succeed("2")
	require.Equal(t, []domaintask.TaskDetail{{
		TaskNo: "a", TaskDetailNo: "2", TaskStatus: domaintask.StatusSuccess, TaskStatusCode: domaintask.StatusCodeSuccess,
		CreateTime: "2026-01-03 04:00:00", UpdateTime: "2026-01-03 04:02:00", ErrorMsg: "The operation is successful.",
	}}, srv.Tasks())
}

// TestEndedTasksStayAsTheyAre: only a task that waits or is executed can be
// moved on.
func TestEndedTasksStayAsTheyAre(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("added"))
	srv.Submit(task("1"), task("2"), task("2"))
	srv.Fail("locked", "1", "unknown", "added")
	srv.Succeed("1", "added")
	srv.Execute("1", "added", "unknown")
	require.Equal(t, []string{"added", "1"}, ids(srv.Tasks()))
	require.Empty(t, srv.Tasks()[0].ErrorMsg)
	require.True(t, srv.Tasks()[1].Failed())

	srv.Remove("1", "2")
	srv.Succeed("1")
	require.Equal(t, []string{"added"}, ids(srv.Tasks()))
	srv.Succeed("2", "2")
	require.Equal(t, []string{"added", "2", "2"}, ids(srv.Tasks()), "both details of this number")
}
