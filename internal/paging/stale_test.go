package paging

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSample: up to eight rows of a page are remembered, and a page is fresh if
// a quarter of them are new.
func TestSample(t *testing.T) {
	t.Parallel()
	page := func(keys ...byte) (rows []ID) {
		for _, key := range keys {
			// The same byte eight times, so keys have one order on every machine.
			rows = append(rows, ID{key, key, key, key, key, key, key, key})
		}
		return rows
	}
	s := sample{}
	require.True(t, s.add(page(20, 19, 18, 17, 16, 15, 14, 13, 12, 11, 10, 10)))
	require.Len(t, s, 8)
	require.False(t, s.add(page(10, 11, 12, 13, 14, 15, 16, 17, 18, 19)), "the smallest are known")
	require.False(t, s.add(page(9, 10, 11, 12, 13, 14, 15, 16)), "one of eight is new")
	require.True(t, s.add(page(7, 8, 10, 11, 12, 13, 14, 15)), "two of eight are new")
	require.False(t, s.add(page(7, 8, 10, 11, 12, 13, 14, 15)))
	require.True(t, s.add(page(1, 7)), "one of two is new")
	require.False(t, s.add(nil))
}
