package domaintasktest

import (
	"cmp"
	"net/url"

	"github.com/domaintask/domaintask"
)

// queryDetails performs QueryTaskDetailList: it lists all details of a TaskNo,
// including those that wait, are executed or have been acknowledged. An unknown
// TaskNo has none.
func (s *Server) queryDetails(params url.Values) (document, *failure) {
	if params.Get("TaskNo") == "" {
		return nil, missing("TaskNo")
	}
	page, failed := s.page(params, "QueryTaskDetailList", "TaskStatus", []string{"0", "1", "2", "3"}, s.state.details)
	if failed != nil {
		return nil, failed
	}
	for i := range page.Data.TaskDetail {
		// Unlike PollTaskResult, this operation documents FailReason.
		if task := &page.Data.TaskDetail[i]; task.TaskStatusCode == domaintask.StatusCodeFailure {
			task.FailReason = cmp.Or(task.FailReason, task.ErrorMsg)
		}
	}
	return page, nil
}
