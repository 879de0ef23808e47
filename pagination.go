package domaintask

import (
	"context"
	"fmt"
	"iter"
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

// Pages walks all pages from req.PageNum on: it asks for the next one until a
// page says that none follows. A PageSize of 0 means MaxPageSize, or, from the
// first page on, the number of WithMaxItems where that is less.
//
// Nothing is sent before the first range, each range starts over, and breaking
// off sends nothing more. An error comes once, last, as a *WalkError beside a
// nil page; the pages before it are good. It Is ErrPaging where the service
// does not advance: another page than asked for, the same tasks again, or
// three empty pages in a row that claim more.
//
// Tasks may be confirmed by others while the list is walked, and then the ones
// behind them move to earlier pages. When the totals shrink the walk therefore
// goes back as far as rows can have moved: pages are then read, and yielded,
// again. Confirm tasks yourself after a walk, or use [Client.Drain].
func (c *Client) Pages(ctx context.Context, req PollTaskResultRequest, opts ...Option) iter.Seq2[*PollTaskResultResponse, error] {
	o, invalid := newOptions(pagesTakes, opts)
	return func(yield func(*PollTaskResultResponse, error) bool) {
		if invalid != nil {
			yield(nil, invalid)
			return
		}
		items := 0
		for page, err := range c.pages(ctx, req, o) {
			if !yield(page, err) || err != nil {
				return
			}
			if items += len(page.Tasks); o.maxItems > 0 && items >= o.maxItems {
				return
			}
		}
	}
}

// Tasks walks the tasks of all pages; see [Client.Pages], which says when it
// ends and what its errors are. No TaskDetailNo is yielded twice, however
// often its page is read; a task without one is told by all that it says.
//
// A task that is listed during the whole walk is yielded as long as others
// only leave the list meanwhile, or only join it. Where both happen at once a
// move may go unnoticed: what stays listed is found by the next walk.
func (c *Client) Tasks(ctx context.Context, req PollTaskResultRequest, opts ...Option) iter.Seq2[TaskDetail, error] {
	o, invalid := newOptions(tasksTakes, opts)
	return func(yield func(TaskDetail, error) bool) {
		if invalid != nil {
			yield(TaskDetail{}, invalid)
			return
		}
		seen := map[identity]struct{}{}
		items := 0
		var stale staleness
		for page, err := range c.pages(ctx, req, o) {
			if err != nil {
				yield(TaskDetail{}, err)
				return
			}
			before := len(seen)
			for i := range page.Tasks {
				if !o.repeats {
					id := identityOf(&page.Tasks[i])
					if _, ok := seen[id]; ok {
						continue
					}
					seen[id] = struct{}{}
				}
				if !yield(page.Tasks[i], nil) {
					return
				}
				if items++; items == o.maxItems {
					return
				}
			}
			if err := stale.check(page, len(seen) > before || o.repeats); err != nil {
				yield(TaskDetail{}, err)
				return
			}
		}
	}
}

// maxStalePages is how many pages in a row may hold nothing but tasks that were
// yielded before, beyond those that a walk may have to read again. It ends a
// walk over a service that answers anything to any page and claims more.
const maxStalePages = 100

// staleness counts the pages in a row that brought nothing which the walk had
// not read before.
type staleness int

func (s *staleness) check(page *PollTaskResultResponse, fresh bool) error {
	if fresh || len(page.Tasks) == 0 {
		*s = 0
		return nil
	}
	if *s++; int(*s) <= maxStalePages+4*min(max(page.TotalPageNum, 0), maxPageNum) {
		return nil
	}
	return &WalkError{PageNum: max(page.CurrentPageNum, 1), Err: fmt.Errorf("%w: %d pages in a row bring no new task", ErrPaging, *s)}
}

// pages is the walk itself, without an end at a number of items.
func (c *Client) pages(ctx context.Context, req PollTaskResultRequest, o options) iter.Seq2[*PollTaskResultResponse, error] {
	return func(yield func(*PollTaskResultResponse, error) bool) {
		w := newWalk(c, req, o)
		f := newFetcher(ctx, c, w.req, o.prefetch)
		defer f.stop()
		var progress Progress
		for {
			page, attempts, err := f.fetch(w.num)
			if err == nil {
				err = w.read(page)
			}
			if err != nil {
				yield(nil, &WalkError{PageNum: w.num, Err: err})
				return
			}
			more, err := w.plan(ctx)
			progress.Pages++
			progress.Items += len(page.Tasks)
			progress.TotalPages, progress.TotalItems = page.TotalPageNum, page.TotalItemNum
			progress.Attempts += attempts
			if wanted := o.maxItems - progress.Items; more && o.maxItems <= 0 {
				f.ahead(w.num, w.pages)
			} else if more && wanted > 0 {
				f.ahead(w.num, min(w.pages, w.num+(wanted-1)/w.size))
			}
			if o.progress != nil {
				o.progress(progress)
			}
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
