package domaintask

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestCoverage reads runs of a list from which rows go, or to which rows come,
// and checks that no position is taken for read unless its row was.
func TestCoverage(t *testing.T) {
	t.Parallel()
	for _, comes := range []bool{false, true} {
		for seed := range uint64(3000) {
			random := rand.New(rand.NewPCG(seed, 0))
			list := make([]bool, random.IntN(60)) // whether each row has been read
			all := slices.Clone(list)             // whether it was there from the beginning
			for i := range all {
				all[i] = true
			}
			var c coverage
			for range 20 {
				if len(list) > 0 && random.IntN(2) == 0 {
					start := random.IntN(len(list))
					end := start + random.IntN(10)
					c.add(start, end)
					for i := start; i < min(end, len(list)); i++ {
						list[i] = true
					}
				}
				n := random.IntN(4)
				if comes {
					for range n {
						i := random.IntN(len(list) + 1)
						list, all = slices.Insert(list, i, false), slices.Insert(all, i, false)
					}
					c.grow(n)
				} else {
					n = min(n, len(list))
					for range n {
						i := random.IntN(len(list))
						list, all = slices.Delete(list, i, i+1), slices.Delete(all, i, i+1)
					}
					c.shrink(n)
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

func TestCoverageFrontier(t *testing.T) {
	t.Parallel()
	var c coverage
	require.Equal(t, 0, c.frontier())
	c.add(0, 10)
	c.add(10, 20)
	require.Equal(t, 20, c.frontier())
	c.shrink(3)
	require.Equal(t, 17, c.frontier())
	c.add(20, 30)
	require.Equal(t, 17, c.frontier(), "a gap is left")
	c.shrink(1)
	require.Equal(t, coverage{{0, 16}, {20, 29}}, c)
	c.grow(2)
	require.Equal(t, coverage{{0, 16}, {22, 29}}, c)
	c.add(10, 25)
	require.Equal(t, 29, c.frontier(), "and closed")
	c.shrink(100)
	require.Equal(t, 0, c.frontier())
}

// TestCoverageOfNonsense: totals that no list has neither overflow nor panic.
func TestCoverageOfNonsense(t *testing.T) {
	t.Parallel()
	for _, n := range []int{math.MaxInt, math.MaxInt - 1, 1} {
		c := coverage{{0, 10}, {20, math.MaxInt}}
		c.grow(n)
		c.shrink(n)
		for _, s := range c {
			require.GreaterOrEqual(t, s.start, 0)
			require.Greater(t, s.end, s.start)
		}
	}
}
