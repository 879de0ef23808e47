package paging

import (
	"slices"
	"testing"
)

// TestSweepModel takes rows off lists that move and checks what Sweep
// guarantees.
func TestSweepModel(t *testing.T) {
	t.Parallel()
	t.Run("at rest", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			pages := (len(w.list) + w.size - 1) / w.size
			w.sweepAll(t, seed)
			w.require(t, seed, w.requests <= 2*pages+2, "%d requests for %d pages", w.requests, pages)
			return w.requests
		})
	})
	t.Run("leaves", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.leaves = w.r.IntN(40)
			return w.sweepAll(t, seed)
		})
	})
	t.Run("joins and leaves", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.joins, w.leaves, w.faithful = w.r.IntN(40), w.r.IntN(40), true
			return w.sweepAll(t, seed)
		})
	})
	t.Run("totals are missing or lie", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.joins = w.r.IntN(20)
			w.quirks.factor = []float64{-1, 0, 0.4, 0.9, 1.1, 2.5, 1e6, 1e12}[w.r.IntN(8)]
			w.quirks.swing = w.one(3)
			w.quirks.next = true // otherwise the end is unknown
			return w.sweepAll(t, seed)
		})
	})
	t.Run("anything", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.joins, w.leaves, w.shifts = w.r.IntN(40), w.r.IntN(40), w.r.IntN(10)
			w.quirks.factor = []float64{-1, 0, 0.4, 0.9, 1, 1.1, 2.5, 1e6, 1e12}[w.r.IntN(9)]
			w.quirks.swing, w.quirks.items, w.quirks.next = w.one(2), w.one(2), w.one(2)
			w.sweep(t, seed, NewSweep(w.asked))
			return w.requests
		})
	})
}

// sweepAll sweeps and checks that every row that was listed all along was read.
func (w *world) sweepAll(t *testing.T, seed uint64) int {
	t.Helper()
	read, err := w.sweep(t, seed, NewSweep(w.asked))
	w.require(t, seed, err == nil, "%v", err)
	w.require(t, seed, len(w.missed(read)) == 0, "%v were missed", w.missed(read))
	return w.requests
}

// sweep takes rows off the list, some while later pages are read, refuses
// others, and returns the rows that it has read.
func (w *world) sweep(t *testing.T, seed uint64, s *Sweep) (read map[int]bool, err error) {
	t.Helper()
	refuses := w.r.IntN(4) // every so many rows
	read = map[int]bool{}
	var pending []int // accepted, and not off the list yet
	takeOff := func(n int) (gone int) {
		for range n {
			i := w.r.IntN(len(pending))
			if w.remove(pending[i]) {
				gone++
			}
			pending = slices.Delete(pending, i, i+1)
		}
		return gone
	}
	for {
		w.require(t, seed, w.requests < 5000, "it never ends: %+v", s)
		page, rows := w.answer(s.Num())
		for _, row := range rows {
			if read[row] {
				continue
			}
			read[row] = true
			page.New++
			if refuses == 0 || row%(refuses+1) != 0 {
				pending = append(pending, row)
			}
		}
		if err := s.Read(page); err != nil {
			return read, err
		}
		gone := takeOff(w.r.IntN(len(pending) + 1))
		if s.Settle() {
			gone += takeOff(len(pending))
		}
		if !s.Next(gone) {
			w.require(t, seed, len(pending) == 0, "it ends before rows have settled")
			return read, nil
		}
	}
}
