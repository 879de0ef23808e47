package wire_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// What is kept of a page does not keep the rest of it: not the document, not
// the other tasks, and a value that tasks share not the long text of one.
// Not parallel: it counts what the whole program keeps.
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

// A short document cannot make the decoder reserve much for what it only
// pretends to hold.
func TestReservedMemoryIsBounded(t *testing.T) {
	t.Parallel()
	tiny := strings.Repeat(`{"TaskNo":1},`, 2)
	_, tasks, err := wire.DecodePage([]byte(`{"Data":[`+strings.Repeat(tiny, 9)+`{"TaskNo":"`+strings.Repeat("x", 8<<20)+`"}]}`), pageRoot, pageLimit, keep)
	require.NoError(t, err)
	require.Len(t, tasks, 19)
	require.Less(t, cap(tasks), 2048)
}

// Not parallel: it counts what the whole program allocates.
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
