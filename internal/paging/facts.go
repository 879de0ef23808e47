package paging

// facts is the plausible content of a page.
type facts struct {
	rows   int
	items  int  // rows in the list; 0 if not counted
	pages  int  // pages in the list; 0 if not counted
	more   bool // a page follows
	denied bool // NextPage is false although more rows or pages are counted
	beyond bool // it is empty, as its count says: the list ends before it
}

// facts returns the plausible content of page num.
//
// NextPage decides whether a page follows. If it is absent, the counts do: the
// number of pages or of rows, whichever is larger. Without counts, a full page
// is followed by another. If swung, totals have grown and shrunk: then the
// number of pages decides, unless it counts pages of another size.
func (s *sizer) facts(num int, p *Page, swung bool) facts {
	size := s.read(num, p)
	f := facts{rows: len(p.Rows), items: p.Items, pages: p.Pages}
	// A count that is negative, less than the rows up to here, or more than
	// page numbers can reach, is no count.
	if f.items < 0 || f.items/size > MaxNum || f.rows > 0 && f.items < (num-1)*size+f.rows {
		f.items = 0
	}
	if f.pages < 0 || f.pages > MaxNum || f.rows > 0 && f.pages < num {
		f.pages = 0
	}
	f.beyond = s.known && f.rows == 0 && f.items > 0 && f.items <= (num-1)*size
	if f.items > 0 && (f.pages == 0 || !swung || s.cut) {
		f.pages = max(f.pages, (f.items-1)/size+1)
	}
	switch {
	case p.Next != nil:
		f.more = *p.Next
	case f.beyond:
		f.more = false
	case f.pages > 0:
		f.more = num < f.pages
	default:
		f.more = f.rows >= size
	}
	f.denied = p.Next != nil && !*p.Next && !f.beyond && num < f.pages
	return f
}

// sizer finds out how many rows a page holds: the service may cut the size that
// was requested, with or without saying so. The first page with rows decides.
// PageSize of later pages is ignored: some services send the number of rows.
type sizer struct {
	asked, size int
	known       bool
	cut         bool // the size is not the one that was requested or stated
}

func (s *sizer) read(num int, p *Page) int {
	if s.known {
		return s.size
	}
	s.size, s.known = max(s.asked, 1), len(p.Rows) > 0
	if p.Size > 0 {
		s.size = min(p.Size, s.size)
	}
	if size := p.fullSize(num); s.known && size > 0 && len(p.Rows) != min(s.size, p.Items-(num-1)*s.size) {
		s.size, s.cut = size, true
	}
	return s.size
}

// fullSize returns how many rows a page holds by the rows of page num and the
// totals, or 0 if they contradict each other.
func (p *Page) fullSize(num int) int {
	rows, before := len(p.Rows), p.Items-len(p.Rows)
	if num > 1 && num == p.Pages && before%(num-1) == 0 && before/(num-1) >= rows {
		return before / (num - 1) // this is the last page
	}
	if rows <= p.Items/num {
		return rows // rows follow, so this page is full
	}
	return 0
}
