package paging

import (
	"encoding/binary"
	"slices"
)

const (
	// maxStale is how many pages in a row may bring nothing new.
	maxStale = 100
	// sampled is how many rows of a page are remembered.
	sampled = 8
)

// sample remembers up to eight rows of every page: those whose keys are the
// smallest. The same rows have the same smallest keys in any order, so this
// suffices to notice pages without anything new.
type sample map[uint64]struct{}

// add remembers the rows of a page and reports whether the page is fresh: at
// least a quarter of its sampled rows are new.
func (s sample) add(rows []ID) (fresh bool) {
	var least [sampled + 1]uint64
	smallest := least[:0]
	for i := range rows {
		k := key(&rows[i])
		if len(smallest) == sampled && k >= smallest[sampled-1] {
			continue
		}
		if at, found := slices.BinarySearch(smallest, k); !found {
			smallest = slices.Insert(smallest, at, k)
			smallest = smallest[:min(len(smallest), sampled)]
		}
	}
	unseen := 0
	for _, k := range smallest {
		if _, ok := s[k]; !ok {
			s[k] = struct{}{}
			unseen++
		}
	}
	return unseen > 0 && 4*unseen >= len(smallest)
}

// fingerprint identifies a set of rows: a service that does not advance may
// send them in another order.
func fingerprint(rows []ID) (sum uint64) {
	for i := range rows {
		sum += key(&rows[i])
	}
	return sum
}

func key(id *ID) uint64 { return binary.NativeEndian.Uint64(id[:8]) }
