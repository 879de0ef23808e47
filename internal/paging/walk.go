package paging

import (
	"fmt"
	"slices"
)

// Walk reads all rows of a list that others change. The package documentation
// shows the loop around it.
//
// It guarantees: if every page has a right total and, during the walk, rows
// only leave the list or rows only join it, then every row that is listed from
// the first request to the last is read, or Read returns an error, or Warnings
// is not empty. If the walk begins at a later page, this is about the rows from
// there on, and pages must have the size that was requested or that they state.
// Rows may leave at any rate. If rows join and one page at a time is
// requested, this holds without totals too. If rows both join and leave, the
// walk reads what it can: a row that both moves hide from it is missed.
//
// A walk of n pages that others do not change requests n pages. Pages that bring
// new rows may be requested for as long as there are any. Of the others, it
// requests at most a hundred in a row, and at most 16 + 4n to look for rows that
// have moved.
type Walk struct {
	sizer sizer
	first int
	top   int  // the last page that was read on the way up
	more  bool // whether page top+1 is wanted
	pages int  // the pages that the last page counts; 0 = unknown

	flights []flight // requested and not yet read
	reads   int      // pages that were read
	most    int      // pages in flight at once

	// If the first is refuted, rows join, and if the second is, rows leave.
	leaves, joins view
	emptied       bool // the last page was empty and did not say how long the list is
	returns       int  // pages that were reread and had nothing new

	pageOf map[uint64]print // by the fingerprint of its rows
	look   *print           // the page to reread, because another has its rows
	repeat int              // that other page

	known  sample
	stale  int // pages up to top in a row that brought nothing new
	empty  int // pages in a row that were empty and claimed a next one
	denied *Error
}

// flight is a page in flight, and the state when it was requested.
type flight struct {
	num         int
	ahead       bool // requested because a previous page says that it follows
	reads       int
	least, most int // the newest totals of Walk.leaves and Walk.joins
}

// print is the remembered part of a page.
type print struct {
	num   int
	items int
	at    int // Walk.reads when it had been read
}

// NewWalk returns a walk from page first on, or from page 1 if first is 0.
func NewWalk(first, pageSize int) *Walk {
	first = max(first, 1)
	return &Walk{
		sizer: sizer{asked: pageSize}, first: first, top: first - 1, more: true,
		leaves: view{}, joins: view{grows: true},
		pageOf: map[uint64]print{}, known: sample{},
	}
}

// Size returns the number of rows in a full page, as far as is known.
func (w *Walk) Size() int { return max(w.sizer.size, 1) }

// Want returns the pages to read next, in this order. They include all pages in
// flight that are still wanted, and as many more as make n pages in flight, or
// the one that is needed. Those become pages in flight: requested by the
// caller, and read once they come first. If there are none, the walk has ended.
func (w *Walk) Want(n int) []int {
	n = max(n, 1)
	var want []int
	if w.look != nil {
		want = append(want, w.look.num)
	}
	for _, f := range w.flights { // pages beyond the end are dropped
		if !slices.Contains(want, f.num) && (!f.ahead || w.more) {
			want = append(want, f.num)
		}
	}
	switch {
	case w.look != nil:
	case w.more:
		want = w.ahead(want, n)
	default:
		want = w.behind(want, n)
	}
	w.request(want)
	return want
}

// ahead adds pages behind the last one. They are wanted in ascending order.
func (w *Walk) ahead(want []int, n int) []int {
	next := w.top + 1
	if !slices.Contains(want, next) {
		want = append(want, next)
	}
	for next++; next <= w.pages && len(want) < n; next++ {
		if !slices.Contains(want, next) {
			want = append(want, next)
		}
	}
	slices.Sort(want)
	return want
}

// behind adds pages that rows may have moved to, against the direction in which
// rows move. The last ones are requested one at a time: then rows that only
// leave, or only join more slowly than they are read, cannot get past.
func (w *Walk) behind(want []int, n int) []int {
	if w.returns >= w.maxReturns() {
		return nil
	}
	if w.returns > 2*w.ascended() {
		n = 1
	}
	up := w.emptied || w.leaves.refuted && !w.joins.refuted
	for _, gap := range w.gaps(up) {
		first, last, step := gap.start/w.Size()+1, (gap.end-1)/w.Size()+1, 1
		if !up {
			first, last, step = last, first, -1
		}
		for num := first; len(want) < n && (last-num)*step >= 0; num += step {
			if !slices.Contains(want, num) {
				want = append(want, num)
			}
		}
	}
	return want
}

// gaps returns the positions that may hold rows that have not been read, in
// ascending or descending order.
func (w *Walk) gaps(up bool) (gaps []span) {
	switch {
	case w.leaves.refuted && w.joins.refuted:
		gaps = w.leaves.gaps(w.top * w.Size())
	case w.leaves.refuted:
		gaps = w.joins.gaps(endless)
	default:
		gaps = w.leaves.gaps(endless)
	}
	if !up {
		slices.Reverse(gaps)
	}
	return gaps
}

func (w *Walk) maxReturns() int { return 16 + 4*w.ascended() }

// ascended returns how many pages were read on the way up.
func (w *Walk) ascended() int { return w.top - w.first + 1 }

// request makes want the pages in flight.
func (w *Walk) request(want []int) {
	flights := make([]flight, len(want))
	for i, num := range want {
		at := slices.IndexFunc(w.flights, func(f flight) bool { return f.num == num })
		if at >= 0 {
			flights[i] = w.flights[at]
		} else {
			flights[i] = flight{num, w.more && num > w.top, w.reads, w.leaves.newest, w.joins.newest}
		}
	}
	w.flights = flights
	w.most = max(w.most, len(want))
}

// Read takes in a page that Want returned. It reports whether the page counts: a
// page that has the rows of another does not, and is requested again once that
// other page has been reread. After an error the walk has ended.
func (w *Walk) Read(num int, p *Page) (ok bool, err error) {
	at := slices.IndexFunc(w.flights, func(f flight) bool { return f.num == num })
	if at < 0 {
		return false, nil // not wanted any more
	}
	flight := w.flights[at]
	w.flights = slices.Delete(w.flights, at, at+1)
	if err := p.checkNum(num); err != nil {
		return false, err
	}
	w.reads++
	fresh := w.known.add(p.Rows)
	if w.look != nil || flight.ahead {
		if err := w.checkFresh(num, p, fresh); err != nil {
			return false, err
		}
	}
	if ok, err := w.compare(flight, p); !ok {
		return false, err
	}
	f := w.sizer.facts(num, p, w.leaves.refuted && w.joins.refuted)
	w.cover(flight, f)
	if !flight.ahead {
		if !fresh {
			w.returns++
		}
		return true, nil
	}
	w.top, w.more, w.pages = num, f.more, f.pages
	if f.denied {
		w.denied = &Error{Page: num, Items: p.Items, Resume: num + 1, Reason: "has no next page, but the totals count more"}
	}
	if f.rows > 0 || !f.more {
		w.empty = 0
	} else if w.empty++; w.empty == maxEmpty {
		return false, &Error{Page: num, Items: p.Items, Resume: num - maxEmpty + 1, Reason: fmt.Sprintf("is the last of %d empty pages that claim a next page", maxEmpty)}
	}
	return true, nil
}

// cover accounts for the positions that the page covers. Nothing follows the
// last page.
func (w *Walk) cover(flight flight, f facts) {
	size := w.sizer.size
	if w.reads == 1 { // the pages before the first one are not read
		before := span{0, (flight.num - 1) * size}
		w.leaves.covered.add(before)
		w.joins.covered.add(before)
	}
	r := reading{span{(flight.num - 1) * size, flight.num * size}, f.items}
	if !f.more {
		r.end = endless
	}
	keep := 2 * (w.most - 1)
	w.leaves.read(r, flight.least, keep)
	w.joins.read(r, flight.most, keep)
	w.emptied = f.rows == 0 && f.items == 0
}

// checkFresh returns an error if too many pages have brought nothing new. Pages
// without rows are counted elsewhere.
func (w *Walk) checkFresh(num int, p *Page, fresh bool) error {
	switch {
	case fresh:
		w.stale = 0
	case len(p.Rows) > 0:
		w.stale++
	}
	if w.stale <= maxStale {
		return nil
	}
	return &Error{Page: num, Items: p.Items, Resume: num, Reason: fmt.Sprintf("is the last of %d pages without new rows", w.stale)}
}

// compare compares the page with those before. If another had the same rows and
// the same total, either the list has moved, or the service does not advance. A
// second look at that other page decides: if it still has the rows that this one
// had in between, the service repeats itself.
func (w *Walk) compare(flight flight, p *Page) (ok bool, err error) {
	sum := fingerprint(p.Rows)
	if w.look != nil && w.look.num == flight.num {
		if before, same := w.pageOf[sum]; same && before.num == flight.num && before.items == p.Items {
			return false, &Error{Page: w.repeat, Items: p.Items, Resume: w.repeat, Reason: fmt.Sprintf("repeats page %d", flight.num)}
		}
		w.look = nil
		clear(w.pageOf) // the list has moved, so pages seen before prove nothing
	} else if before, same := w.pageOf[sum]; flight.ahead && same && len(p.Rows) > 0 && before.num != flight.num && before.items == p.Items {
		if before.at <= flight.reads { // otherwise this page may be the older one
			w.look, w.repeat = &before, flight.num
		}
		return false, nil
	}
	w.pageOf[sum] = print{flight.num, p.Items, w.reads}
	return true, nil
}

// Warnings returns what may be missing once the walk has ended: the end was
// denied by the totals, or rows moved faster than they could be read.
func (w *Walk) Warnings() (warnings []*Error) {
	if w.denied != nil {
		warnings = append(warnings, w.denied)
	}
	if gaps := w.gaps(true); len(gaps) > 0 {
		num := gaps[0].start/w.Size() + 1
		warnings = append(warnings, &Error{Page: num, Items: w.leaves.newest, Resume: num, Reason: "has rows that move faster than they can be read"})
	}
	return warnings
}
