package paging

import (
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	modelSeeds = flag.Uint64("model.seeds", 5_000, "number of worlds that the model tests try in each mode")
	modelSeed  = flag.Int64("model.seed", -1, "the only world to try, to reproduce a failure")
)

// forSeeds runs f in every world. A failure names its seed:
//
//	go test -run TestWalkModel/leaves -model.seed 42 ./internal/paging
func forSeeds(t *testing.T, f func(t *testing.T, seed uint64) (requests int)) {
	t.Helper()
	t.Parallel()
	first, last := uint64(0), *modelSeeds
	if *modelSeed >= 0 {
		first, last = uint64(*modelSeed), uint64(*modelSeed)+1
	}
	requests := 0
	for seed := first; seed < last; seed++ {
		requests += f(t, seed)
	}
	t.Logf("%d worlds, %d requests", last-first, requests)
}

// world is a service whose list moves at every request, determined by the seed.
// Rows are numbers.
type world struct {
	r      *rand.Rand
	asked  int // PageSize of the requests
	size   int // rows on a page
	list   []int
	always map[int]bool // rows that have been listed since the beginning

	joins, leaves, shifts int     // how many more rows join, leave, or move to the front or the end
	pace                  float64 // the chance of each at a request
	where                 int     // rows join and leave: at the head, the tail, anywhere
	faithful              bool    // rows that join do not leave by themselves
	old                   int     // rows that have not joined
	next                  int     // the next row to join
	every                 int     // instead of the above: one row moves every so many requests
	joining               bool    // that row joins; otherwise it leaves
	order                 order   // in which responses to pages in flight arrive

	quirks   quirks
	requests int
	still    int      // how many requests the list rests for
	script   []string // what happened, kept for a failure
}

type order int

const (
	anyOrder order = iota
	requestOrder
	worstOrder // the one in which rows move past the reader
)

// quirks are the claims of the service about its list, right or wrong.
type quirks struct {
	num, size, items, pages, next bool    // sends the field
	factor                        float64 // by which the totals are wrong; 1 means right
	swing                         bool    // totals are wrong on every other page
	cutPages                      bool    // counts pages of the requested size
}

func newWorld(seed uint64) *world {
	r := rand.New(rand.NewPCG(seed, 1))
	w := &world{r: r, asked: 1 + r.IntN(7), always: map[int]bool{}, pace: r.Float64(), where: r.IntN(3)}
	w.size = w.asked
	if r.IntN(4) == 0 {
		w.size = 1 + r.IntN(w.asked)
	}
	for range r.IntN(60) {
		w.list = append(w.list, w.next)
		w.always[w.next] = true
		w.next++
	}
	w.old = w.next
	w.quirks = quirks{num: w.one(2), size: w.one(2), items: true, pages: w.one(2), next: w.one(2), factor: 1, cutPages: w.size < w.asked && w.one(2)}
	return w
}

// one reports true once in n.
func (w *world) one(n int) bool { return w.r.IntN(n) == 0 }

func (w *world) position(n int) int {
	switch {
	case w.where == 0 || n == 0:
		return 0
	case w.where == 1:
		return n - 1
	}
	return w.r.IntN(n)
}

// move lets rows join, leave and change places.
func (w *world) move() {
	if w.every > 0 && w.requests%w.every == 0 {
		w.pace = 1
		if w.joining {
			w.joins = 1
		} else {
			w.leaves = 1
		}
	}
	for w.joins > 0 && w.r.Float64() < w.pace {
		w.joins--
		w.list = slices.Insert(w.list, w.position(len(w.list)+1), w.next)
		w.note("%d joins", w.next)
		w.next++
	}
	for w.leaves > 0 && len(w.list) > 0 && w.r.Float64() < w.pace {
		w.leaves--
		if row := w.list[w.position(len(w.list))]; row < w.old || !w.faithful {
			w.remove(row)
		}
	}
	for w.shifts > 0 && len(w.list) > 0 && w.r.Float64() < w.pace {
		w.shifts--
		at := w.r.IntN(len(w.list))
		row := w.list[at]
		w.list = slices.Delete(w.list, at, at+1)
		w.list = slices.Insert(w.list, w.position(len(w.list)+1), row)
		w.note("%d moves", row)
	}
}

// remove takes a row off the list and reports whether it was there.
func (w *world) remove(row int) bool {
	at := slices.Index(w.list, row)
	if at < 0 {
		return false
	}
	w.list = slices.Delete(w.list, at, at+1)
	delete(w.always, row)
	w.note("%d leaves", row)
	return true
}

// answer returns page num after the list has moved.
func (w *world) answer(num int) (*Page, []int) {
	if w.requests++; w.requests > w.still {
		w.move()
	}
	start := min((num-1)*w.size, len(w.list))
	end := min(start+w.size, len(w.list))
	items, size, q := len(w.list), w.size, w.quirks
	if !q.swing || w.requests%2 == 0 {
		items = int(float64(items) * q.factor)
	}
	if q.cutPages {
		size = w.asked
	}
	p := &Page{}
	if q.num {
		p.Num = num
	}
	if q.size {
		p.Size = size
	}
	if q.items {
		p.Items = items
	}
	if q.pages {
		p.Pages = (items + size - 1) / size
	}
	if q.next {
		more := end < len(w.list)
		p.Next = &more
	}
	rows := slices.Clone(w.list[start:end])
	for _, row := range rows {
		p.Rows = append(p.Rows, id(row))
	}
	w.note("page %d: %v of %d", num, rows, len(w.list))
	return p, rows
}

func (w *world) note(format string, args ...any) {
	if *modelSeed >= 0 {
		w.script = append(w.script, fmt.Sprintf(format, args...))
	}
}

// require fails the test and prints the events.
func (w *world) require(t *testing.T, seed uint64, ok bool, format string, args ...any) {
	t.Helper()
	if !ok {
		for _, line := range w.script {
			t.Log(line)
		}
		require.FailNow(t, fmt.Sprintf(format, args...), "seed %d: asked %d, size %d, %+v", seed, w.asked, w.size, w.quirks)
	}
}

// id returns the identity of a row: its first half is a hash, its second half
// the row.
func id(row int) (i ID) {
	h := (uint64(row) + 1) * 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	binary.NativeEndian.PutUint64(i[:], h^h>>27)
	binary.NativeEndian.PutUint64(i[8:], uint64(row))
	return i
}

func ids(rows ...int) (ids []ID) {
	for _, row := range rows {
		ids = append(ids, id(row))
	}
	return ids
}

// walk reads the list with up to n pages in flight, whose responses arrive in any
// order, and returns the rows that were read.
func (w *world) walk(walk *Walk, n int) (read map[int]bool, err error) {
	type answer struct {
		page *Page
		rows []int
	}
	read = map[int]bool{}
	answers := map[int]*answer{}
	for w.requests < 20_000 {
		want := walk.Want(n)
		if len(want) == 0 {
			return read, nil
		}
		var open []int
		for _, num := range want {
			if answers[num] == nil {
				open = append(open, num)
			}
		}
		for num := range answers {
			if !slices.Contains(want, num) {
				delete(answers, num) // dropped
			}
		}
		for answers[want[0]] == nil {
			i := 0
			switch {
			case w.order == anyOrder:
				i = w.r.IntN(len(open))
			case w.order == worstOrder && w.joining:
				i = slices.Index(open, slices.Max(open))
			case w.order == worstOrder:
				i = slices.Index(open, slices.Min(open))
			}
			page, rows := w.answer(open[i])
			answers[open[i]] = &answer{page, rows}
			open = slices.Delete(open, i, i+1)
		}
		first := answers[want[0]]
		delete(answers, want[0])
		ok, err := walk.Read(want[0], first.page)
		if err != nil {
			return read, err
		}
		if ok {
			for _, row := range first.rows {
				read[row] = true
			}
		}
	}
	return read, fmt.Errorf("%d requests", w.requests)
}

func (w *world) missed(read map[int]bool) (missed []int) {
	for row := range w.always {
		if !read[row] {
			missed = append(missed, row)
		}
	}
	return missed
}
