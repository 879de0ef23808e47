package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime/debug"
	"runtime/metrics"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/internal/benchtest"
)

// TestBenchService is the service that the benchmarks call.
func TestBenchService(t *testing.T) { benchtest.Serve(t) }

// BenchmarkCall reads one page over loopback. "discard" is the floor: net/http
// fetches the same bytes on a kept connection and throws them away.
func BenchmarkCall(b *testing.B) {
	url := benchtest.Service{Pages: 100}.Start(b)
	for _, n := range []int{20, 1000} {
		b.Run(fmt.Sprintf("%d/ours", n), func(b *testing.B) {
			client := benchClient(b, domaintask.Config{Endpoint: url})
			benchtest.Measure(b, func() error {
				_, err := client.PollTaskResult(b.Context(), benchRequest(n))
				return err
			})
		})
		b.Run(fmt.Sprintf("%d/discard", n), func(b *testing.B) {
			client := benchClient(b, domaintask.Config{Endpoint: url})
			signed, err := domaintask.BuildRequest(b.Context(), client, benchRequest(n))
			if err != nil {
				b.Fatal(err)
			}
			var fetcher http.Client
			benchtest.Measure(b, func() error {
				resp, err := fetcher.Post(signed.URL.String(), "", nil)
				if err != nil {
					return err
				}
				defer resp.Body.Close()
				_, err = io.Copy(io.Discard, resp.Body)
				return err
			})
		})
	}
}

// BenchmarkWalk reads a hundred pages of a thousand tasks from a service that
// takes its time for each page.
func BenchmarkWalk(b *testing.B) {
	const pages, size = 100, 1000
	for _, delay := range benchtest.Delays {
		url := benchtest.Service{Pages: pages, Delay: delay}.Start(b)
		for _, way := range []struct {
			name string
			opts []domaintask.Option
		}{
			{"ours", nil},
			{"prefetch8", []domaintask.Option{domaintask.WithPrefetch(8)}},
		} {
			b.Run(fmt.Sprintf("%v/%s", delay, way.name), func(b *testing.B) {
				client := benchClient(b, domaintask.Config{Endpoint: url})
				benchtest.Measure(b, func() error { return walkTasks(b.Context(), client, pages*size, way.opts...) })
			})
		}
	}
}

// walkTasks reads a list that is known to have so many tasks.
func walkTasks(ctx context.Context, client *domaintask.Client, want int, opts ...domaintask.Option) error {
	tasks := 0
	for task, err := range client.Tasks(ctx, domaintask.PollTaskResultRequest{}, opts...) {
		if err != nil {
			return err
		}
		if task.TaskDetailNo == "" {
			return errors.New("a task without a number")
		}
		tasks++
	}
	if tasks != want {
		return fmt.Errorf("%d tasks", tasks)
	}
	return nil
}

// BenchmarkWalkHeap tells the most memory that was in use on the heap during a
// walk, garbage included: it does not depend on how long the walk is.
func BenchmarkWalkHeap(b *testing.B) {
	for _, pages := range []int{100, 1000} {
		b.Run(fmt.Sprintf("%d000", pages), func(b *testing.B) {
			client := benchClient(b, domaintask.Config{Endpoint: benchtest.Service{Pages: pages}.Start(b)})
			var peak uint64
			benchtest.Measure(b, func() error {
				debug.FreeOSMemory()
				stop := make(chan struct{})
				watched := make(chan uint64)
				go func() { watched <- heapPeak(stop) }()
				err := walkTasks(b.Context(), client, pages*1000, domaintask.WithoutDedupe())
				close(stop)
				peak = max(peak, <-watched)
				return err
			})
			b.ReportMetric(float64(peak)/(1<<20), "peak-MiB")
		})
	}
}

// heapPeak looks at the heap every millisecond.
func heapPeak(stop <-chan struct{}) (peak uint64) {
	inUse := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/memory/classes/heap/unused:bytes"}}
	for {
		metrics.Read(inUse)
		peak = max(peak, inUse[0].Value.Uint64()+inUse[1].Value.Uint64())
		select {
		case <-stop:
			return peak
		case <-time.After(time.Millisecond):
		}
	}
}
