package domaintask

import (
	"context"
	"iter"

	"github.com/domaintask/domaintask/internal/paging"
)

// Progress is how far a walk has come.
type Progress struct {
	Pages      int // read so far, pages read again included
	Items      int // tasks on those pages
	TotalPages int // as the last page counts them; 0 if it does not
	TotalItems int // likewise
	Attempts   int // requests that were sent for those pages

	Drained DrainResult // result of a drain so far; zero in a walk
}

// Pages walks all pages from req.PageNum on: it requests the next one until a
// page says that none follows. If NextPage is absent, the totals decide. A
// PageSize of 0 means MaxPageSize, or, from the first page on, the number of
// WithMaxItems if that is less.
//
// Nothing is sent before the first range, each range starts over, and breaking
// sends nothing more. An error comes once, last, as a *WalkError with a nil
// page. The pages before it are good. It matches ErrPaging if the service does
// not advance: it sends the wrong page, three empty pages in a row that claim
// more, the rows of one page as another page too, or a hundred pages in a row
// without new rows.
//
// Others may acknowledge tasks while the list is walked, and then the tasks
// behind them move to earlier pages. The totals show it. After the last page,
// the walk therefore rereads the pages that tasks may have moved to: those are
// yielded again. Acknowledge tasks yourself after a walk, or use [Client.Drain].
func (c *Client) Pages(ctx context.Context, req PollTaskResultRequest, opts ...Option) iter.Seq2[*PollTaskResultResponse, error] {
	o, invalid := newOptions(pagesTakes, opts)
	return taskPages(ctx, c.walk(req, o), invalid)
}

// Tasks walks the tasks of all pages. [Client.Pages] says when it ends and what
// its errors are. No TaskDetailNo is yielded twice, even if its page is reread. A
// task without one is identified by all its fields.
//
// A task that is listed during the whole walk is yielded if every page has a
// right TotalItemNum and others only take tasks off the list, or only add tasks
// to it. If they add whole pages of them at every request, the walk may end
// before: with ErrPaging, or with what [WithStrictPaging] makes an error. If
// tasks both join and leave, a move may go unnoticed: the next walk finds what
// stays listed.
func (c *Client) Tasks(ctx context.Context, req PollTaskResultRequest, opts ...Option) iter.Seq2[TaskDetail, error] {
	o, invalid := newOptions(tasksTakes, opts)
	return tasks(ctx, c.walk(req, o), invalid)
}

// taskPages yields the pages of a plan, or the error if the options are invalid.
func taskPages(ctx context.Context, plan taskPlan, invalid error) iter.Seq2[*PollTaskResultResponse, error] {
	return func(yield func(*PollTaskResultResponse, error) bool) {
		if invalid != nil {
			yield(nil, invalid)
			return
		}
		for p, err := range plan.limited(ctx) {
			if !yield(p.page, err) {
				return
			}
		}
	}
}

// tasks yields the tasks of a plan, or the error if the options are invalid.
func tasks(ctx context.Context, plan taskPlan, invalid error) iter.Seq2[TaskDetail, error] {
	return func(yield func(TaskDetail, error) bool) {
		if invalid != nil {
			yield(TaskDetail{}, invalid)
			return
		}
		seen := map[identity]struct{}{}
		items := 0
		for p, err := range plan.pages(ctx) {
			if err != nil {
				yield(TaskDetail{}, err)
				return
			}
			for i, task := range p.page.Tasks {
				if !plan.options.repeats {
					id := p.facts.Rows[i]
					if _, ok := seen[id]; ok {
						continue
					}
					seen[id] = struct{}{}
				}
				if !yield(task, nil) {
					return
				}
				if items++; items == plan.options.maxItems {
					return
				}
			}
		}
	}
}

// taskPlan is a walk over pages of tasks.
type taskPlan = walkPlan[*PollTaskResultResponse]

// walk returns the plan of a walk over the list of finished tasks.
func (c *Client) walk(req PollTaskResultRequest, o options) taskPlan {
	return c.taskPlan(o, req.PageNum, req.PageSize, func(ctx context.Context, num, size int) (*PollTaskResultResponse, int, error) {
		req := req
		req.PageNum, req.PageSize = num, size
		return c.poll(ctx, req)
	})
}

// taskPlan returns the plan of a walk over the pages that read returns, from
// page num on.
func (c *Client) taskPlan(o options, num, size int, read func(ctx context.Context, num, size int) (*PollTaskResultResponse, int, error)) taskPlan {
	return taskPlan{
		client: c, options: o, first: max(num, 1), size: o.pageSize(num, size, MaxPageSize),
		fetch: func(ctx context.Context, wanted, size int) (p walkPage[*PollTaskResultResponse], err error) {
			if num < 0 {
				wanted = num // refused, as in a single call
			}
			p.page, p.attempts, err = read(ctx, wanted, size)
			if err == nil {
				p.tasks, p.facts = len(p.page.Tasks), p.page.facts()
			}
			return p, err
		},
	}
}

// facts returns what the page says of the list. Elements that could not be read
// have positions, too.
func (r *PollTaskResultResponse) facts() paging.Page {
	rows := make([]paging.ID, len(r.Tasks))
	for i := range r.Tasks {
		rows[i] = identityOf(&r.Tasks[i])
	}
	for _, value := range r.Unparsed {
		if value.Task < 0 && value.Field == "TaskDetail" {
			rows = append(rows, identityOf(&TaskDetail{TaskResult: value.Raw}))
		}
	}
	return paging.Page{Num: r.CurrentPageNum, Size: r.PageSize, Items: r.TotalItemNum, Pages: r.TotalPageNum, Next: r.NextPage, Rows: rows}
}
