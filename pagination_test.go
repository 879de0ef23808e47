package domaintask_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// collect reads a sequence of tasks to its end and checks that an error, if
// any, comes last and with the zero task.
func collect(t *testing.T, tasks iter.Seq2[domaintask.TaskDetail, error]) (ids []string, err error) {
	t.Helper()
	ids = []string{}
	for task, e := range tasks {
		require.NoError(t, err, "nothing follows an error")
		if err = e; err != nil {
			require.Zero(t, task)
			continue
		}
		ids = append(ids, task.TaskDetailNo)
	}
	return ids, err
}

// TestWalk plays pages and states what is yielded, which pages are requested and
// where the walk fails. Which page to read next is tested in internal/paging.
func TestWalk(t *testing.T) {
	t.Parallel()
	three := func(next1, next2, next3 *bool) []page {
		return []page{
			{CurrentPageNum: 1, TotalPageNum: 3, TotalItemNum: 5, NextPage: next1, ids: []string{"a", "b"}},
			{CurrentPageNum: 2, TotalPageNum: 3, TotalItemNum: 5, NextPage: next2, ids: []string{"c", "d"}},
			{CurrentPageNum: 3, TotalPageNum: 3, TotalItemNum: 5, NextPage: next3, ids: []string{"e"}},
		}
	}
	same := page{TotalPageNum: 3, TotalItemNum: 5, ids: []string{"a", "b"}}
	for _, tt := range []struct {
		name   string
		req    domaintask.PollTaskResultRequest
		pages  []page
		ids    []string
		asked  []int
		resume int // the page of the WalkError, 0 = no error
		is     error
	}{
		{name: "no tasks, no flags, no totals", pages: []page{{}}, ids: []string{}, asked: []int{1}},
		{name: "three pages by flag", pages: three(yes(), yes(), no()), ids: []string{"a", "b", "c", "d", "e"}, asked: []int{1, 2, 3}},
		{name: "three pages by totals", pages: three(nil, nil, nil), ids: []string{"a", "b", "c", "d", "e"}, asked: []int{1, 2, 3}},
		{name: "from a later page", req: domaintask.PollTaskResultRequest{PageNum: 3}, pages: three(nil, nil, nil)[2:], ids: []string{"e"}, asked: []int{3}},
		{name: "pages of another size than requested and stated", pages: []page{
			{PageSize: 1000, TotalPageNum: 1, TotalItemNum: 3, ids: []string{"a", "b"}}, {PageSize: 1000, TotalPageNum: 1, TotalItemNum: 3, ids: []string{"c"}},
		}, ids: []string{"a", "b", "c"}, asked: []int{1, 2}},
		{name: "error on page one", pages: []page{{status: 400}}, ids: []string{}, asked: []int{1}, resume: 1},
		{name: "error on page two", pages: []page{three(nil, nil, nil)[0], {status: 400}}, ids: []string{"a", "b"}, asked: []int{1, 2}, resume: 2},
		{name: "another page than requested", pages: []page{three(nil, nil, nil)[0], {CurrentPageNum: 1, TotalPageNum: 3, TotalItemNum: 5, ids: []string{"x"}}},
			ids: []string{"a", "b"}, asked: []int{1, 2}, resume: 2, is: domaintask.ErrPaging},
		{name: "the same tasks on two pages", pages: []page{same, same, same}, ids: []string{"a", "b"}, asked: []int{1, 2, 1}, resume: 2, is: domaintask.ErrPaging},
		{name: "three empty pages that claim more", pages: []page{{ids: []string{"a"}, NextPage: yes()}, {NextPage: yes()}, {NextPage: yes()}, {NextPage: yes()}},
			ids: []string{"a"}, asked: []int{1, 2, 3, 4}, resume: 2, is: domaintask.ErrPaging},
		{name: "a bad request", req: domaintask.PollTaskResultRequest{PageNum: 1, PageSize: 1001}, ids: []string{}, asked: []int{}, resume: 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			client, script := play(t, domaintask.Config{}, tt.pages...)
			ids, err := collect(t, client.Tasks(t.Context(), tt.req))
			require.Equal(t, tt.ids, ids)
			require.Equal(t, tt.asked, script.askedPages())
			if tt.resume == 0 {
				require.NoError(t, err)
				return
			}
			var walkErr *domaintask.WalkError
			require.ErrorAs(t, err, &walkErr)
			require.Equal(t, tt.resume, walkErr.PageNum)
			if tt.is != nil {
				require.ErrorIs(t, err, tt.is)
			}
		})
	}
}

// TestCycle walks over nine pages that go round, in every way of walking.
func TestCycle(t *testing.T) {
	t.Parallel()
	cycle := func(t *testing.T) (*domaintask.Client, *atomic.Int64) {
		var requests atomic.Int64
		return newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			requests.Add(1)
			num, _ := strconv.Atoi(r.URL.Query().Get("PageNum"))
			return answering(r, 200, fmt.Sprintf(`{"NextPage":true,"PageSize":2,"Data":{"TaskDetail":[{"TaskDetailNo":"a%[1]d"},{"TaskDetailNo":"b%[1]d"}]}}`, num%9)), nil
		})}), &requests
	}
	for name, walk := range map[string]func(*domaintask.Client) (tasks int, err error){
		"Tasks": func(c *domaintask.Client) (int, error) {
			ids, err := collect(t, c.Tasks(t.Context(), domaintask.PollTaskResultRequest{}))
			return len(ids), err
		},
		"Tasks, WithoutDedupe": func(c *domaintask.Client) (int, error) {
			ids, err := collect(t, c.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithoutDedupe()))
			return len(ids), err
		},
		"Pages": func(c *domaintask.Client) (n int, last error) {
			for page, err := range c.Pages(t.Context(), domaintask.PollTaskResultRequest{}) {
				if last = err; err == nil {
					n += len(page.Tasks)
				}
			}
			return n, last
		},
		"Watch": func(c *domaintask.Client) (n int, last error) {
			for _, err := range c.Watch(t.Context(), domaintask.PollTaskResultRequest{}) {
				if last = err; err != nil {
					break
				}
				n++
			}
			return n, last
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, requests := cycle(t)
			n, err := walk(client)
			require.ErrorIs(t, err, domaintask.ErrPaging)
			require.Equal(t, 18, n)
			require.LessOrEqual(t, requests.Load(), int64(11))
		})
	}
}

func TestWalkTellsTasksWithoutAnIDApart(t *testing.T) {
	t.Parallel()
	bodies := []string{
		`{"TotalPageNum":2,"TotalItemNum":2,"Data":{"TaskDetail":[{"DomainName":"a.example"}]}}`,
		`{"TotalPageNum":2,"TotalItemNum":2,"Data":{"TaskDetail":[{"DomainName":"b.example"}]}}`,
	}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte(bodies[r.URL.Query().Get("PageNum")[0]-'1']))
	})
	var domains []string
	for task, err := range newClient(t, domaintask.Config{Endpoint: server.URL}).Tasks(t.Context(), domaintask.PollTaskResultRequest{}) {
		require.NoError(t, err)
		domains = append(domains, task.DomainName)
	}
	require.Equal(t, []string{"a.example", "b.example"}, domains)
}

// TestWalkCountsElementsThatAreNoTasks: they take positions on a page, which is
// full although it has one task.
func TestWalkCountsElementsThatAreNoTasks(t *testing.T) {
	t.Parallel()
	var asked []string
	client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		num := r.URL.Query().Get("PageNum")
		asked = append(asked, num)
		return answering(r, 200, `{"TotalItemNum":4,"Data":{"TaskDetail":[{"TaskDetailNo":"`+num+`"},{"Unknown":"`+num+`"}]}}`), nil
	})})
	ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 2}))
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2"}, ids)
	require.Equal(t, []string{"1", "2"}, asked)
}

func TestStrictPaging(t *testing.T) {
	t.Parallel()
	contradiction := page{CurrentPageNum: 1, TotalPageNum: 10, TotalItemNum: 10, NextPage: no(), ids: []string{"a"}}

	t.Run("off: the log is warned", func(t *testing.T) {
		t.Parallel()
		var log bytes.Buffer
		client, _ := play(t, domaintask.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))}, contradiction)
		ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}))
		require.NoError(t, err)
		require.Equal(t, []string{"a"}, ids)
		require.Contains(t, log.String(), "level=WARN")
		require.Contains(t, log.String(), "page=1 total_items=10")
	})
	t.Run("on: the page is yielded, then the error", func(t *testing.T) {
		t.Parallel()
		client, script := play(t, domaintask.Config{}, contradiction)
		ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithStrictPaging()))
		require.Equal(t, []string{"a"}, ids)
		require.ErrorIs(t, err, domaintask.ErrPaging)
		var walkErr *domaintask.WalkError
		require.ErrorAs(t, err, &walkErr)
		require.Equal(t, 2, walkErr.PageNum)
		require.Equal(t, []int{1}, script.askedPages())
	})
	t.Run("on, without contradiction", func(t *testing.T) {
		t.Parallel()
		client, _ := play(t, domaintask.Config{}, page{CurrentPageNum: 1, TotalPageNum: 1, TotalItemNum: 1, NextPage: no(), ids: []string{"a"}})
		_, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithStrictPaging()))
		require.NoError(t, err)
	})
}

func TestBreakSendsNothingMore(t *testing.T) {
	t.Parallel()
	client, script := play(t, domaintask.Config{},
		page{CurrentPageNum: 1, TotalPageNum: 2, ids: []string{"a", "b"}}, page{CurrentPageNum: 2, TotalPageNum: 2, ids: []string{"c"}})
	for range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}) {
		break
	}
	require.Equal(t, []int{1}, script.askedPages())
	for range client.Pages(t.Context(), domaintask.PollTaskResultRequest{PageNum: 2}) {
		break
	}
	require.Equal(t, []int{1, 2}, script.askedPages())
}

func TestEveryRangeStartsOver(t *testing.T) {
	t.Parallel()
	first := page{CurrentPageNum: 1, TotalPageNum: 2, TotalItemNum: 2, ids: []string{"a"}}
	second := page{CurrentPageNum: 2, TotalPageNum: 2, TotalItemNum: 2, ids: []string{"b"}}
	client, script := play(t, domaintask.Config{}, first, second, first, second)

	req := domaintask.PollTaskResultRequest{DomainName: "a.example"}
	tasks := client.Tasks(t.Context(), req)
	require.Empty(t, script.askedPages(), "nothing is sent before the first range")
	for range 2 {
		ids, err := collect(t, tasks)
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b"}, ids)
	}
	require.Equal(t, []int{1, 2, 1, 2}, script.askedPages())
	require.Equal(t, domaintask.PollTaskResultRequest{DomainName: "a.example"}, req, "the request is never changed")
	require.Equal(t, "1000", script.asked[0].Get("PageSize"), "a walk takes the largest pages unless told otherwise")
}

func TestTwoRangesAtOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		num := r.URL.Query().Get("PageNum")
		w.Write([]byte(`{"TotalPageNum":5,"TotalItemNum":5,"CurrentPageNum":` + num + `,"Data":{"TaskDetail":[{"TaskDetailNo":"` + num + `"}]}}`))
	})
	tasks := newClient(t, domaintask.Config{Endpoint: server.URL}).Tasks(t.Context(), domaintask.PollTaskResultRequest{})
	var wg sync.WaitGroup
	results := make([][]string, 2)
	for i := range results {
		wg.Go(func() { results[i], _ = collect(t, tasks) })
	}
	wg.Wait()
	require.Equal(t, [][]string{{"1", "2", "3", "4", "5"}, {"1", "2", "3", "4", "5"}}, results)
}

func TestCancelHalfWay(t *testing.T) {
	t.Parallel()
	client, script := play(t, domaintask.Config{},
		page{CurrentPageNum: 1, TotalPageNum: 3, TotalItemNum: 3, ids: []string{"a"}}, page{CurrentPageNum: 2, TotalPageNum: 3, TotalItemNum: 3, ids: []string{"b"}})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var ids []string
	var last error
	for task, err := range client.Tasks(ctx, domaintask.PollTaskResultRequest{}) {
		if last = err; err != nil {
			continue
		}
		ids = append(ids, task.TaskDetailNo)
		if task.TaskDetailNo == "b" {
			cancel()
		}
	}
	require.Equal(t, []string{"a", "b"}, ids, "what was read stays good")
	require.ErrorIs(t, last, context.Canceled)
	var walkErr *domaintask.WalkError
	require.ErrorAs(t, last, &walkErr)
	require.Equal(t, 3, walkErr.PageNum)
	require.Equal(t, []int{1, 2}, script.askedPages(), "nothing is sent once the context has ended")
}

func TestMaxItems(t *testing.T) {
	t.Parallel()
	pages := []page{
		{CurrentPageNum: 1, PageSize: 2, TotalPageNum: 3, TotalItemNum: 5, ids: []string{"a", "b"}},
		{CurrentPageNum: 2, PageSize: 2, TotalPageNum: 3, TotalItemNum: 5, ids: []string{"c", "d"}},
		{CurrentPageNum: 3, PageSize: 2, TotalPageNum: 3, TotalItemNum: 5, ids: []string{"e"}},
	}
	for _, tt := range []struct {
		max   int
		ids   []string
		asked []int
		pages int // that Pages yields
	}{
		{0, []string{"a", "b", "c", "d", "e"}, []int{1, 2, 3}, 3},
		{1, []string{"a"}, []int{1}, 1},
		{2, []string{"a", "b"}, []int{1}, 1},
		{3, []string{"a", "b", "c"}, []int{1, 2}, 2},
		{9, []string{"a", "b", "c", "d", "e"}, []int{1, 2, 3}, 3},
	} {
		client, script := play(t, domaintask.Config{}, pages...)
		ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithMaxItems(tt.max)))
		require.NoError(t, err)
		require.Equal(t, tt.ids, ids)
		require.Equal(t, tt.asked, script.askedPages())
		if tt.max > 0 {
			require.Equal(t, strconv.Itoa(tt.max), script.asked[0].Get("PageSize"), "no more is asked for than is wanted")
		}

		client, script = play(t, domaintask.Config{}, pages...)
		n := 0
		for _, err := range client.Pages(t.Context(), domaintask.PollTaskResultRequest{PageSize: 2}, domaintask.WithMaxItems(tt.max)) {
			require.NoError(t, err)
			n++
		}
		require.Equal(t, tt.pages, n)
		require.Equal(t, tt.asked, script.askedPages())
	}
}

// TestMaxItemsResumes: a page number means the same rows whatever is left to be
// read, so that resuming a walk neither repeats nor skips any.
func TestMaxItemsResumes(t *testing.T) {
	t.Parallel()
	all := domaintasktest.Tasks(2800, 1)
	server := domaintasktest.NewServer(all...)
	t.Cleanup(server.Close)
	client := newClient(t, server.Config())
	server.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
		if r.Params.Get("PageNum") == "3" {
			return domaintasktest.APIError(http.StatusForbidden, "Forbidden.RAM", "denied")
		}
		return domaintasktest.Fault{}
	})
	got, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithMaxItems(2500)))
	var walkErr *domaintask.WalkError
	require.ErrorAs(t, err, &walkErr)
	require.Len(t, got, 2000)
	server.Heal()
	rest, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageNum: walkErr.PageNum}, domaintask.WithMaxItems(2500-len(got))))
	require.NoError(t, err)
	require.True(t, slices.Equal(ids(all[:2500]), append(got, rest...)))
}

func TestProgress(t *testing.T) {
	t.Parallel()
	client, _ := play(t, domaintask.Config{},
		page{CurrentPageNum: 1, PageSize: 2, TotalPageNum: 2, TotalItemNum: 3, ids: []string{"a", "b"}},
		page{CurrentPageNum: 2, PageSize: 2, TotalPageNum: 2, TotalItemNum: 4, ids: []string{"c"}},
	)
	var events []any
	tasks := client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithProgress(func(p domaintask.Progress) { events = append(events, p) }))
	for task, err := range tasks {
		require.NoError(t, err)
		events = append(events, task.TaskDetailNo)
	}
	require.Equal(t, []any{
		domaintask.Progress{Pages: 1, Items: 2, TotalPages: 2, TotalItems: 3, Attempts: 1}, "a", "b",
		domaintask.Progress{Pages: 2, Items: 3, TotalPages: 2, TotalItems: 4, Attempts: 2}, "c",
	}, events)
}

// TestWalkGoesBack states which pages are read when the totals shrink, and
// what is yielded with and without repeats.
func TestWalkGoesBack(t *testing.T) {
	t.Parallel()
	// Four pages of two; before page three, a is confirmed elsewhere.
	pages := []page{
		{CurrentPageNum: 1, PageSize: 2, TotalPageNum: 4, TotalItemNum: 7, ids: []string{"a", "b"}},
		{CurrentPageNum: 2, PageSize: 2, TotalPageNum: 4, TotalItemNum: 7, ids: []string{"c", "d"}},
		{CurrentPageNum: 3, PageSize: 2, TotalPageNum: 3, TotalItemNum: 6, ids: []string{"f", "g"}},
		{CurrentPageNum: 2, PageSize: 2, TotalPageNum: 3, TotalItemNum: 6, ids: []string{"d", "e"}},
	}
	client, script := play(t, domaintask.Config{}, pages...)
	ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c", "d", "f", "g", "e"}, ids)
	require.Equal(t, []int{1, 2, 3, 2}, script.askedPages(), "page three was read already")

	client, _ = play(t, domaintask.Config{}, pages...)
	ids, err = collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithoutDedupe()))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "c", "d", "f", "g", "d", "e"}, ids, "the raw walk")
}

// TestWalkDoesNotGoBackForEver serves totals that go up and down for ever.
func TestWalkDoesNotGoBackForEver(t *testing.T) {
	t.Parallel()
	requests := 0
	var log bytes.Buffer
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		requests++
		num := r.URL.Query().Get("PageNum")
		fmt.Fprintf(w, `{"CurrentPageNum":%s,"PageSize":1,"TotalPageNum":5,"TotalItemNum":%d,"Data":{"TaskDetail":[{"TaskDetailNo":"%s"}]}}`, num, 5+requests%2, num)
	})
	config := domaintask.Config{Endpoint: server.URL, Logger: slog.New(slog.NewTextHandler(&log, nil))}
	ids, err := collect(t, newClient(t, config).Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}))
	require.NoError(t, err)
	require.Equal(t, []string{"1", "2", "3", "4", "5"}, ids)
	require.Contains(t, log.String(), "move faster than they can be read")
	require.Less(t, requests, 100)

	_, err = collect(t, newClient(t, config).Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithStrictPaging()))
	require.ErrorIs(t, err, domaintask.ErrPaging)
}

// TestANegativePageNumIsRefused, in a walk as in a single call.
func TestANegativePageNumIsRefused(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	for _, err := range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageNum: -1}) {
		var paramErr *domaintask.ParamError
		require.ErrorAs(t, err, &paramErr)
		require.Equal(t, "PageNum", paramErr.Param)
	}
}
