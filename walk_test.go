package domaintask_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
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
		{name: "canceled", library: &library{pages: 20}, prefetch: 3, cancel: "2", most: 3, asks: 5, took: 100 * time.Millisecond},
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

// Pages in flight by the number of items alone, and never more than 64.
func TestPrefetchByItems(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inFlight, most atomic.Int32
		client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			most.Store(max(most.Load(), inFlight.Add(1)))
			defer inFlight.Add(-1)
			time.Sleep(time.Second)
			num := r.URL.Query().Get("PageNum")
			return answering(r, 200, `{"PageSize":1,"TotalItemNum":200,"Data":{"TaskDetail":[{"TaskDetailNo":"`+num+`"}]}}`), nil
		})})
		ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(1000)))
		require.NoError(t, err)
		require.Len(t, ids, 200)
		require.EqualValues(t, 64, most.Load())
	})
}

// The end of a range waits for what it has sent.
func TestBreakWaitsForPagesInFlight(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var inFlight atomic.Int32
		client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			inFlight.Add(1)
			defer inFlight.Add(-1)
			num := r.URL.Query().Get("PageNum")
			if num != "1" {
				<-r.Context().Done()
				time.Sleep(time.Second)
				return nil, r.Context().Err()
			}
			return answering(r, 200, `{"PageSize":1,"TotalPageNum":9,"TotalItemNum":9,"Data":{"TaskDetail":[{"TaskDetailNo":"`+num+`"}]}}`), nil
		})})
		for range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(4)) {
			synctest.Wait()
			require.EqualValues(t, 4, inFlight.Load())
			break
		}
		require.Zero(t, inFlight.Load())
	})
}

// A transport that ends its goroutine, as t.FailNow does, ends the walk with an
// error.
func TestPrefetchSurvivesATransportThatEndsItsGoroutine(t *testing.T) {
	client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		if r.URL.Query().Get("PageNum") == "2" {
			runtime.Goexit() // as t.FailNow does
		}
		return answering(r, 200, `{"CurrentPageNum":1,"PageSize":1,"TotalPageNum":2,"TotalItemNum":2,"Data":{"TaskDetail":[{"TaskDetailNo":"a"}]}}`), nil
	})})
	ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(2)))
	require.Equal(t, []string{"a"}, ids)
	require.Error(t, err)
}

// TestPanicSurfacesInTheRange lets each thing that the user brings panic on page
// three: the loop gets the tasks before it, then the panic, and nothing is left
// in flight. Within the bubble, a goroutine that continues fails the test.
func TestPanicSurfacesInTheRange(t *testing.T) {
	t.Parallel()
	attempts := func(n int32) func() { // panics on its n-th call
		var calls atomic.Int32
		return func() {
			if calls.Add(1) == n {
				panic("out of order")
			}
		}
	}
	for name, broken := range map[string]func(*domaintask.Config){
		"hook": func(c *domaintask.Config) {
			call := attempts(3)
			c.OnAttempt = func(context.Context, domaintask.Attempt) { call() }
		},
		"limiter": func(c *domaintask.Config) {
			call := attempts(3)
			c.Limiter = limiterFunc(func(context.Context) error { call(); return nil })
		},
		"provider": func(c *domaintask.Config) {
			call, provider := attempts(3), static()
			c.Credentials = domaintask.CredentialsFunc(func(ctx context.Context) (domaintask.Credentials, error) { call(); return provider.Credentials(ctx) })
		},
		"transport": func(c *domaintask.Config) {
			call, transport := attempts(3), c.HTTPClient.Transport
			c.HTTPClient = via(func(r *http.Request) (*http.Response, error) { call(); return transport.RoundTrip(r) })
		},
	} {
		for _, prefetch := range []int{0, 2, 8} {
			t.Run(fmt.Sprintf("%s, prefetch %d", name, prefetch), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					library := &library{pages: 20}
					config := domaintask.Config{HTTPClient: &http.Client{Transport: library}}
					broken(&config)
					client := newClient(t, config)
					yielded := 0
					value := recovered(func() {
						for _, err := range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(prefetch)) {
							require.NoError(t, err)
							yielded++
						}
					})
					require.Contains(t, fmt.Sprint(value), "out of order")
					require.LessOrEqual(t, yielded, 8)
					require.Positive(t, yielded)
					if prefetch > 1 {
						panicked, _ := value.(*domaintask.PanicError)
						require.NotNil(t, panicked)
						require.Equal(t, "out of order", panicked.Value)
						require.Contains(t, panicked.Stack, "TestPanicSurfacesInTheRange", "it shows where the panic began")
					}
					require.Zero(t, library.inFlight)
				})
			})
		}
	}
}

// TestPanicBesideABreak: the loop breaks while a page is in flight whose request
// panics when it is canceled. A panic of the loop itself comes first.
func TestPanicBesideABreak(t *testing.T) {
	t.Parallel()
	for _, own := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			library := &library{pages: 9}
			client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
				resp, err := library.RoundTrip(r)
				if err != nil {
					panic("out of order")
				}
				return resp, err
			})})
			value := recovered(func() {
				for range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(3)) {
					synctest.Wait()
					if own {
						panic("the loop")
					}
					break
				}
			})
			if own {
				require.Equal(t, "the loop", value)
			} else {
				require.Contains(t, fmt.Sprint(value), "out of order")
			}
		})
	}
}

// recovered returns what f panics with.
func recovered(f func()) (value any) {
	defer func() { value = recover() }()
	f()
	return nil
}

// TestPrefetchKeepsPagesInFlight walks over a hundred pages, off which a task is
// taken at every so many requests. No request is canceled.
func TestPrefetchKeepsPagesInFlight(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ every, prefetch, most int }{{10, 1, 111}, {10, 8, 127}, {1, 1, 200}, {1, 8, 320}} {
		synctest.Test(t, func(t *testing.T) {
			all := domaintasktest.Tasks(2000, 1)
			service := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, PlainHTTP: true, MaxRequests: -1}, all...)
			defer service.Close()
			config := service.Config()
			requests, canceled := 0, 0
			var mu sync.Mutex
			config.HTTPClient = via(func(r *http.Request) (*http.Response, error) {
				select {
				case <-time.After(50 * time.Millisecond):
				case <-r.Context().Done():
					mu.Lock()
					defer mu.Unlock()
					canceled++
					return nil, r.Context().Err()
				}
				mu.Lock()
				defer mu.Unlock()
				if requests++; requests%tt.every == 0 {
					service.Remove(all[requests/tt.every].TaskDetailNo)
				}
				answer := httptest.NewRecorder()
				service.ServeHTTP(answer, r)
				return answer.Result(), nil
			})
			got, err := collect(t, newClient(t, config).Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 20}, domaintask.WithPrefetch(tt.prefetch)))
			require.NoError(t, err)
			walked := map[string]bool{}
			for _, id := range got {
				walked[id] = true
			}
			for _, task := range service.Tasks() {
				require.True(t, walked[task.TaskDetailNo], task.TaskDetailNo)
			}
			require.LessOrEqual(t, requests, tt.most)
			require.LessOrEqual(t, canceled, tt.prefetch, "only pages beyond the end")
		})
	}
}
