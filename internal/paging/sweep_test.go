package paging

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSweep plays pages, all of whose rows leave before the next request unless
// stays says so, and states which pages are requested, before which the sweep
// waits, and where it fails.
func TestSweep(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		pages  []Page
		stays  bool
		size   int // PageSize of the requests; 0 = 2
		asked  []int
		waits  []int // the requests before which it waits, the first being 1
		resume int   // the page of the error; 0 = no error
		warns  bool
	}{
		{name: "nothing", pages: []Page{{}}, asked: []int{1}},
		{name: "one page", pages: []Page{{Items: 1, Rows: ids(1)}, {}}, asked: []int{1, 1}, waits: []int{2}},
		{name: "from the end", pages: []Page{
			{Items: 9, Rows: ids(1, 2)}, {Items: 7, Rows: ids(9)}, {Items: 7, Rows: ids(7, 8)}, {Items: 5, Rows: ids(5, 6)}, {Items: 4, Rows: ids(3, 4)}, {},
		}, asked: []int{1, 4, 3, 2, 1, 1}, waits: []int{2, 5, 6}},
		{name: "from the end, all rows stay", stays: true, pages: []Page{
			{Items: 5, Rows: ids(1, 2)}, {Items: 5, Rows: ids(5)}, {Items: 5, Rows: ids(3, 4)},
			{Items: 5, Rows: ids(1, 2)}, {Items: 5, Rows: ids(5)}, {Items: 5, Rows: ids(3, 4)}, {Items: 5, Rows: ids(1, 2)},
		}, asked: []int{1, 3, 2, 1, 3, 2, 1}, waits: []int{2, 4, 5, 7}},
		{name: "pages alone are counted", pages: []Page{{Pages: 3, Rows: ids(1, 2)}, {Pages: 3, Rows: ids(6)}, {Pages: 3, Rows: ids(4, 5)}, {Rows: ids(3)}, {}},
			asked: []int{1, 3, 2, 1, 1}, waits: []int{2, 4, 5}},
		{name: "cut pages, counted by the size asked for", size: 1000, pages: []Page{
			{Size: 1000, Pages: 1, Items: 5, Rows: ids(1, 2)}, {Size: 1000, Pages: 1, Items: 3, Rows: ids(5)}, {Size: 1000, Pages: 1, Items: 2, Rows: ids(3, 4)}, {},
		}, asked: []int{1, 2, 1, 1}, waits: []int{2, 3, 4}},
		{name: "no totals: it stays while rows leave", pages: []Page{
			{Next: &yes, Rows: ids(1, 2)}, {Next: &yes, Rows: ids(3, 4)}, {Next: &no, Rows: ids(5)}, {Next: &no},
		}, asked: []int{1, 1, 1, 1}, waits: []int{2, 3, 4}},
		{name: "no totals, all rows stay", stays: true, pages: []Page{
			{Next: &yes, Rows: ids(1, 2)}, {Next: &no, Rows: ids(3)}, {Next: &yes, Rows: ids(1, 2)}, {Next: &no, Rows: ids(3)}, {Next: &yes, Rows: ids(1, 2)},
		}, asked: []int{1, 2, 1, 2, 1}, waits: []int{2, 3, 4, 5}},
		{name: "others take rows off on the way", stays: true, pages: []Page{
			{Items: 9, Rows: ids(1, 2)}, {Items: 5}, {Items: 5, Rows: ids(9)}, {Items: 5, Rows: ids(3, 4)}, {Items: 2, Rows: ids(3, 4)},
		}, asked: []int{1, 5, 3, 2, 1}, waits: []int{2, 5}},
		{name: "rows join behind the counted end", stays: true, pages: []Page{
			{Items: 3, Rows: ids(1, 2)}, {Items: 5, Next: &yes, Rows: ids(3, 4)}, {Items: 5, Rows: ids(5)}, {Items: 5, Rows: ids(3, 4)}, {Items: 5, Rows: ids(1, 2)},
			{Items: 5, Rows: ids(5)}, {Items: 5, Rows: ids(3, 4)}, {Items: 5, Rows: ids(1, 2)},
		}, asked: []int{1, 2, 3, 2, 1, 3, 2, 1}, waits: []int{2, 3, 5, 6, 8}},
		{name: "fewer are counted than there are", stays: true, pages: []Page{
			{Items: 3, Next: &yes, Rows: ids(1, 2)}, {Items: 3, Next: &yes, Rows: ids(3, 4)}, {Items: 3, Next: &no, Rows: ids(5)}, {Items: 3, Next: &yes, Rows: ids(1, 2)},
			{Items: 3, Next: &yes, Rows: ids(3, 4)}, {Items: 3, Next: &no, Rows: ids(5)}, {Items: 3, Next: &yes, Rows: ids(1, 2)},
		}, asked: []int{1, 2, 3, 1, 2, 3, 1}, waits: []int{2, 3, 4, 5, 6, 7}},
		{name: "a million times as many are counted", stays: true, pages: []Page{
			{Items: 3_000_000, Rows: ids(1, 2)}, {Items: 3_000_000}, {Items: 3_000_000, Rows: ids(3)}, {Items: 3_000_000},
			{Items: 3_000_000, Rows: ids(1, 2)}, {Items: 3_000_000}, {Items: 3_000_000, Rows: ids(3)}, {Items: 3_000_000}, {Items: 3_000_000, Rows: ids(1, 2)},
		}, asked: []int{1, 1_500_000, 2, 3, 1, 1_500_000, 2, 3, 1}, waits: []int{2, 3, 4, 5, 6, 7, 8, 9}},
		{name: "emptied on the way", pages: []Page{{Items: 9, Rows: ids(1, 2)}, {}, {}, {}}, asked: []int{1, 4, 2, 1}, waits: []int{2, 3, 4}},
		{name: "another page", pages: []Page{{Num: 2, Rows: ids(1)}}, asked: []int{1}, resume: 1},
		{name: "three empty pages that claim more", pages: []Page{{Next: &yes}, {Next: &yes}, {Next: &yes}}, asked: []int{1, 2, 3}, waits: []int{2, 3}, resume: 3},
		{name: "the first page denies the totals", stays: true, pages: []Page{{Items: 9, Next: &no, Rows: ids(1, 2)}, {Items: 9, Next: &no, Rows: ids(1, 2)}},
			asked: []int{1, 1}, waits: []int{2}, warns: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := NewSweep(max(tt.size, 2))
			seen := map[ID]bool{}
			var asked, waits []int
			var err error
			for {
				require.Less(t, len(asked), len(tt.pages), "requests: %v", asked)
				asked = append(asked, s.Num())
				page := tt.pages[len(asked)-1]
				for _, row := range page.Rows {
					if !seen[row] {
						seen[row] = true
						page.New++
					}
				}
				if err = s.Read(&page); err != nil {
					break
				}
				gone := page.New
				if tt.stays {
					gone = 0
				}
				wait := s.Settle()
				if !s.Next(gone) {
					break
				}
				if wait {
					waits = append(waits, len(asked)+1)
				}
			}
			require.Equal(t, tt.asked, asked)
			require.Equal(t, tt.waits, waits)
			if tt.resume == 0 {
				require.NoError(t, err)
			} else {
				var contradiction *Error
				require.ErrorAs(t, err, &contradiction)
				require.Equal(t, tt.resume, contradiction.Resume)
			}
			require.Equal(t, tt.warns, len(s.Warnings()) > 0)
		})
	}
}

// TestSweepEnds plays services that would be read for ever.
func TestSweepEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer func(request, num int) Page
		most   int
		stays  bool
		fails  bool
	}{
		{name: "nine pages in turn", most: 120, fails: true, answer: func(_, num int) Page { return Page{Next: &yes, Rows: ids(num%9*2, num%9*2+1)} }},
		{name: "one page, and the total grows", most: 110, fails: true, answer: func(request, _ int) Page { return Page{Items: 10 * request, Rows: ids(1, 2)} }},
		{name: "one page of a million", most: 110, fails: true, answer: func(int, int) Page { return Page{Items: 2_000_000, Rows: ids(1, 2)} }},
		{name: "one page without a word", most: 110, fails: true, answer: func(int, int) Page { return Page{Rows: ids(1, 2)} }},
		{name: "one page without a next", most: 3, answer: func(int, int) Page { return Page{Items: 2, Rows: ids(1, 2)} }},
		{name: "many pages that stay, without totals", most: 303, answer: func(_, num int) Page {
			more := num < 150
			return Page{Next: &more, Rows: ids(2*num, 2*num+1)}
		}, stays: true},
		{name: "a hole that counts nothing", most: 20, answer: func(_, num int) Page {
			if num == 3 {
				return Page{}
			}
			return Page{Items: 10, Rows: ids(2*num, 2*num+1)}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, seen, requests := NewSweep(2), map[ID]bool{}, 0
			for {
				requests++
				require.LessOrEqual(t, requests, tt.most)
				page := tt.answer(requests, s.Num())
				for _, row := range page.Rows {
					if !seen[row] {
						seen[row] = true
						page.New++
					}
				}
				if err := s.Read(&page); err != nil {
					require.True(t, tt.fails, "%v", err)
					return
				}
				gone := page.New
				if tt.stays {
					gone = 0
				}
				if !s.Next(gone) {
					require.False(t, tt.fails)
					return
				}
			}
		})
	}
}

// FuzzSweep feeds arbitrary pages: the sweep ends within a number of requests that
// is bounded by the number of rows.
func FuzzSweep(f *testing.F) {
	f.Add([]byte{2, 1, 10, 5, 1, 2, 3, 4}, uint8(1))
	f.Add([]byte{0, 0, 0, 0, 255, 255}, uint8(3))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		pages, seen := arbitrary(data), map[ID]bool{}
		s := NewSweep(int(size & 3))
		for requests := 0; ; requests++ {
			require.Less(t, requests, 60_000)
			require.Positive(t, s.Num())
			page := pages(requests, s.Num())
			for _, row := range page.Rows {
				if !seen[row] {
					seen[row] = true
					page.New++
				}
			}
			if s.Read(&page) != nil {
				return
			}
			s.Settle()
			if !s.Next(page.New) {
				return
			}
		}
	})
}
