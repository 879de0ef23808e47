package paging

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var yes, no = true, false

// reader is the driver of a machine over scripted pages: one page at a time.
type reader struct {
	asked []int
	rows  []int // of the pages that count, in the order in which they were read
	err   *Error
}

// readAll walks over the pages that answer returns.
func readAll(t *testing.T, w *Walk, most int, answer func(request, num int) Page) (r reader) {
	t.Helper()
	for {
		want := w.Want(1)
		if len(want) == 0 {
			return r
		}
		require.Less(t, len(r.asked), most, "requests: %v", r.asked)
		r.asked = append(r.asked, want[0])
		p := answer(len(r.asked), want[0])
		ok, err := w.Read(want[0], &p)
		if err != nil {
			require.ErrorIs(t, err, Err)
			require.ErrorAs(t, err, &r.err)
			return r
		}
		if ok {
			r.rows = append(r.rows, numbers(p.Rows)...)
		}
	}
}

func numbers(ids []ID) (rows []int) {
	for _, i := range ids {
		rows = append(rows, int(i[8])+int(i[9])<<8+int(i[10])<<16)
	}
	return rows
}

// TestWalk plays pages and states which pages are requested, how many rows are
// read, and where the walk fails.
func TestWalk(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		first  int
		size   int // PageSize of the requests; 0 = 2
		pages  []Page
		asked  []int
		rows   []int
		resume int   // the page of the error; 0 = no error
		warns  []int // the pages of warnings
	}{
		// The end.
		{name: "nothing", pages: []Page{{}}, asked: []int{1}},
		{name: "nothing, with a flag", pages: []Page{{Num: 1, Next: &no}}, asked: []int{1}},
		{name: "one page", pages: []Page{{Num: 1, Pages: 1, Items: 1, Rows: ids(1)}}, asked: []int{1}, rows: []int{1}},
		{name: "by flag", pages: []Page{{Next: &yes, Rows: ids(1, 2)}, {Next: &no, Rows: ids(3)}}, asked: []int{1, 2}, rows: []int{1, 2, 3}},
		{name: "by pages", pages: []Page{{Pages: 2, Rows: ids(1, 2)}, {Pages: 2, Rows: ids(3)}}, asked: []int{1, 2}, rows: []int{1, 2, 3}},
		{name: "by items", pages: []Page{{Items: 3, Rows: ids(1, 2)}, {Items: 3, Rows: ids(3)}}, asked: []int{1, 2}, rows: []int{1, 2, 3}},
		{name: "by nothing", pages: []Page{{Rows: ids(1, 2)}, {Rows: ids(3)}}, asked: []int{1, 2}, rows: []int{1, 2, 3}},
		{name: "the flag outlasts the totals", pages: []Page{{Pages: 1, Items: 1, Next: &yes, Rows: ids(1)}, {Pages: 1, Items: 1, Next: &no, Rows: ids(2)}},
			asked: []int{1, 2}, rows: []int{1, 2}},
		{name: "the flag ends before the totals do", pages: []Page{{Pages: 2, Items: 3, Next: &no, Rows: ids(1, 2)}}, asked: []int{1}, rows: []int{1, 2}, warns: []int{1}},
		{name: "from a later page", first: 3, pages: []Page{{Num: 3, Pages: 3, Items: 5, Rows: ids(5)}}, asked: []int{3}, rows: []int{5}},
		{name: "from beyond the end", first: 9, pages: []Page{{Num: 9, Pages: 3, Items: 5}}, asked: []int{9}},
		{name: "emptied on the way", pages: []Page{{Items: 5, Rows: ids(1, 2)}, {}}, asked: []int{1, 2}, rows: []int{1, 2}},

		// Page sizes.
		{name: "cut, pages counted by the size asked for", size: 1000, pages: []Page{
			{Size: 1000, Pages: 1, Items: 5, Rows: ids(1, 2)}, {Size: 1000, Pages: 1, Items: 5, Rows: ids(3, 4)}, {Size: 1000, Pages: 1, Items: 5, Rows: ids(5)},
		}, asked: []int{1, 2, 3}, rows: []int{1, 2, 3, 4, 5}},
		{name: "cut, resumed at page 2", first: 2, size: 1000, pages: []Page{
			{Size: 1000, Pages: 1, Items: 5, Rows: ids(3, 4)}, {Size: 1000, Pages: 1, Items: 5, Rows: ids(5)},
		}, asked: []int{2, 3}, rows: []int{3, 4, 5}},
		{name: "resumed at the last page", first: 3, size: 1000, pages: []Page{{Num: 3, Pages: 3, Items: 5, Rows: ids(5)}}, asked: []int{3}, rows: []int{5}},
		{name: "cut, and the counted rest does not come", size: 1000, pages: []Page{{Pages: 1, Items: 5, Rows: ids(1, 2)}, {Pages: 1, Items: 5}, {Pages: 1, Items: 5}},
			asked: []int{1, 2, 3}, rows: []int{1, 2}},
		{name: "larger than asked for", pages: []Page{{Items: 5, Rows: ids(1, 2, 3)}, {Items: 5, Rows: ids(4, 5)}}, asked: []int{1, 2}, rows: []int{1, 2, 3, 4, 5}},
		{name: "a short page in the middle", pages: []Page{{Pages: 3, Items: 6, Rows: ids(1, 2)}, {Pages: 3, Items: 6, Rows: ids(3)}, {Pages: 3, Items: 6, Rows: ids(5, 6)}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3, 5, 6}},
		{name: "size is the number of rows", size: 3, pages: []Page{{Size: 3, Next: &yes, Rows: ids(1, 2, 3)}, {Size: 1, Next: &yes, Rows: ids(4)}, {Size: 2, Next: &no, Rows: ids(5, 6)}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3, 4, 5, 6}},
		{name: "one row in all, counted", size: 1, pages: []Page{{Items: 1, Rows: ids(1)}}, asked: []int{1}, rows: []int{1}},
		{name: "one row a page", size: 1, pages: []Page{{Items: 2, Rows: ids(1)}, {Items: 2, Rows: ids(2)}}, asked: []int{1, 2}, rows: []int{1, 2}},

		// Counts that cannot be.
		{name: "negative", pages: []Page{{Items: -5, Pages: -1, Rows: ids(1, 2)}, {Items: -5, Pages: -1, Rows: ids(3)}}, asked: []int{1, 2}, rows: []int{1, 2, 3}},
		{name: "items of the page", pages: []Page{{Items: 2, Pages: 3, Rows: ids(1, 2)}, {Items: 2, Pages: 3, Rows: ids(3, 4)}, {Items: 1, Pages: 3, Rows: ids(5)}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3, 4, 5}},
		{name: "items of the page, and nothing else", pages: []Page{{Items: 2, Next: &yes, Rows: ids(1, 2)}, {Items: 2, Rows: ids(3, 4)}, {Items: 1, Rows: ids(5)}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3, 4, 5}},
		{name: "pages up to here", pages: []Page{{Pages: 1, Next: &yes, Rows: ids(1, 2)}, {Pages: 1, Rows: ids(3, 4)}, {Pages: 1, Rows: ids(5)}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3, 4, 5}},
		{name: "pages by a smaller size, and a flag", pages: []Page{{Items: 3, Pages: 30, Rows: ids(1, 2)}, {Items: 3, Pages: 30, Rows: ids(3)}, {Items: 3, Pages: 30, Next: &no}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3}},
		{name: "pages by a smaller size", pages: []Page{{Items: 3, Pages: 30, Rows: ids(1, 2)}, {Items: 3, Pages: 30, Rows: ids(3)}, {Items: 3, Pages: 30}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3}},
		{name: "more than page numbers reach", pages: []Page{{Items: math.MaxInt, Pages: math.MaxInt, Rows: ids(1, 2)}, {Items: math.MaxInt, Rows: ids(3)}}, asked: []int{1, 2}, rows: []int{1, 2, 3}},
		{name: "missing on one page", pages: []Page{{Pages: 3, Items: 6, Rows: ids(1, 2)}, {Pages: 3, Rows: ids(3, 4)}, {Pages: 3, Items: 6, Rows: ids(5, 6)}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3, 4, 5, 6}},
		{name: "negative on one page", pages: []Page{{Items: 5, Rows: ids(1, 2)}, {Items: -1, Rows: ids(3, 4)}, {Items: 5, Rows: ids(5)}},
			asked: []int{1, 2, 3}, rows: []int{1, 2, 3, 4, 5}},

		// A service that does not advance.
		{name: "another page", pages: []Page{{Num: 1, Pages: 3, Rows: ids(1, 2)}, {Num: 1, Pages: 3, Rows: ids(3, 4)}}, asked: []int{1, 2}, rows: []int{1, 2}, resume: 2},
		{name: "numbers from 0", pages: []Page{{Num: 0, Pages: 3, Rows: ids(1, 2)}, {Num: 1, Pages: 3, Rows: ids(3, 4)}}, asked: []int{1, 2}, rows: []int{1, 2}, resume: 2},
		{name: "a negative number", pages: []Page{{Num: -1, Rows: ids(1)}}, asked: []int{1}, resume: 1},
		{name: "one page for ever", pages: []Page{{Next: &yes, Rows: ids(1, 2)}, {Next: &yes, Rows: ids(2, 1)}, {Next: &yes, Rows: ids(1, 2)}},
			asked: []int{1, 2, 1}, rows: []int{1, 2}, resume: 2},
		{name: "the last page for ever", pages: []Page{{Next: &yes, Rows: ids(1, 2)}, {Next: &yes, Rows: ids(3)}, {Next: &yes, Rows: ids(3)}, {Next: &yes, Rows: ids(3)}},
			asked: []int{1, 2, 3, 2}, rows: []int{1, 2, 3}, resume: 3},
		{name: "two pages in turn", pages: []Page{{Next: &yes, Rows: ids(1, 2)}, {Next: &yes, Rows: ids(3, 4)}, {Next: &yes, Rows: ids(1, 2)}, {Next: &yes, Rows: ids(1, 2)}},
			asked: []int{1, 2, 3, 1}, rows: []int{1, 2, 3, 4}, resume: 3},
		{name: "three empty pages that claim more", pages: []Page{{Items: 90, Rows: ids(1)}, {Items: 90, Next: &yes}, {Items: 90}, {Items: 90}},
			size: 1, asked: []int{1, 2, 3, 4}, rows: []int{1}, resume: 2},
		{name: "empty pages before the size is known", size: 1000, pages: []Page{{Items: 90, Pages: 9, Next: &yes}, {Items: 90, Pages: 9}, {Next: &no, Rows: ids(1)}},
			asked: []int{1, 2, 3}, rows: []int{1}},
		{name: "two empty pages that claim more", pages: []Page{{Next: &yes, Rows: ids(1, 2)}, {Next: &yes}, {Next: &yes}, {Next: &no, Rows: ids(3)}},
			asked: []int{1, 2, 3, 4}, rows: []int{1, 2, 3}},

		// Lists that move.
		{name: "two join and two leave between two requests", pages: []Page{
			{Items: 4, Rows: ids(1, 2)}, {Items: 4, Rows: ids(1, 2)}, {Items: 4, Rows: ids(5, 6)}, {Items: 4, Rows: ids(1, 2)},
		}, asked: []int{1, 2, 1, 2}, rows: []int{1, 2, 5, 6, 1, 2}},
		{name: "two join and two leave, and one joins before the second look", pages: []Page{
			{Items: 4, Rows: ids(1, 2)}, {Items: 4, Rows: ids(1, 2)}, {Items: 5, Rows: ids(1, 2)}, {Items: 5, Rows: ids(3, 4)}, {Items: 5, Rows: ids(5)},
		}, asked: []int{1, 2, 1, 2, 3}, rows: []int{1, 2, 1, 2, 3, 4, 5}},
		{name: "two join", pages: []Page{{Items: 2, Rows: ids(1, 2), Next: &yes}, {Items: 4, Rows: ids(1, 2)}}, asked: []int{1, 2}, rows: []int{1, 2, 1, 2}},
		{name: "one leaves", pages: []Page{
			{Items: 7, Rows: ids(1, 2)}, {Items: 7, Rows: ids(3, 4)}, {Items: 6, Rows: ids(6, 7)}, {Items: 6, Rows: ids(4, 5)},
		}, asked: []int{1, 2, 3, 2}, rows: []int{1, 2, 3, 4, 6, 7, 4, 5}},
		{name: "one leaves, and pages are cut", size: 9, pages: []Page{
			{Items: 6, Rows: ids(1, 2)}, {Items: 5, Rows: ids(4, 5)}, {Items: 5, Rows: ids(6)}, {Items: 5, Rows: ids(2, 3)},
		}, asked: []int{1, 2, 3, 1}, rows: []int{1, 2, 4, 5, 6, 2, 3}},
		{name: "one leaves before a later first page", first: 3, pages: []Page{
			{Items: 8, Rows: ids(5, 6)}, {Items: 7, Rows: ids(8)}, {Items: 7, Rows: ids(6, 7)},
		}, asked: []int{3, 4, 3}, rows: []int{5, 6, 8, 6, 7}},
		{name: "one leaves at the end", pages: []Page{{Items: 3, Rows: ids(1, 2)}, {Items: 2}, {Items: 2, Rows: ids(1, 2)}},
			asked: []int{1, 2, 1}, rows: []int{1, 2, 1, 2}},
		{name: "all leave after some", size: 1, pages: []Page{{Items: 9, Rows: ids(1)}, {Items: 8, Rows: ids(3)}, {Items: 7, Rows: ids(5)}, {}, {}},
			asked: []int{1, 2, 3, 4, 1}, rows: []int{1, 3, 5}},
		{name: "rows leave while the total is frozen", size: 1, pages: []Page{{Items: 9, Rows: ids(1)}, {Items: 9, Rows: ids(3)}, {Items: 9}, {Items: 9}, {Items: 9}},
			asked: []int{1, 2, 3, 4, 5}, rows: []int{1, 3}, resume: 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := NewWalk(tt.first, max(tt.size, 2-2*min(tt.size, 1)))
			r := readAll(t, w, len(tt.pages)+1, func(request, _ int) Page { return tt.pages[request-1] })
			require.Equal(t, tt.asked, r.asked)
			require.Equal(t, tt.rows, r.rows)
			if tt.resume == 0 {
				require.Nil(t, r.err)
			} else {
				require.NotNil(t, r.err)
				require.Equal(t, tt.resume, r.err.Resume)
			}
			var warns []int
			for _, warning := range w.Warnings() {
				warns = append(warns, warning.Page)
			}
			if r.err == nil {
				require.Equal(t, tt.warns, warns)
			}
		})
	}
}

// TestWalkEnds plays services that would be read for ever.
func TestWalkEnds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer func(request, num int) Page
		most   int
		last   int // the highest page that is requested; 0 = any
		fails  bool
		warns  bool
	}{
		{name: "nine pages in turn", most: 11, fails: true, answer: func(_, num int) Page {
			return Page{Next: &yes, Rows: ids(num%9*2, num%9*2+1)}
		}},
		{name: "nine pages in turn, with totals", most: 11, fails: true, answer: func(_, num int) Page {
			return Page{Num: num, Items: 3000, Pages: 1500, Rows: ids(num%9*2, num%9*2+1)}
		}},
		{name: "any rows", most: 300, fails: true, answer: func(request, _ int) Page {
			return Page{Next: &yes, Rows: ids(rand.New(rand.NewPCG(uint64(request), 7)).Perm(40)[:20]...)}
		}},
		{name: "the same rows but one", most: 110, fails: true, answer: func(request, _ int) Page {
			return Page{Next: &yes, Rows: ids(1, 2, 3, 4, 5, 6, 7, 100+request)}
		}},
		{name: "two pages in turn, for any request", most: 110, fails: true, answer: func(request, _ int) Page {
			return Page{Next: &yes, Rows: ids(request/2%2*2, request/2%2*2+1)}
		}},
		{name: "totals swing", most: 100, last: 5, warns: true, answer: func(request, num int) Page {
			return Page{Num: num, Size: 1, Items: 5 + request%2, Pages: 5, Rows: ids(num)}
		}},
		{name: "totals swing by a million", most: 1000, warns: true, answer: func(request, num int) Page {
			more := num < 30
			return Page{Num: num, Items: 1_000_000 * (1 + request%2), Next: &more, Rows: ids(num)}
		}},
		{name: "totals grow at every request, and no rows", most: 3, fails: true, answer: func(request, num int) Page {
			return Page{Items: 10 * request}
		}},
		{name: "totals grow at every request, and the same rows", most: 210, fails: true, answer: func(request, num int) Page {
			return Page{Items: 10 * request, Rows: ids(1, 2)}
		}},
		{name: "empty pages and repeated ones in turn", most: 310, fails: true, answer: func(request, num int) Page {
			if request%2 == 0 {
				return Page{Next: &yes}
			}
			return Page{Next: &yes, Items: request * 10, Rows: ids(1, 2)}
		}},
		{name: "a pinned row on every page", most: 400, answer: func(_, num int) Page {
			more := num < 400
			return Page{Next: &more, Rows: ids(0, num)}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := NewWalk(1, 2)
			r := readAll(t, w, tt.most+1, tt.answer)
			require.Equal(t, tt.fails, r.err != nil, "%v", r.err)
			require.True(t, tt.last == 0 || slices.Max(r.asked) == tt.last, "%v", r.asked)
			require.Equal(t, tt.warns, len(w.Warnings()) > 0 && r.err == nil, "%v", w.Warnings())
		})
	}
}

// TestWalkWant states what is in flight after each page that is read.
func TestWalkWant(t *testing.T) {
	t.Parallel()
	w := NewWalk(1, 2)
	read := func(num int, p Page) {
		t.Helper()
		p.Num = num
		ok, err := w.Read(num, &p)
		require.NoError(t, err)
		require.True(t, ok)
	}
	require.Equal(t, []int{1}, w.Want(3), "nothing is known to follow")
	read(1, Page{Items: 9, Rows: ids(1, 2)})
	require.Equal(t, []int{2, 3, 4}, w.Want(3))
	require.Equal(t, []int{2, 3, 4}, w.Want(3), "they are in flight")
	require.Equal(t, []int{2, 3, 4}, w.Want(0), "they are not dropped")
	require.Equal(t, []int{2, 3, 4, 5}, w.Want(9), "no more are counted")
	read(2, Page{Items: 9, Rows: ids(3, 4)})
	read(3, Page{Items: 8, Rows: ids(6, 7)})
	require.Equal(t, []int{4, 5}, w.Want(3), "rows have moved, and pages in flight are still wanted")
	read(4, Page{Items: 8, Rows: ids(8, 9)})
	require.Equal(t, []int{2}, w.Want(3), "the list ends before page 5, which is dropped")
	ok, err := w.Read(5, &Page{})
	require.NoError(t, err)
	require.False(t, ok)
	read(2, Page{Items: 8, Rows: ids(4, 5)})
	require.Empty(t, w.Want(3))
	require.Empty(t, w.Warnings())
}

// TestWalkJoinInFlight: a row joins after page 3 was answered and before page 2
// was, which comes first. So row 4 is on neither.
func TestWalkJoinInFlight(t *testing.T) {
	t.Parallel()
	w := NewWalk(1, 2)
	for _, step := range []struct {
		want []int
		page Page
	}{
		{[]int{1}, Page{Items: 6, Rows: ids(1, 2)}},
		{[]int{2, 3}, Page{Items: 7, Rows: ids(0, 3)}},
		{[]int{3, 4}, Page{Items: 6, Rows: ids(5, 6)}},
		{[]int{3}, Page{Items: 7, Rows: ids(4, 5)}},
	} {
		require.Equal(t, step.want, w.Want(2))
		ok, err := w.Read(step.want[0], &step.page)
		require.NoError(t, err)
		require.True(t, ok)
	}
	require.Empty(t, w.Want(2))
	require.Empty(t, w.Warnings())
}

// TestWalkLooksOnlyAtOlderPages: a page that was requested before another with
// the same rows was read proves nothing, and is requested again.
func TestWalkLooksOnlyAtOlderPages(t *testing.T) {
	t.Parallel()
	w := NewWalk(1, 2)
	require.Equal(t, []int{1}, w.Want(2))
	_, err := w.Read(1, &Page{Items: 8, Rows: ids(1, 2)})
	require.NoError(t, err)
	require.Equal(t, []int{2, 3}, w.Want(2))
	_, err = w.Read(2, &Page{Items: 8, Rows: ids(5, 6)})
	require.NoError(t, err)
	// Page 3 was answered before two rows left and two others joined.
	ok, err := w.Read(3, &Page{Items: 8, Rows: ids(5, 6)})
	require.NoError(t, err)
	require.False(t, ok)
	require.Equal(t, []int{3, 4}, w.Want(2))
	ok, err = w.Read(3, &Page{Items: 8, Rows: ids(7, 8)})
	require.NoError(t, err)
	require.True(t, ok)
}

// FuzzWalk feeds arbitrary pages: the walk ends, within a bound of requests
// that follows from the rows that there are.
func FuzzWalk(f *testing.F) {
	f.Add([]byte{2, 1, 10, 5, 1, 2, 3, 4}, uint8(1))
	f.Add([]byte{0, 0, 0, 0, 255, 255}, uint8(8))
	f.Fuzz(func(t *testing.T, data []byte, prefetch uint8) {
		pages := arbitrary(data)
		w := NewWalk(int(prefetch>>4), 1+int(prefetch>>6))
		for requests := 0; ; requests++ {
			want := w.Want(int(prefetch & 15))
			if len(want) == 0 {
				break
			}
			require.Less(t, requests, 60_000)
			require.Positive(t, slices.Min(want))
			p := pages(requests, want[0])
			if _, err := w.Read(want[0], &p); err != nil {
				break
			}
		}
		w.Warnings()
	})
}

// arbitrary returns a service of at most 256 rows, whose pages follow from data
// over and over.
func arbitrary(data []byte) func(request, num int) Page {
	return func(request, num int) (p Page) {
		if len(data) == 0 {
			return p
		}
		at := request * 7
		next := func() int { at++; return int(int8(data[at%len(data)])) }
		if next()%2 == 0 {
			p.Num = num
		}
		p.Size, p.Items, p.Pages = next(), next()*max(next(), 1), next()
		switch next() % 4 {
		case 0:
			p.Next = &no
		case 1, 2:
			p.Next = &yes
		}
		for range max(next(), 0) % 6 {
			p.Rows = append(p.Rows, id(next()&255))
		}
		return p
	}
}
