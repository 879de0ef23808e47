package paging

import (
	"math"
	"slices"
)

// span is a run of positions in the list. It excludes end.
type span struct{ start, end int }

// endless is the end of a span to which no position of the list follows.
const endless = math.MaxInt

// coverage is the positions of the list whose rows have been read: sorted, and
// apart from each other.
type coverage []span

// move accounts for by rows that joined the list, or -by rows that left it, at
// unknown positions.
func (c *coverage) move(by int) {
	if by < 0 {
		c.shrink(-by)
	} else {
		c.grow(by)
	}
}

// shrink accounts for n rows that left. The row now at position p was at p to
// p+n before, so it has certainly been read only if all of these were.
func (c *coverage) shrink(n int) {
	c.trim(func(s *span) {
		if s.end != endless {
			s.end -= min(n, s.end-s.start)
		}
	})
}

// grow accounts for n rows that joined. The row now at position p was at p-n to
// p before, or is new. No position precedes the first.
func (c *coverage) grow(n int) {
	c.trim(func(s *span) {
		if s.start > 0 {
			s.start += min(n, s.end-s.start)
		}
	})
}

// trim changes every span and drops those that become empty.
func (c *coverage) trim(change func(*span)) {
	kept := (*c)[:0]
	for _, s := range *c {
		if change(&s); s.end > s.start {
			kept = append(kept, s)
		}
	}
	*c = kept
}

// add marks the positions of a span as read.
func (c *coverage) add(added span) {
	if added.start >= added.end {
		return
	}
	kept := make(coverage, 0, len(*c)+1)
	for _, s := range *c {
		if s.end < added.start || s.start > added.end {
			kept = append(kept, s)
		} else {
			added = span{min(added.start, s.start), max(added.end, s.end)}
		}
	}
	at, _ := slices.BinarySearchFunc(kept, added.start, func(s span, start int) int { return s.start - start })
	*c = slices.Insert(kept, at, added)
}

// gaps returns the positions below items that have not been read.
func (c coverage) gaps(items int) (gaps []span) {
	at := 0
	for _, s := range c {
		if s.start >= items {
			break
		}
		if at < s.start {
			gaps = append(gaps, span{at, s.start})
		}
		at = s.end
	}
	if at < items {
		gaps = append(gaps, span{at, items})
	}
	return gaps
}
