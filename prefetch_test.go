package domaintask_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// library is a service of n pages with one task each, that takes 50 ms for a
// page and counts what is in flight. It lives in a synctest bubble.
type library struct {
	pages  int
	last   *bool       // NextPage of the last page; nil = left out
	broken map[int]int // pages that answer with this status

	mu       sync.Mutex
	asked    []int
	inFlight int
	most     int
	open     int // bodies that were not closed
}

func (l *library) RoundTrip(r *http.Request) (*http.Response, error) {
	num, _ := strconv.Atoi(r.URL.Query().Get("PageNum"))
	l.mu.Lock()
	l.asked = append(l.asked, num)
	l.inFlight++
	l.most = max(l.most, l.inFlight)
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		l.inFlight--
		l.mu.Unlock()
	}()
	select {
	case <-time.After(50 * time.Millisecond):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.open++
	next := ""
	if num == l.pages && l.last != nil {
		next = fmt.Sprintf(`"NextPage":%v,`, *l.last)
	}
	body, status := fmt.Sprintf(`{%s"CurrentPageNum":%d,"PageSize":1,"TotalPageNum":%d,"TotalItemNum":%d,"Data":{"TaskDetail":[{"TaskDetailNo":"%d"}]}}`, next, num, l.pages, l.pages, num), 200
	if l.broken[num] != 0 {
		body, status = `{"Code":"Broken"}`, l.broken[num]
	}
	return &http.Response{StatusCode: status, Request: r, Body: &closing{strings.NewReader(body), l}}, nil
}

type closing struct {
	io.Reader
	library *library
}

func (c *closing) Close() error {
	c.library.mu.Lock()
	defer c.library.mu.Unlock()
	c.library.open--
	return nil
}

// TestPrefetch walks with and without pages in flight, and expects the same of
// both: the same tasks in the same order, the same error, nothing left behind.
// What differs is the time it takes.
func TestPrefetch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		library  *library
		prefetch int
		max      int    // WithMaxItems
		stop     string // the task to break off at
		cancel   string // the task to cancel at
		ids      int    // how many tasks are yielded
		fails    int    // the page of the WalkError
		most     int    // in flight
		asks     int    // no page beyond this one is asked for
		took     time.Duration
	}{
		{name: "one after the other", library: &library{pages: 9}, prefetch: 0, ids: 9, most: 1, asks: 9, took: 450 * time.Millisecond},
		{name: "four in flight", library: &library{pages: 9}, prefetch: 4, ids: 9, most: 4, asks: 9, took: 150 * time.Millisecond},
		{name: "more than there are", library: &library{pages: 9}, prefetch: 100, ids: 9, most: 8, asks: 9, took: 100 * time.Millisecond},
		{name: "one page", library: &library{pages: 1}, prefetch: 4, ids: 1, most: 1, asks: 1, took: 50 * time.Millisecond},
		{name: "the last page claims another", library: &library{pages: 3, last: yes(), broken: map[int]int{4: 400}}, prefetch: 4, ids: 3, fails: 4, most: 2, asks: 4, took: 150 * time.Millisecond},
		{name: "an error on page five", library: &library{pages: 20, broken: map[int]int{5: 400}}, prefetch: 3, ids: 4, fails: 5, most: 3, asks: 7, took: 150 * time.Millisecond},
		{name: "no more than is wanted", library: &library{pages: 20}, prefetch: 8, max: 4, ids: 4, most: 3, asks: 4, took: 100 * time.Millisecond},
		{name: "broken off", library: &library{pages: 20}, prefetch: 3, stop: "2", ids: 2, most: 3, asks: 5, took: 100 * time.Millisecond},
		{name: "cancelled", library: &library{pages: 20}, prefetch: 3, cancel: "2", most: 3, asks: 5, took: 100 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: tt.library}})
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				start := time.Now()
				var ids []string
				var last error
				for task, err := range client.Tasks(ctx, domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(tt.prefetch), domaintask.WithMaxItems(tt.max)) {
					if last = err; err != nil {
						continue
					}
					ids = append(ids, task.TaskDetailNo)
					if task.TaskDetailNo == tt.cancel {
						cancel()
					}
					if task.TaskDetailNo == tt.stop {
						break
					}
				}
				if tt.took != 0 {
					require.Equal(t, tt.took, time.Since(start))
				}
				if tt.cancel != "" { // pages that had landed may still be yielded
					require.ErrorIs(t, last, context.Canceled)
					tt.ids, tt.fails = len(ids), len(ids)+1
				}
				require.Len(t, ids, tt.ids)
				for i, id := range ids {
					require.Equal(t, strconv.Itoa(i+1), id)
				}
				if tt.fails == 0 {
					require.NoError(t, last)
				} else {
					var walkErr *domaintask.WalkError
					require.ErrorAs(t, last, &walkErr)
					require.Equal(t, tt.fails, walkErr.PageNum)
				}
				require.Equal(t, tt.most, tt.library.most)
				require.LessOrEqual(t, slices.Max(tt.library.asked), tt.asks)

				// Nothing is on its way when the range has ended, and in the bubble
				// a goroutine that went on would fail the test.
				require.Zero(t, tt.library.inFlight)
				require.Zero(t, tt.library.open)
			})
		})
	}
}
