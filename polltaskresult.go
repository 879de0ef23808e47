package domaintask

import (
	"context"
	"math"

	"github.com/domaintask/domaintask/internal/wire"
)

const (
	// DefaultPageSize is the PageSize of a single PollTaskResult call that
	// sets none.
	DefaultPageSize = 20
	// MaxPageSize is the largest PageSize that the service takes, and the one
	// that a walk uses when none is set.
	MaxPageSize = 1000

	// maxPageNum keeps the positions of rows within 32 bits.
	maxPageNum = math.MaxInt32 / MaxPageSize
)

// PollTaskResultRequest selects one page of finished tasks. The zero value
// selects the first DefaultPageSize tasks of any outcome.
type PollTaskResultRequest struct {
	PageNum  int // from 1 to 2147483; 0 means 1
	PageSize int // 1 to MaxPageSize; 0 means DefaultPageSize, and MaxPageSize in a walk

	TaskResultStatus StatusFilter // AnyStatus, OnlySucceeded or OnlyFailed: other tasks are not listed
	TaskNo           string       // only details of this task; "" means all
	InstanceID       string       // only this instance; "" means all
	DomainName       string       // only this domain; "" means all

	Lang         Lang   // "" leaves it to the service: English
	UserClientIP string // the address of the user on whose behalf the call is made; "" sends none
}

// PollTaskResultResponse is one page of tasks. QueryTaskDetailList answers with
// the same; see [QueryTaskDetailListResponse].
type PollTaskResultResponse struct {
	RequestID string // names this call when talking to the vendor's support

	CurrentPageNum int
	PageSize       int
	TotalPageNum   int
	TotalItemNum   int

	// PrePage and NextPage say whether there is a page before and after this
	// one. They are nil when the service left them out, as its documented
	// samples do; HasNextPage knows what to make of that.
	PrePage  *bool
	NextPage *bool

	Tasks []TaskDetail // Data.TaskDetail, in the order of the service

	// Unparsed lists content that could not be read, at most 100 values. It is
	// nil for a page that was read completely. The client's logger warns of it
	// once a page.
	Unparsed []UnparsedValue
	// UnparsedTotal is the number of such values, including the ones that are
	// not listed.
	UnparsedTotal int
}

// HasNextPage reports whether a page follows. NextPage decides where the
// service sent it; where it did not, the page numbers do, and where those are
// missing too, the number of items does.
func (r *PollTaskResultResponse) HasNextPage() bool { return r.hasNext(r.CurrentPageNum) }

// hasNext is HasNextPage for the page of the given number, which the service
// may have left out of its answer.
func (r *PollTaskResultResponse) hasNext(pageNum int) bool {
	if r.NextPage != nil {
		return *r.NextPage
	}
	return r.countsMore(pageNum)
}

// countsMore reports whether the totals count more than the pages up to the
// given one hold.
func (r *PollTaskResultResponse) countsMore(pageNum int) bool {
	if r.TotalPageNum > 0 {
		return pageNum < r.TotalPageNum
	}
	return r.PageSize > 0 && r.TotalItemNum > 0 && pageNum <= (r.TotalItemNum-1)/r.PageSize
}

// PollTaskResult reads one page of the tasks that have finished, successfully
// or not, and that AcknowledgeTaskResult has not confirmed yet. It changes
// nothing at the service. To read every page use [Client.Pages] or
// [Client.Tasks].
//
// See https://api.alibabacloud.com/document/Domain/2018-01-29/PollTaskResult
func (c *Client) PollTaskResult(ctx context.Context, req PollTaskResultRequest) (*PollTaskResultResponse, error) {
	resp, _, err := c.poll(ctx, req)
	return resp, err
}

// poll is PollTaskResult for a walk, which also counts the attempts.
func (c *Client) poll(ctx context.Context, req PollTaskResultRequest) (resp *PollTaskResultResponse, attempts int, err error) {
	params, err := req.params()
	if err != nil {
		return nil, 0, err
	}
	return c.taskPage(ctx, "PollTaskResult", req.PageNum, params)
}

// taskPage calls an operation that answers with a page of tasks.
func (c *Client) taskPage(ctx context.Context, action string, num int, params []param) (resp *PollTaskResultResponse, attempts int, err error) {
	resp = new(PollTaskResultResponse)
	answer, err := c.do(ctx, operation{action: action, params: params, idempotent: true,
		decode: func(body []byte) (wire.Envelope, error) { return resp.decode(action+"Response", body) }})
	if err != nil {
		return nil, answer.attempts, err
	}
	if resp.CurrentPageNum == 0 { // left out; HasNextPage needs it
		resp.CurrentPageNum = max(num, 1)
	}
	c.warnUnparsed(ctx, action, resp.RequestID, resp.Unparsed, resp.UnparsedTotal)
	return resp, answer.attempts, nil
}

// params checks the request and returns what it sends.
func (r PollTaskResultRequest) params() ([]param, error) {
	switch r.TaskResultStatus {
	case AnyStatus, OnlySucceeded, OnlyFailed:
	default:
		return nil, &ParamError{Param: "TaskResultStatus", Reason: "must be AnyStatus, OnlySucceeded or OnlyFailed"}
	}

	p := params{list: make([]param, 0, 6)} // room for Format and for the commonest filters
	p.add("DomainName", r.DomainName)
	p.add("InstanceId", r.InstanceID)
	p.addLang(r.Lang)
	p.addPage(r.PageNum, r.PageSize)
	p.add("TaskNo", r.TaskNo)
	if r.TaskResultStatus != AnyStatus {
		p.addInt("TaskResultStatus", int(r.TaskResultStatus))
	}
	p.addClientIP(r.UserClientIP)
	return p.list, p.err
}

func (r *PollTaskResultResponse) decode(root string, body []byte) (wire.Envelope, error) {
	page, tasks, err := wire.DecodePage(body, root, MaxPageSize, taskDetail)
	if err != nil {
		return wire.Envelope{}, err
	}
	*r = PollTaskResultResponse{
		RequestID:      page.RequestID,
		CurrentPageNum: page.CurrentPageNum,
		PageSize:       page.PageSize,
		TotalPageNum:   page.TotalPageNum,
		TotalItemNum:   page.TotalItemNum,
		PrePage:        page.PrePage,
		NextPage:       page.NextPage,
		Tasks:          tasks,
		Unparsed:       unparsedValues(page.Unparsed),
		UnparsedTotal:  page.UnparsedTotal,
	}
	return page.Envelope, nil
}

func taskDetail(t *wire.Task) TaskDetail {
	return TaskDetail{
		TaskNo:              t.TaskNo,
		TaskDetailNo:        t.TaskDetailNo,
		TaskType:            t.TaskType,
		TaskTypeDescription: t.TaskTypeDescription,
		InstanceID:          t.InstanceID,
		DomainName:          t.DomainName,
		TaskStatus:          TaskStatus(t.TaskStatus),
		TaskStatusCode:      TaskStatusCode(t.TaskStatusCode),
		CreateTime:          t.CreateTime,
		UpdateTime:          t.UpdateTime,
		TryCount:            t.TryCount,
		ErrorMsg:            t.ErrorMsg,
		FailReason:          t.FailReason,
		TaskResult:          t.TaskResult,
	}
}
