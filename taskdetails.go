package domaintask

import (
	"context"
	"iter"
)

// QueryTaskDetailListRequest selects one page of the details of a task. TaskNo
// is required.
type QueryTaskDetailListRequest struct {
	PageNum  int // from 1 to 2147483; 0 means 1
	PageSize int // 1 to MaxPageSize; 0 means DefaultPageSize, and MaxPageSize in a walk

	TaskNo     string       // the task that was submitted
	TaskStatus StatusFilter // other details are not listed; AnyStatus lists all
	InstanceID string       // only this instance; "" means all
	DomainName string       // only this domain; "" means all

	Lang         Lang   // "" leaves it to the service: English
	UserClientIP string // the address of the user on whose behalf the call is made; "" sends none
}

// QueryTaskDetailListResponse is one page of the details of a task. The service
// answers with the same envelope and the same details as for PollTaskResult, so
// it is the same type: what works with one page works with the other.
type QueryTaskDetailListResponse = PollTaskResultResponse

// QueryTaskDetailList reads one page of the details of a task: all of them,
// including those that wait or are executing, and those that
// AcknowledgeTaskResult has acknowledged. A failed detail has a FailReason. A
// TaskNo that the service does not know lists nothing.
//
// It changes nothing at the service. RAM allows it by domain:QueryDomainTask, as
// it does PollTaskResult. To read every page use [Client.TaskDetails], and to
// wait for the end of a task [Client.Wait].
//
// See https://api.alibabacloud.com/document/Domain/2018-01-29/QueryTaskDetailList
func (c *Client) QueryTaskDetailList(ctx context.Context, req QueryTaskDetailListRequest) (*QueryTaskDetailListResponse, error) {
	resp, _, err := c.queryDetails(ctx, req)
	return resp, err
}

// TaskDetails walks the details of a task. It is to [Client.QueryTaskDetailList]
// as [Client.Tasks] is to PollTaskResult: it ends the same way, has the same
// errors and options, and yields no TaskDetailNo twice.
func (c *Client) TaskDetails(ctx context.Context, req QueryTaskDetailListRequest, opts ...Option) iter.Seq2[TaskDetail, error] {
	o, invalid := newOptions(tasksTakes, opts)
	return tasks(ctx, c.walkDetails(req, o), invalid)
}

// TaskDetailPages walks the pages of the details of a task, as [Client.Pages]
// does for PollTaskResult.
func (c *Client) TaskDetailPages(ctx context.Context, req QueryTaskDetailListRequest, opts ...Option) iter.Seq2[*QueryTaskDetailListResponse, error] {
	o, invalid := newOptions(pagesTakes, opts)
	return taskPages(ctx, c.walkDetails(req, o), invalid)
}

// walkDetails returns the plan of a walk over the details of a task.
func (c *Client) walkDetails(req QueryTaskDetailListRequest, o options) taskPlan {
	return c.taskPlan(o, req.PageNum, req.PageSize, func(ctx context.Context, num, size int) (*PollTaskResultResponse, int, error) {
		req := req
		req.PageNum, req.PageSize = num, size
		return c.queryDetails(ctx, req)
	})
}

// queryDetails is QueryTaskDetailList for a walk, which also counts the attempts.
func (c *Client) queryDetails(ctx context.Context, req QueryTaskDetailListRequest) (resp *QueryTaskDetailListResponse, attempts int, err error) {
	params, err := req.params()
	if err != nil {
		return nil, 0, err
	}
	return c.taskPage(ctx, "QueryTaskDetailList", req.PageNum, params)
}

// params checks the request and returns what it sends.
func (r QueryTaskDetailListRequest) params() ([]param, error) {
	var p params
	if r.TaskNo == "" {
		p.fail("TaskNo", "is required")
	}
	p.add("TaskNo", r.TaskNo)
	p.add("DomainName", r.DomainName)
	p.add("InstanceId", r.InstanceID)
	p.addLang(r.Lang)
	p.addPage(r.PageNum, r.PageSize)
	switch r.TaskStatus {
	case AnyStatus:
	case OnlyWaiting:
		p.addInt("TaskStatus", int(StatusCodeWaiting))
	case OnlyExecuting, OnlySucceeded, OnlyFailed:
		p.addInt("TaskStatus", int(r.TaskStatus))
	default:
		p.fail("TaskStatus", "must be AnyStatus, OnlyWaiting, OnlyExecuting, OnlySucceeded or OnlyFailed")
	}
	p.addClientIP(r.UserClientIP)
	return p.list, p.err
}
