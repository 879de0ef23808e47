package domaintask

import (
	"encoding/binary"
	"hash/maphash"

	"github.com/domaintask/domaintask/internal/paging"
)

// identity identifies a task in 128 bits, so that remembering a task takes no
// more than that. Two tasks share one with a probability of 2^-128. The seeds
// differ in every process, so that nobody can choose such tasks.
type identity = paging.ID

var identitySeeds = [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}

// identityOf returns the identity of a task: its TaskDetailNo. A task without one
// is identified by all its fields.
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
