package domaintask

import (
	"encoding/binary"
	"hash/maphash"
)

// identity stands for one task in 128 bits, so that remembering a task takes
// no more than that. Two tasks share one by a chance of one in 2^128, and the
// seeds, chosen anew in every process, keep anyone from choosing such tasks.
type identity [16]byte

var identitySeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// identityOf is that of the TaskDetailNo. A task without one is identified by
// all that it says.
func identityOf(t *TaskDetail) (id identity) {
	for i, seed := range identitySeeds {
		var h uint64
		if t.TaskDetailNo != "" {
			h = maphash.String(seed, t.TaskDetailNo)
		} else {
			h = maphash.Comparable(seed, *t)
		}
		binary.NativeEndian.PutUint64(id[8*i:], h)
	}
	return id
}
