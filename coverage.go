package domaintask

import "slices"

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
