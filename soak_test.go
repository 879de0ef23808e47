//go:build soak

package domaintask_test

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestSoak makes a hundred thousand requests of 64 goroutines to a service
// that misbehaves, and expects heap, connections and goroutines to stay where
// they were after the first ten thousand:
//
//	go test -tags soak -run TestSoak -v .
func TestSoak(t *testing.T) {
	const requests, sample, goroutines = 100_000, 10_000, 64
	w := misbehaving(t, 200)
	var heaps, opens, counts []uint64
	for len(heaps) < requests/sample {
		goal := int64(len(heaps)+1) * sample
		var wg sync.WaitGroup
		var kind atomic.Int64
		for range goroutines {
			wg.Go(func() {
				for w.calls.Load() < goal {
					mixedCall(t.Context(), w.client, int(kind.Add(1)))
				}
			})
		}
		wg.Wait()
		// The service remembers nonces for half an hour. That it forgets them is
		// no leak, and the client has a clock to correct.
		w.ahead.Add(int64(31 * time.Minute))
		runtime.GC()
		runtime.GC() // what sync.Pool holds goes with the second one
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		heaps, opens, counts = append(heaps, m.HeapAlloc), append(opens, uint64(w.open.Load())), append(counts, uint64(runtime.NumGoroutine()))
		t.Logf("%6d requests: heap %5d KiB, %3d connections open of %5d made, %d goroutines",
			w.calls.Load(), m.HeapAlloc>>10, w.open.Load(), w.dialed.Load(), runtime.NumGoroutine())
	}
	for i := range heaps {
		require.Less(t, heaps[i], heaps[0]+2<<20, "heap")
		require.LessOrEqual(t, opens[i], uint64(4*goroutines), "connections: three pages may be in flight in each goroutine, beside the one that is waited for")
		require.LessOrEqual(t, counts[i], uint64(4*4*goroutines), "goroutines")
	}
	w.close()
	require.Zero(t, w.open.Load())
}
