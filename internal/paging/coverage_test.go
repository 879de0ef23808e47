package paging

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCoverage reads runs of a list that rows leave, or that rows join, and
// checks that no position counts as read unless its row was.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for _, joins := range []bool{false, true} {
		for seed := range uint64(3000) {
			random := rand.New(rand.NewPCG(seed, 0))
			list := make([]bool, random.IntN(60)) // whether each row has been read
			all := slices.Clone(list)             // whether it has been listed all along
			for i := range all {
				all[i] = true
			}
			var c coverage
			for range 20 {
				if len(list) > 0 && random.IntN(2) == 0 {
					start := random.IntN(len(list))
					end := start + random.IntN(10)
					if random.IntN(5) == 0 {
						end = endless
					}
					c.add(span{start, end})
					for i := start; i < min(end, len(list)); i++ {
						list[i] = true
					}
				}
				n := random.IntN(4)
				if joins {
					for range n {
						i := random.IntN(len(list) + 1)
						list, all = slices.Insert(list, i, false), slices.Insert(all, i, false)
					}
					c.move(n)
				} else {
					n = min(n, len(list))
					for range n {
						i := random.IntN(len(list))
						list, all = slices.Delete(list, i, i+1), slices.Delete(all, i, i+1)
					}
					c.move(-n)
				}
				require.True(t, slices.IsSortedFunc(c, func(a, b span) int { return a.start - b.end }))
				for _, s := range c {
					for i := s.start; i < min(s.end, len(list)); i++ {
						require.True(t, list[i] || !all[i], "seed %d: position %d of %v was not read", seed, i, c)
					}
				}
			}
		}
	}
}

func TestCoverageGaps(t *testing.T) {
	t.Parallel()
	var c coverage
	require.Equal(t, []span{{0, 30}}, c.gaps(30))
	require.Empty(t, c.gaps(0))
	c.add(span{0, 10})
	c.add(span{10, 20})
	require.Equal(t, []span{{20, 30}}, c.gaps(30))
	c.move(-3)
	c.add(span{20, endless})
	require.Equal(t, []span{{17, 20}}, c.gaps(30))
	require.Equal(t, []span{{17, 18}}, c.gaps(18))
	c.move(-1)
	require.Equal(t, coverage{{0, 16}, {20, endless}}, c, "nothing follows the last page")
	c.move(2)
	require.Equal(t, coverage{{0, 16}, {22, endless}}, c, "nothing precedes the first")
	c.add(span{10, 25})
	require.Empty(t, c.gaps(30))
	c.add(span{5, 5})
	require.Equal(t, coverage{{0, endless}}, c)
}

// Impossible totals do not overflow or panic.
func TestCoverageOfNonsense(t *testing.T) {
	t.Parallel()
	for _, n := range []int{math.MaxInt, math.MaxInt - 1, 1} {
		c := coverage{{0, 10}, {20, math.MaxInt - 1}, {math.MaxInt - 1, endless}}
		c.move(n)
		c.move(-n)
		for _, s := range c {
			require.GreaterOrEqual(t, s.start, 0)
			require.Greater(t, s.end, s.start)
		}
	}
}
