package domaintask_test

import (
	"encoding/json"
	"testing"

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
	_, err = domaintask.TaskDetail{}.Created()
	require.ErrorContains(t, err, "CreateTime")

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
}
