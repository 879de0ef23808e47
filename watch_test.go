package domaintask_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// watched is a service without sockets, for the fake clock, that tells when it
// was asked.
type watched struct {
	*domaintasktest.Server
	start time.Time
	polls []time.Duration // since start
	asked []string        // the page of each poll
	fail  func(poll int) (*http.Response, error)
}

func watch(t *testing.T, tasks ...domaintask.TaskDetail) (*watched, *domaintask.Client) {
	t.Helper()
	w := &watched{start: time.Now(), Server: domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, PlainHTTP: true}, tasks...)}
	t.Cleanup(w.Close)
	config := w.Config()
	config.HTTPClient = &http.Client{Transport: w}
	config.Retry = once
	return w, newClient(t, config)
}

func (w *watched) RoundTrip(r *http.Request) (*http.Response, error) {
	if action := r.URL.Query().Get("Action"); action == "PollTaskResult" || action == "QueryTaskDetailList" {
		w.polls = append(w.polls, time.Since(w.start))
		w.asked = append(w.asked, r.URL.Query().Get("PageNum"))
		if w.fail != nil {
			if resp, err := w.fail(len(w.polls)); resp != nil || err != nil {
				return resp, err
			}
		}
	}
	answer := httptest.NewRecorder()
	w.ServeHTTP(answer, r)
	return answer.Result(), nil
}

func task(n int) domaintask.TaskDetail {
	return domaintask.TaskDetail{TaskDetailNo: fmt.Sprintf("task-%d", n), TaskStatusCode: domaintask.StatusCodeSuccess}
}

// TestWatchPace states when each round begins: at once while full pages show
// new tasks, after the interval when there was something, later and later
// while there is nothing.
func TestWatchPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t, task(1), task(2), task(3))
		ctx, cancel := context.WithTimeout(t.Context(), 26*time.Minute)
		defer cancel()
		time.AfterFunc(5*time.Minute, func() { w.Add(task(4)) })
		var seen []string
		var last error
		for task, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{PageSize: 3}, domaintask.WithInterval(time.Minute)) {
			if last = err; err == nil {
				seen = append(seen, task.TaskDetailNo)
			}
		}
		require.ErrorIs(t, last, context.DeadlineExceeded)
		require.Equal(t, []string{"task-1", "task-2", "task-3", "task-4"}, seen)

		// 0: a full page, so the next round at once, which finds nothing;
		// then after 2 and 4 more minutes, where the fourth task is on a
		// second page; then after 1, 2, 4 and 8 more.
		var minutes []float64
		for _, at := range w.polls {
			minutes = append(minutes, at.Minutes())
		}
		want := []float64{0, 0, 2, 6, 6, 7, 7, 9, 9, 13, 13, 21, 21}
		require.Len(t, minutes, len(want))
		require.Equal(t, w.polls[0], w.polls[1])
		for i := range want {
			require.InDelta(t, want[i], minutes[i], want[i]/10, "poll %d, a tenth for the jitter", i+1)
		}
	})
}

// TestWatchKeepsItsPaceOverALongList: a new task every second on a list of two
// pages is no backlog. A call takes half a second.
func TestWatchKeepsItsPaceOverALongList(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const listed = 1500
		w, client := watch(t, domaintasktest.Tasks(listed, 1)...)
		w.fail = func(int) (*http.Response, error) {
			time.Sleep(500 * time.Millisecond)
			return nil, nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 80*time.Second)
		defer cancel()
		for n := range 80 {
			time.AfterFunc(time.Duration(n)*time.Second+250*time.Millisecond, func() { w.Add(task(n)) })
		}
		seen := 0
		for _, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithInterval(30*time.Second)) {
			if err == nil {
				seen++
			}
		}
		require.Greater(t, seen, listed+50)
		require.Len(t, w.polls, 8, "two pages a round: first, once more at once, and twice after the interval")
	})
}

// TestWatchBacklog states when the second round begins: at once if the first
// one found a full page and at least half of what it listed was new.
func TestWatchBacklog(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name          string
		known, joined int // tasks yielded before, and new ones
		size          int
		atOnce        bool
	}{
		{name: "half is new", known: 2, joined: 2, size: 4, atOnce: true},
		{name: "less than half is new", known: 3, joined: 2, size: 5},
		{name: "all are new, and no page is full", joined: 3, size: 4},
		{name: "many pages of new tasks", joined: 30, size: 4, atOnce: true},
		{name: "a few new tasks behind many pages", known: 30, joined: 4, size: 4},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, client := watch(t, domaintasktest.Tasks(tt.known, 1)...)
				ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
				defer cancel()
				time.AfterFunc(12*time.Hour, func() { w.Add(domaintasktest.Tasks(tt.joined, 2)...) })
				var found time.Duration
				yielded := 0
				for range client.Watch(ctx, domaintask.PollTaskResultRequest{PageSize: tt.size}, domaintask.WithInterval(time.Hour)) {
					if yielded++; yielded == tt.known+tt.joined {
						found = time.Since(w.start)
					}
				}
				require.NotZero(t, found)
				rounds := 0 // at the instant at which the last task was found
				for i, at := range w.polls {
					if at == found && w.asked[i] == "1" {
						rounds++
					}
				}
				require.Equal(t, tt.atOnce, rounds == 2, "%d rounds", rounds)
			})
		})
	}
}

// TestWatchStaysAway for as long as it is asked to, and no tenth of the wait
// longer, whoever asks and however often.
func TestWatchStaysAway(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		answer reply
		wait   time.Duration
	}{
		{"throttled for an hour", refusal(400, "Throttling.User", "X-Ratelimit-User", "TimeLeft:3600000"), time.Hour},
		{"unavailable for an hour", refusal(503, "ServiceUnavailable", "Retry-After", "3600"), time.Hour},
		{"a gateway, for an hour and a half", reply{status: 429, body: "<html>", header: http.Header{"Retry-After": {"5400"}}}, 90 * time.Minute},
		{"a week", refusal(503, "ServiceUnavailable", "Retry-After", "604800"), 7 * 24 * time.Hour},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, _ := watch(t, task(1))
				refusals := &replies{list: []reply{tt.answer}}
				w.fail = func(poll int) (*http.Response, error) {
					if poll <= 2 {
						return refusals.RoundTrip(nil)
					}
					return nil, nil
				}
				config := w.Config()
				config.HTTPClient = &http.Client{Transport: w} // with retries
				for task, err := range newClient(t, config).Watch(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithInterval(time.Minute)) {
					if err == nil {
						require.Equal(t, "task-1", task.TaskDetailNo)
						break
					}
					require.Equal(t, tt.wait, domaintask.RetryAfter(err))
				}
				require.Len(t, w.polls, 3)
				for i := range 2 {
					wait := w.polls[i+1] - w.polls[i]
					require.GreaterOrEqual(t, wait, tt.wait)
					require.LessOrEqual(t, wait, tt.wait+tt.wait/10)
				}
			})
		})
	}
}

func TestWatchSurvivesWhatMayPass(t *testing.T) {
	t.Parallel()
	answer := func(status int, body string) (*http.Response, error) {
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
	for _, tt := range []struct {
		name     string
		fail     func(int) (*http.Response, error)
		survives bool
	}{
		{"unavailable", func(int) (*http.Response, error) { return answer(503, `{"Code":"ServiceUnavailable"}`) }, true},
		{"throttled", func(int) (*http.Response, error) { return answer(400, `{"Code":"Throttling.User"}`) }, true},
		{"a gateway", func(int) (*http.Response, error) { return answer(502, `<html>`) }, true},
		{"connection lost", func(int) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }, true},
		{"pages that contradict each other", func(int) (*http.Response, error) { return answer(200, `{"TotalItemNum":9,"CurrentPageNum":7}`) }, true},
		{"not permitted", func(int) (*http.Response, error) { return answer(403, `{"Code":"Forbidden.RAM"}`) }, false},
		{"access key unknown", func(int) (*http.Response, error) { return answer(404, `{"Code":"InvalidAccessKeyId.NotFound"}`) }, false},
		{"too large", func(int) (*http.Response, error) { return answer(200, strings.Repeat(" ", 17<<20)) }, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, client := watch(t, task(1))
				w.fail = func(poll int) (*http.Response, error) {
					if poll == 1 {
						return tt.fail(poll)
					}
					return nil, nil
				}
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				var got []string
				for task, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithInterval(time.Minute)) {
					if err != nil {
						require.Zero(t, task)
						got = append(got, "error")
						continue
					}
					got = append(got, task.TaskDetailNo)
					break
				}
				if tt.survives {
					require.Equal(t, []string{"error", "task-1"}, got)
					require.InDelta(t, 2*time.Minute, time.Since(w.start), float64(13*time.Second), "it waits before it asks again")
				} else {
					require.Equal(t, []string{"error"}, got)
				}
			})
		})
	}
}

// TestWatchSurvivesAProvider that says of its error that it may pass; the call
// is not repeated before the next round.
func TestWatchSurvivesAProvider(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, _ := watch(t, task(1))
		config := w.Config()
		asked := 0
		config.Credentials = domaintask.CredentialsFunc(func(ctx context.Context) (domaintask.Credentials, error) {
			if asked++; asked == 1 {
				return domaintask.Credentials{}, context.DeadlineExceeded // of its own, which is Temporary
			}
			return w.Config().Credentials.Credentials(ctx)
		})
		for task, err := range newClient(t, config).Watch(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithInterval(time.Minute)) {
			if err == nil {
				require.Equal(t, "task-1", task.TaskDetailNo)
				break
			}
			require.ErrorIs(t, err, domaintask.ErrCredentials)
			require.Equal(t, 1, asked)
		}
		require.Equal(t, 2, asked)
	})
}

// TestWatchAndTheLimiter: a refusal ends the watch, unless it is temporary.
func TestWatchAndTheLimiter(t *testing.T) {
	t.Parallel()
	for _, survives := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w, _ := watch(t, task(1))
			config := w.Config()
			asked := 0
			config.Limiter = limiterFunc(func(context.Context) error {
				if asked++; asked == 1 {
					return passing(survives)
				}
				return nil
			})
			var got []string
			for task, err := range newClient(t, config).Watch(t.Context(), domaintask.PollTaskResultRequest{}) {
				if err == nil {
					got = append(got, task.TaskDetailNo)
					break
				}
				require.ErrorIs(t, err, passing(survives))
				got = append(got, "error")
			}
			require.Equal(t, survives, len(got) == 2, got)
		})
	}
}

func TestWatchEndsWhereTheRangeBreaksOff(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t, task(1), task(2))
		for range client.Watch(t.Context(), domaintask.PollTaskResultRequest{}) {
			break
		}
		w.fail = func(int) (*http.Response, error) { return nil, io.EOF }
		for _, err := range client.Watch(t.Context(), domaintask.PollTaskResultRequest{}) {
			require.Error(t, err)
			break
		}
		require.Len(t, w.polls, 2)
	})
}

// TestWatchEndsPromptly cancels in the middle of a long wait.
func TestWatchEndsPromptly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(90*time.Second, cancel)
		var errs []error
		for _, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithInterval(time.Hour)) {
			errs = append(errs, err)
		}
		require.Len(t, errs, 1)
		require.ErrorIs(t, errs[0], context.Canceled)
		require.Equal(t, 90*time.Second, time.Since(w.start))
	})
}

// TestWatchEndsWithinAPage: once the context has ended, what was read and not
// yet yielded is left for the next watch.
func TestWatchEndsWithinAPage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		_, client := watch(t, task(1), task(2), task(3))
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		var got []string
		for task, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}) {
			if err != nil {
				require.ErrorIs(t, err, context.Canceled)
				got = append(got, "error")
				continue
			}
			got = append(got, task.TaskDetailNo)
			cancel()
		}
		require.Equal(t, []string{"task-1", "error"}, got)
	})
}

// TestWatchAcknowledgesInTheLoop drains a list of several pages from within.
func TestWatchAcknowledgesInTheLoop(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var tasks []domaintask.TaskDetail
		for n := range 100 {
			tasks = append(tasks, task(n))
		}
		w, client := watch(t, tasks...)
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		seen := map[string]int{}
		for task, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{PageSize: 7}, domaintask.WithInterval(time.Minute)) {
			if err != nil {
				continue
			}
			seen[task.TaskDetailNo]++
			_, err = client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{task.TaskDetailNo}})
			require.NoError(t, err)
		}
		require.Len(t, seen, 100)
		require.Empty(t, w.Tasks())
		for id, n := range seen {
			require.Equal(t, 1, n, id)
		}
	})
}

// TestWatchForgets: what has left the list is not remembered for ever.
func TestWatchForgets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t, task(1))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Hour)
		defer cancel()
		time.AfterFunc(time.Hour, func() { w.Remove("task-1") })
		time.AfterFunc(9*time.Hour, func() { w.Add(task(1)) })
		times := 0
		for _, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}) {
			if err == nil {
				times++
			}
		}
		require.Equal(t, 2, times)
	})
}

// TestPageOne: 0 and 1 are the same page.
func TestPageOne(t *testing.T) {
	t.Parallel()
	client, script := play(t, domaintask.Config{}, page{TotalPageNum: 1, ids: []string{"a"}})
	for task, err := range client.Watch(t.Context(), domaintask.PollTaskResultRequest{PageNum: 1}) {
		require.NoError(t, err)
		require.Equal(t, "a", task.TaskDetailNo)
		break
	}
	require.Equal(t, []int{1}, script.askedPages())
}

func TestWatchParameters(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	for _, tt := range []struct {
		param string
		req   domaintask.PollTaskResultRequest
		opt   domaintask.Option
	}{
		{"PageNum", domaintask.PollTaskResultRequest{PageNum: 2}, domaintask.WithInterval(0)},
		{"PageSize", domaintask.PollTaskResultRequest{PageSize: 2000}, domaintask.WithInterval(0)},
		{"WithInterval", domaintask.PollTaskResultRequest{}, domaintask.WithInterval(-1)},
	} {
		var errs []error
		for _, err := range client.Watch(t.Context(), tt.req, tt.opt) {
			errs = append(errs, err)
		}
		require.Len(t, errs, 1)
		var paramErr *domaintask.ParamError
		require.ErrorAs(t, errs[0], &paramErr)
		require.Equal(t, tt.param, paramErr.Param)
	}
}
