package wire_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// Keeping a part of a page does not keep the rest alive: neither the document nor
// the other tasks, and a value that tasks share does not keep the long text of one.
// Not parallel: it counts the memory of the whole program.
func TestKeepingLittleKeepsLittleAlive(t *testing.T) {
	const pages, limit = 32, 16 << 20 // each page has more than a megabyte
	page := newBenchPage(1000, false)
	for i := range page.Data.TaskDetail {
		page.Data.TaskDetail[i].TaskResult = strings.Repeat("long ", 200)
	}
	page.Data.TaskDetail[0].TaskResult = strings.Repeat("longer ", 150_000)
	for name, doc := range map[string][]byte{"json": page.json(t), "xml": page.xml(t)} {
		var tasks [pages]wire.Task
		var values [pages]string
		before := heap()
		for i := range pages {
			_, all, err := wire.DecodePage(doc, pageRoot, pageLimit, keep)
			require.NoError(t, err)
			tasks[i], values[i] = all[500], all[999].TaskStatus
		}
		require.Less(t, heap(), before+limit, name)
		runtime.KeepAlive(tasks)
		runtime.KeepAlive(values)
	}
}

func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// A short document that claims many tasks cannot make the decoder reserve much
// memory.
func TestReservedMemoryIsBounded(t *testing.T) {
	t.Parallel()
	tiny := strings.Repeat(`{"TaskNo":1},`, 2)
	_, tasks, err := wire.DecodePage([]byte(`{"Data":[`+strings.Repeat(tiny, 9)+`{"TaskNo":"`+strings.Repeat("x", 8<<20)+`"}]}`), pageRoot, pageLimit, keep)
	require.NoError(t, err)
	require.Len(t, tasks, 19)
	require.Less(t, cap(tasks), 2048)
}

// Not parallel: it counts the allocations of the whole program.
func TestAllocations(t *testing.T) {
	const tasks = 1000
	for _, mixed := range []bool{false, true} {
		page := newBenchPage(tasks, mixed)
		for name, doc := range map[string][]byte{"json": page.json(t), "xml": page.xml(t)} {
			allocs := testing.AllocsPerRun(5, func() {
				_, _, err := wire.DecodePage(doc, pageRoot, pageLimit, keep)
				require.NoError(t, err)
			})
			require.LessOrEqual(t, allocs, 1.05*tasks, fmt.Sprint(name, mixed))
		}
	}
}
