package paging

import "fmt"

// Sweep goes through a list whose rows the reader itself takes off. The package
// documentation shows the loop around it.
//
// It goes in rounds: page 1, then the last page that is counted, and from there
// down to page 1, which begins the next round. A row that leaves moves only the
// rows behind it, and those have been read. So rows may leave at any time, and
// the reader waits only before page 1 and before the last page. If totals are
// missing or wrong, it goes up instead, and stays on a page while rows leave.
// It ends if a round from one first page to the next brings no new row.
//
// It guarantees: if every page has a right total, then every row that is listed
// from the first request to the last is read, even if others take rows off and
// rows join, unless a row joins during the last round and leaves before it is
// read. Without right totals this holds if only rows of pages that were read
// leave, and one page says that another follows if there is one.
//
// If the totals are right and others do not change the list, a sweep over n
// pages requests n + 1 pages, and up to 2n + 1 if rows of them stay. It requests
// at most a hundred pages in a row that bring nothing new to their round.
type Sweep struct {
	sizer  sizer
	num    int // the page to read
	rounds int
	way    way
	from   int // the page at which a climb began

	page  facts // the last page
	fresh bool  // it had rows that no page before had
	found bool  // since page 1 was read last, a page was fresh
	whole bool  // since then, the sweep went through all pages

	known  sample // rows of this round
	stale  int    // pages in a row that brought nothing new to the round
	empty  int    // pages in a row that were empty and claimed a next one
	denied *Error // of page 1
}

// way is how a sweep moves.
type way int

const (
	jump  way = iota // to the last page that is counted
	climb            // page by page: totals are missing or wrong
	down             // page by page
)

// NewSweep returns a sweep that begins at page 1.
func NewSweep(pageSize int) *Sweep {
	return &Sweep{sizer: sizer{asked: pageSize}, num: 1, rounds: 1, known: sample{}}
}

// Num returns the page to read.
func (s *Sweep) Num() int { return s.num }

// Rounds returns how many rounds have begun.
func (s *Sweep) Rounds() int { return s.rounds }

// Read takes in page Num. After an error the sweep has ended.
func (s *Sweep) Read(p *Page) error {
	if err := p.checkNum(s.num); err != nil {
		return err
	}
	s.page = s.sizer.facts(s.num, p, false)
	if s.way == climb && s.page.rows == 0 && p.Next == nil {
		s.page.more = false // even if more is counted
	}
	if s.fresh = p.New > 0; s.num == 1 {
		s.denied = nil
		if s.page.denied {
			s.denied = &Error{Page: 1, Items: p.Items, Resume: 2, Reason: "has no next page, but the totals count more"}
		}
	}
	return s.check(p)
}

// check returns an error if the service does not advance.
func (s *Sweep) check(p *Page) error {
	switch fresh := s.known.add(p.Rows); {
	case fresh || s.fresh:
		s.stale = 0
	case len(p.Rows) > 0:
		s.stale++
	}
	if s.page.rows > 0 || !s.page.more {
		s.empty = 0
	} else {
		s.empty++
	}
	switch {
	case s.stale > maxStale:
		return &Error{Page: s.num, Items: p.Items, Resume: s.num, Reason: fmt.Sprintf("is the last of %d pages without new rows", s.stale)}
	case s.empty >= maxEmpty:
		return &Error{Page: s.num, Items: p.Items, Resume: s.num, Reason: fmt.Sprintf("is the last of %d empty pages that claim a next page", s.empty)}
	}
	return nil
}

// Settle reports whether Next must wait until every row that was read so far
// has left the list or will stay: the next page would show others as well.
func (s *Sweep) Settle() bool {
	if s.lost() {
		return true
	}
	if s.way == down || !s.page.more {
		return s.below() == 1
	}
	return true
}

// lost reports whether the page is empty although its count does not say that
// the list ends before it.
func (s *Sweep) lost() bool {
	return s.page.rows == 0 && !s.page.beyond && s.num > 1 && s.way != climb
}

// below returns the next page downwards.
func (s *Sweep) below() int {
	next := s.num - 1
	if s.way == climb {
		next = min(next, s.from-1)
	}
	if s.page.beyond {
		next = min(next, s.page.pages)
	}
	return max(next, 1)
}

// Next chooses the next page, after gone rows have left the list since Next was
// called last. It returns false if the sweep has ended.
func (s *Sweep) Next(gone int) bool {
	s.found = s.found || s.fresh
	if s.num == 1 {
		if !s.fresh && (!s.page.more || s.whole && !s.found) {
			return false
		}
		s.found, s.whole = false, false
	}
	last := s.last(gone)
	switch {
	case s.lost(): // it counts rows that it does not have
		s.way, s.num, s.from = climb, 2, 2
	case s.way == down || !s.page.more:
		s.num, s.way = s.below(), down
		if s.num == 1 {
			s.begin()
		}
	case s.way == jump && last > s.num:
		s.num = last
	case s.way == jump: // there is more than it counts
		s.way, s.from = climb, s.num
		fallthrough
	default:
		if gone <= 0 { // otherwise rows have moved here
			s.num++
		}
	}
	return true
}

// last returns the last page that is counted, after gone rows have left.
func (s *Sweep) last(gone int) int {
	if s.page.items > 0 {
		return max(s.page.items-gone-1, 0)/s.sizer.size + 1
	}
	return s.page.pages
}

// begin begins a round at page 1.
func (s *Sweep) begin() {
	s.rounds++
	s.whole, s.way = true, jump
	clear(s.known)
}

// Warnings returns what may be missing once the sweep has ended: page 1 said
// that no page follows although the totals count more.
func (s *Sweep) Warnings() []*Error {
	if s.denied == nil {
		return nil
	}
	return []*Error{s.denied}
}
