package domaintask

import (
	"cmp"
	"context"
	"fmt"
	"hash/maphash"
	"iter"
)

// WalkOption changes how Pages and Tasks walk.
type WalkOption func(*walkOptions)

type walkOptions struct {
	strict bool
}

// WithStrictPaging makes it an error, ErrPaging, when a page says that none
// follows although its totals count more. Without it the walk ends there, as
// the service asks, and the client's logger is warned.
func WithStrictPaging() WalkOption { return func(o *walkOptions) { o.strict = true } }

// Pages walks all pages from req.PageNum on: it asks for the next one until a
// page says that none follows. A PageSize of 0 means MaxPageSize.
//
// Nothing is sent before the first range, each range starts over, and breaking
// off sends nothing more. An error comes once, last, as a *WalkError beside a
// nil page; the pages before it are good. It Is ErrPaging where the service
// does not advance: another page than asked for, the same tasks again, or
// three empty pages in a row that claim more.
//
// Acknowledging tasks while walking moves the ones that follow to earlier
// pages, past the walk: acknowledge after it.
func (c *Client) Pages(ctx context.Context, req PollTaskResultRequest, opts ...WalkOption) iter.Seq2[*PollTaskResultResponse, error] {
	return func(yield func(*PollTaskResultResponse, error) bool) {
		w := newWalk(c, req, opts)
		for {
			page, err := c.PollTaskResult(ctx, w.req)
			if err == nil {
				err = w.check(page)
			}
			if err != nil {
				yield(nil, &WalkError{PageNum: w.req.PageNum, Err: err})
				return
			}
			more, err := w.advance(ctx, page)
			if !yield(page, nil) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !more {
				return
			}
		}
	}
}

// Tasks walks the tasks of all pages; see [Client.Pages], which says when it
// ends and what its errors are.
func (c *Client) Tasks(ctx context.Context, req PollTaskResultRequest, opts ...WalkOption) iter.Seq2[TaskDetail, error] {
	return func(yield func(TaskDetail, error) bool) {
		for page, err := range c.Pages(ctx, req, opts...) {
			if err != nil {
				yield(TaskDetail{}, err)
				return
			}
			for _, task := range page.Tasks {
				if !yield(task, nil) {
					return
				}
			}
		}
	}
}

// maxEmptyPages is how many pages in a row may be empty and claim a next one.
const maxEmptyPages = 3

// walk is where one range over Pages stands.
type walk struct {
	client *Client
	req    PollTaskResultRequest // of the page that is asked for next
	opts   walkOptions

	seed       maphash.Seed
	lastTasks  uint64 // a hash of the tasks of the page before; 0 = there is none
	lastTotal  int    // its TotalItemNum
	emptyPages int    // how many pages in a row were empty
}

func newWalk(c *Client, req PollTaskResultRequest, opts []WalkOption) *walk {
	w := &walk{client: c, req: req, seed: maphash.MakeSeed()}
	for _, opt := range opts {
		opt(&w.opts)
	}
	w.req.PageNum = cmp.Or(req.PageNum, 1)
	w.req.PageSize = cmp.Or(req.PageSize, MaxPageSize)
	return w
}

// check refuses a page that shows the service not advancing.
func (w *walk) check(page *PollTaskResultResponse) error {
	if page.CurrentPageNum != 0 && page.CurrentPageNum != w.req.PageNum {
		return fmt.Errorf("%w: page %d came for page %d", ErrPaging, page.CurrentPageNum, w.req.PageNum)
	}
	tasks := w.hash(page.Tasks)
	// Where the total grew, new tasks may have pushed the same ones here.
	if tasks != 0 && tasks == w.lastTasks && page.TotalItemNum <= w.lastTotal {
		return fmt.Errorf("%w: page %d repeats the tasks of the page before", ErrPaging, w.req.PageNum)
	}
	w.lastTasks, w.lastTotal = tasks, page.TotalItemNum
	return nil
}

// advance moves to the page after the given one and reports whether there is
// any. Its error is for after the page, which is good.
func (w *walk) advance(ctx context.Context, page *PollTaskResultResponse) (more bool, err error) {
	asked := w.req.PageNum
	w.req.PageNum++
	if !page.hasNext(asked) {
		if page.countsMore(asked) {
			err = w.contradiction(ctx, page, asked)
		}
		return false, err
	}
	if len(page.Tasks) > 0 {
		w.emptyPages = 0
		return true, nil
	}
	w.emptyPages++
	if w.emptyPages == maxEmptyPages {
		first := asked - maxEmptyPages + 1
		return false, &WalkError{PageNum: first, Err: fmt.Errorf("%w: pages %d to %d are empty and claim that more follow", ErrPaging, first, asked)}
	}
	return true, nil
}

// contradiction reports that a page denies a next one which its totals count.
func (w *walk) contradiction(ctx context.Context, page *PollTaskResultResponse, asked int) error {
	if w.opts.strict {
		return &WalkError{PageNum: asked + 1, Err: fmt.Errorf("%w: page %d of %d says that none follows", ErrPaging, asked, page.TotalPageNum)}
	}
	w.client.logger.WarnContext(ctx, "domaintask: a page says that none follows, although more are counted",
		"page", asked, "total_pages", page.TotalPageNum, "total_items", page.TotalItemNum, "request_id", page.RequestID)
	return nil
}

// hash stands for the identities of tasks, in order; 0 for none. A task
// without a TaskDetailNo is identified by all that it says.
func (w *walk) hash(tasks []TaskDetail) uint64 {
	if len(tasks) == 0 {
		return 0
	}
	var h maphash.Hash
	h.SetSeed(w.seed)
	for i := range tasks {
		if id := tasks[i].TaskDetailNo; id != "" {
			h.WriteString(id)
			h.WriteByte(0)
		} else {
			maphash.WriteComparable(&h, tasks[i])
		}
	}
	return max(h.Sum64(), 1)
}
