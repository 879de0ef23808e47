package domaintask

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
)

// drainWalk decides, page after page, whether what came can be true and which page
// to read next.
type drainWalk struct {
	client *Client
	req    PollTaskResultRequest // PageSize set; PageNum is where it began
	strict bool

	num     int      // the page that was read last, or that is read next
	size    int      // rows a page, as the first one says
	total   int      // TotalItemNum of the last page
	pages   int      // its TotalPageNum, or what total amounts to
	counted bool     // whether that page counted its items
	covered coverage // the rows that have been read

	hasNext     bool // the last page's word
	contradicts bool // its totals deny that word
	top         int  // the highest page that has been read
	topHasNext  bool // its word

	lastNum    int       // the page read before the last one; 0 = none
	lastTasks  [8]uint64 // hashes of the tasks of the last few, the last one first
	emptyPages int       // how many pages in a row were empty and claimed more

	most, least int // the most and the fewest items that pages counted
	returns     int // how often the walk went back
}

func newDrainWalk(c *Client, req PollTaskResultRequest, o options) *drainWalk {
	size := MaxPageSize
	if o.maxItems > 0 && req.PageNum <= 1 { // where a later page begins depends on the size
		size = min(size, o.maxItems)
	}
	req.PageNum = cmp.Or(req.PageNum, 1)
	req.PageSize = cmp.Or(req.PageSize, size)
	return &drainWalk{client: c, req: req, strict: o.strict, num: req.PageNum}
}

// read takes in the page that was asked for, and refuses one that shows the
// service not advancing.
func (w *drainWalk) read(page *PollTaskResultResponse) error {
	if page.CurrentPageNum != 0 && page.CurrentPageNum != w.num {
		return fmt.Errorf("%w: page %d came for page %d", ErrPaging, page.CurrentPageNum, w.num)
	}
	tasks := hashTasks(page.Tasks)
	// Where the total grew, new tasks may have pushed the same ones here.
	if w.num == w.lastNum+1 && len(page.Tasks) > 0 && tasks == w.lastTasks[0] && page.TotalItemNum <= w.total {
		return fmt.Errorf("%w: page %d repeats the tasks of the page before", ErrPaging, w.num)
	}
	// Where nothing but NextPage says that there is such a page, neither may
	// it repeat those that came shortly before.
	if w.num > max(w.count(page), w.top) && len(page.Tasks) > 0 && page.TotalItemNum <= w.total && slices.Contains(w.lastTasks[:], tasks) {
		return fmt.Errorf("%w: page %d repeats the tasks of a page shortly before", ErrPaging, w.num)
	}

	w.cover(page)
	w.hasNext, w.contradicts = page.hasNext(w.num), page.NextPage != nil && !*page.NextPage && page.countsMore(w.num)
	if page.NextPage == nil && page.TotalPageNum <= 0 {
		// The size of a page is known here; without any count, a full page may not be the last one.
		w.hasNext = w.num < w.pages || w.pages == 0 && len(page.Tasks) >= w.size
	}
	if w.num >= w.top {
		w.top, w.topHasNext = w.num, w.hasNext
	}
	if len(page.Tasks) > 0 || !w.hasNext {
		w.emptyPages = 0
	} else {
		w.emptyPages++
	}
	copy(w.lastTasks[1:], w.lastTasks[:])
	w.lastTasks[0] = tasks
	w.lastNum = w.num
	return nil
}

// cover accounts for the rows of the page, and for those that have left the
// list since the page before.
func (w *drainWalk) cover(page *PollTaskResultResponse) {
	if w.lastNum == 0 {
		// The service may give less than it was asked for. What a later page
		// says of its size is no matter: some say how many rows they hold.
		w.size = w.req.PageSize
		switch rows := len(page.Tasks); {
		case page.PageSize > 0:
			w.size = min(page.PageSize, w.size)
		case w.num == 1 && rows > 0 && rows < page.TotalItemNum: // there are more, so it is full
			w.size = min(rows, w.size)
		}
	}
	start := (w.num - 1) * w.size
	if w.lastNum == 0 {
		w.covered.add(0, start) // not asked for
	}
	before, known := w.total, w.counted
	w.total, w.counted = page.TotalItemNum, page.TotalItemNum > 0 || len(page.Tasks) == 0
	if known && w.counted {
		// By the totals alone: pages read ahead may be older than the one
		// before them, and then the list seems to have moved back.
		if w.total < before {
			w.covered.shrink(before - max(w.total, 0))
		} else {
			w.covered.grow(w.total - max(before, 0))
		}
	}
	w.covered.add(start, start+w.size)
	w.pages = w.count(page)
	w.most, w.least = max(w.most, w.total), min(w.least, w.total)
	if w.lastNum == 0 {
		w.least = w.total
	}
}

// count is how many pages there are by what the page says.
func (w *drainWalk) count(page *PollTaskResultResponse) int {
	if page.TotalPageNum == 0 && page.TotalItemNum > 0 && w.size > 0 {
		return (page.TotalItemNum-1)/w.size + 1
	}
	return page.TotalPageNum
}

// confirmed accounts for n rows of the last page that the walk's own caller
// has just taken off the list.
func (w *drainWalk) confirmed(n int) {
	if n == 0 {
		return
	}
	w.covered.shrink(n)
	w.total = max(w.total-n, 0)
	w.returns-- // going back over these is no sign of trouble
}

// maxEmptyPages is how many pages in a row may be empty and claim a next one.
const maxEmptyPages = 3

// plan chooses the next page and reports whether there is any. Its error is
// for after the last page, which is good.
func (w *drainWalk) plan(ctx context.Context) (more bool, err error) {
	asked := w.num
	unread := w.covered.frontier()
	next := unread/w.size + 1
	if next <= asked && (unread < w.total || !w.counted) {
		if w.returns < w.maxReturns() {
			w.returns++
			w.num = next
			return true, nil
		}
		err = w.lost(ctx)
		if err != nil {
			return false, err
		}
	}
	next = min(max(next, asked+1), w.top+1) // nothing unread is passed over
	w.num = next
	switch {
	case next > asked+1 && next <= w.top:
		return true, nil // rows moved under a page that was read ahead
	case next > asked+1 && next == w.top+1:
		return w.topHasNext, nil
	case !w.hasNext && w.contradicts:
		return false, w.contradiction(ctx, asked)
	case w.emptyPages == maxEmptyPages:
		first := asked - maxEmptyPages + 1
		return false, &WalkError{PageNum: first, Err: fmt.Errorf("%w: pages %d to %d are empty and claim that more follow", ErrPaging, first, asked)}
	}
	return w.hasNext, nil
}

// maxReturns bounds how often a walk goes back. Where rows only leave the list
// it never needs more: one page forward costs two returns at the most, and
// rows that leave faster than that are a page's worth for each return. Totals
// that go up and down for ever must not keep a walk going for ever.
func (w *drainWalk) maxReturns() int { return 16 + 4*w.top + (w.most-w.least)/w.size }

// lost reports that rows have moved which the walk will not go back for.
func (w *drainWalk) lost(ctx context.Context) error {
	if w.strict {
		return &WalkError{PageNum: w.covered.frontier()/w.size + 1, Err: fmt.Errorf("%w: they move faster than they can be read", ErrPaging)}
	}
	w.client.logger.WarnContext(ctx, "domaintask: the pages move faster than they can be read; tasks may be missed until the next walk",
		"page", w.num, "total_items", w.total)
	return nil
}

// contradiction reports that a page denies a next one which its totals count.
func (w *drainWalk) contradiction(ctx context.Context, asked int) error {
	if w.strict {
		return &WalkError{PageNum: asked + 1, Err: fmt.Errorf("%w: page %d says that none follows although more are counted", ErrPaging, asked)}
	}
	w.client.logger.WarnContext(ctx, "domaintask: a page says that none follows although more are counted",
		"page", asked, "total_items", w.total)
	return nil
}

// hashTasks stands for the identities of tasks, in whatever order they come: a
// service that does not advance need not list them in the same one.
func hashTasks(tasks []TaskDetail) (sum uint64) {
	for i := range tasks {
		id := identityOf(&tasks[i])
		sum += binary.NativeEndian.Uint64(id[:8])
	}
	return sum
}

// span is a run of positions in the service's list, end excluded.
type span struct{ start, end int }

// coverage is which positions of the list have been read, in the order that
// the list has now: sorted, apart from each other.
type coverage []span

// shrink accounts for n rows that left the list, it is not known where. The row
// now at a position was there or up to n behind it: that it was read is sure
// only if all of those were.
func (c *coverage) shrink(n int) {
	c.trim(func(s *span) { s.end -= min(n, s.end-s.start) })
}

// grow accounts for n rows that joined the list, it is not known where. The
// row now at a position was there or up to n before it, or is new: for those
// that are not, the list had no position before the first.
func (c *coverage) grow(n int) {
	c.trim(func(s *span) {
		if s.start > 0 {
			s.start += min(n, s.end-s.start)
		}
	})
}

// trim changes every span and drops what becomes empty.
func (c *coverage) trim(change func(*span)) {
	kept := (*c)[:0]
	for _, s := range *c {
		if change(&s); s.end > s.start {
			kept = append(kept, s)
		}
	}
	*c = kept
}

// add marks the positions from start to end as read.
func (c *coverage) add(start, end int) {
	if start >= end {
		return
	}
	kept := coverage{}
	for _, s := range *c {
		if s.end < start || s.start > end {
			kept = append(kept, s)
		} else {
			start, end = min(start, s.start), max(end, s.end)
		}
	}
	kept = append(kept, span{start, end})
	slices.SortFunc(kept, func(a, b span) int { return a.start - b.start })
	*c = kept
}

// frontier returns the first position that has not been read.
func (c coverage) frontier() int {
	if len(c) > 0 && c[0].start == 0 {
		return c[0].end
	}
	return 0
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
