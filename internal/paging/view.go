package paging

import "slices"

// view is the part of the list that has been read if rows only leave it, or only
// join it. In either case the totals say in which order the service produced the
// pages, even if they were requested at the same time: the total of a list that
// rows only leave never grows.
//
// A view is refuted by a page that was requested after another was read and
// whose total cannot follow the total of that one. From then on it is only a
// good guess: both ends of what was read are trimmed.
type view struct {
	grows   bool // rows only join; otherwise they only leave
	refuted bool

	covered coverage  // by the settled pages, as positions in a list of items rows
	items   int       // 0 = nothing has been counted
	recent  []reading // pages that are not settled, the oldest first
	newest  int       // the total of the newest page; 0 = nothing has been counted
}

// reading is a page that was read: the positions that it covered when its total
// was items.
type reading struct {
	span
	items int
}

// newer reports whether total a follows total b.
func (v *view) newer(a, b int) bool {
	if v.grows {
		return a > b
	}
	return a < b
}

// read takes in a page, which was requested when the newest total was before.
// It keeps that many pages unsettled: pages in flight may be older than those.
func (v *view) read(r reading, before, keep int) {
	if r.items == 0 {
		r.items = v.newest // not counted: assumed to be the newest total
	}
	if r.items == 0 {
		v.covered.add(r.span)
		return
	}
	if before != 0 && v.newer(before, r.items) {
		v.refuted = true
		v.settle(0)
		v.covered.move(r.items - v.items)
		v.items, v.newest = r.items, r.items
	}
	if v.newest == 0 || v.newer(r.items, v.newest) {
		v.newest = r.items
	}
	at := len(v.recent)
	for at > 0 && v.newer(v.recent[at-1].items, r.items) {
		at--
	}
	v.recent = slices.Insert(v.recent, at, r)
	v.settle(keep)
}

// settle folds the oldest pages into covered, until keep are left.
func (v *view) settle(keep int) {
	n := max(len(v.recent)-keep, 0)
	for _, r := range v.recent[:n] {
		v.items = v.fold(&v.covered, v.items, r)
	}
	v.recent = slices.Delete(v.recent, 0, n)
}

// fold adds a page to what is covered of a list of items rows, and returns how
// many rows the list of the result has. The older of the two moves.
func (v *view) fold(covered *coverage, items int, r reading) int {
	page := coverage{r.span}
	switch {
	case items == 0:
		items = r.items
	case v.newer(r.items, items):
		covered.move(r.items - items)
		items = r.items
	default:
		page.move(items - r.items)
	}
	for _, s := range page {
		covered.add(s)
	}
	return items
}

// gaps returns the positions before end that have not certainly been read.
func (v *view) gaps(end int) []span {
	covered, items := slices.Clone(v.covered), v.items
	for _, r := range v.recent {
		items = v.fold(&covered, items, r)
	}
	return covered.gaps(min(items, end))
}
