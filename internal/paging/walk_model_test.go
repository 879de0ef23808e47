package paging

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWalkModel walks lists that move and checks what Walk guarantees.
func TestWalkModel(t *testing.T) {
	t.Parallel()
	t.Run("leaves", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.leaves = w.r.IntN(60)
			return w.walkAll(t, seed, w.r.IntN(9))
		})
	})
	t.Run("leaves, from a later page", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			first := 1 + w.r.IntN(9)
			for _, row := range w.list[:min((first-1)*w.size, len(w.list))] {
				delete(w.always, row)
			}
			w.still, w.leaves = 1, w.r.IntN(60)
			if w.size < w.asked { // the last page of larger pages would look the same
				w.quirks.size, w.quirks.cutPages = true, false
			}
			return w.walkFrom(t, seed, first, w.r.IntN(9))
		})
	})
	t.Run("joins", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.joins = w.r.IntN(40)
			return w.walkAll(t, seed, w.r.IntN(9))
		})
	})
	t.Run("joins, no totals", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.joins = w.r.IntN(40)
			w.quirks.items, w.quirks.pages, w.quirks.next = false, false, true
			return w.walkAll(t, seed, 1)
		})
	})
	t.Run("joins and leaves", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.joins, w.leaves, w.shifts = w.r.IntN(40), w.r.IntN(40), w.r.IntN(10)
			walk := NewWalk(w.r.IntN(2), w.asked)
			_, err := w.walk(walk, w.r.IntN(9))
			// A single row may move to the next page, back to its own, and so
			// look like a page that is repeated.
			w.require(t, seed, err == nil || w.size == 1 && walk.look != nil, "%v", err)
			w.requireBounded(t, seed, walk)
			return w.requests
		})
	})
	t.Run("totals lie", func(t *testing.T) {
		forSeeds(t, func(t *testing.T, seed uint64) int {
			w := newWorld(seed)
			w.quirks.factor = []float64{-1, 0, 0.4, 0.9, 1.1, 2.5, 1e6, 1e12}[w.r.IntN(8)]
			w.quirks.swing = w.one(2)
			w.quirks.next = w.quirks.factor < 1 || w.one(2) // otherwise the end is unknown
			walk := NewWalk(1, w.asked)
			read, err := w.walk(walk, w.r.IntN(9))
			claimsMore := w.quirks.factor > 1 && !w.quirks.next
			w.require(t, seed, err == nil || claimsMore && walk.empty == maxEmpty, "%v", err)
			w.require(t, seed, len(w.missed(read)) == 0, "%v were missed", w.missed(read))
			w.requireBounded(t, seed, walk)
			return w.requests
		})
	})
}

// walkAll walks and checks that every row that was listed all along was read.
func (w *world) walkAll(t *testing.T, seed uint64, prefetch int) int {
	t.Helper()
	return w.walkFrom(t, seed, 1, prefetch)
}

func (w *world) walkFrom(t *testing.T, seed uint64, first, prefetch int) int {
	t.Helper()
	walk := NewWalk(first, w.asked)
	read, err := w.walk(walk, prefetch)
	w.require(t, seed, err == nil, "%v", err)
	w.require(t, seed, len(w.missed(read)) == 0, "%v were missed", w.missed(read))
	w.require(t, seed, len(walk.Warnings()) == 0, "%v", walk.Warnings())
	w.requireBounded(t, seed, walk)
	return w.requests
}

// requireBounded checks the bound in Walk's documentation.
func (w *world) requireBounded(t *testing.T, seed uint64, walk *Walk) {
	t.Helper()
	pages := walk.top + 1
	w.require(t, seed, w.requests <= 16+10*pages+w.next, "%d requests for %d pages", w.requests, pages)
}

// TestWalkCost states how many requests a walk over a hundred pages takes while
// a row leaves or joins at every so many requests, on average.
func TestWalkCost(t *testing.T) {
	t.Parallel()
	const size, pages = 20, 100
	for _, tt := range []struct {
		name            string
		every, prefetch int
		joining         bool
		order           order
		most            int
	}{
		{name: "at rest", prefetch: 1, most: 100},
		{name: "at rest, prefetch", prefetch: 8, most: 100},
		{name: "a row leaves every ten requests", every: 10, prefetch: 1, most: 111},
		{name: "a row leaves every ten requests, prefetch", every: 10, prefetch: 8, order: requestOrder, most: 115},
		{name: "a row leaves every ten requests, prefetch out of order", every: 10, prefetch: 8, most: 127},
		{name: "a row leaves every request", every: 1, prefetch: 1, most: 200},
		{name: "a row leaves every request, prefetch", every: 1, prefetch: 8, order: requestOrder, most: 200},
		{name: "a row leaves every request, prefetch out of order", every: 1, prefetch: 8, most: 250},
		{name: "a row leaves every request, prefetch in the worst order", every: 1, prefetch: 8, order: worstOrder, most: 260},
		{name: "a row leaves every request, much prefetch in the worst order", every: 1, prefetch: 64, order: worstOrder, most: 460},
		{name: "a row joins every ten requests", every: 10, prefetch: 1, joining: true, most: 101},
		{name: "a row joins every ten requests, prefetch", every: 10, prefetch: 8, order: requestOrder, joining: true, most: 101},
		{name: "a row joins every ten requests, prefetch out of order", every: 10, prefetch: 8, joining: true, most: 127},
		{name: "a row joins every request, prefetch", every: 1, prefetch: 8, order: requestOrder, joining: true, most: 107},
		{name: "a row joins every request, prefetch out of order", every: 1, prefetch: 8, joining: true, most: 270},
		{name: "a row joins every request, prefetch in the worst order", every: 1, prefetch: 8, order: worstOrder, joining: true, most: 310},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			const seeds = 9
			requests := 0
			for seed := range uint64(seeds) {
				w := newWorld(seed)
				w.every, w.joining, w.order, w.where = tt.every, tt.joining, tt.order, int(seed%3)
				w.size, w.asked, w.quirks = size, size, quirks{num: true, size: true, items: true, pages: true, next: true, factor: 1}
				for len(w.list) < size*pages {
					w.list = append(w.list, w.next)
					w.always[w.next] = true
					w.next++
				}
				w.walkAll(t, seed, tt.prefetch)
				requests += w.requests
			}
			require.LessOrEqual(t, requests, tt.most*seeds, "%d on average", requests/seeds)
		})
	}
}
