package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

var waitFor = domaintask.QueryTaskDetailListRequest{TaskNo: "T"}

// about checks the times of requests, of which each wait is up to a tenth
// longer or shorter.
func about(t *testing.T, polls []time.Duration, waits ...time.Duration) {
	t.Helper()
	require.Len(t, polls, len(waits)+1, polls)
	require.Zero(t, polls[0])
	for i, wait := range waits {
		require.InDelta(t, wait.Seconds(), (polls[i+1] - polls[i]).Seconds(), wait.Seconds()/10, polls)
	}
}

// TestWaitPace waits for a task that is submitted, executed and ends piece by
// piece: after the interval when something has changed, else later and later.
func TestWaitPace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t)
		w.Submit(details(3)...)
		time.AfterFunc(2*time.Minute, func() { w.Execute("d-1", "d-2", "d-3") })
		time.AfterFunc(10*time.Minute, func() { w.Succeed("d-1", "d-3") })
		time.AfterFunc(20*time.Minute, func() { w.Fail("DomainLocked: The domain name is locked.", "d-2") })
		progress := 0
		got, err := client.Wait(t.Context(), waitFor, domaintask.WithInterval(time.Minute),
			domaintask.WithProgress(func(p domaintask.Progress) { progress = p.TotalItems }))
		require.NoError(t, err)
		require.Equal(t, []string{"d-1", "d-2", "d-3"}, detailNos(got))
		require.True(t, got[0].Succeeded() && got[1].Failed() && got[2].Succeeded())
		require.Equal(t, 3, progress)
		// 0 listed, 1 nothing new, 3 executes, 4, 6, 10 or so: 8 minutes after
		// the last change the waits are of 1, 2, 4 and 8 minutes again.
		about(t, w.polls[:5], time.Minute, 2*time.Minute, time.Minute, 2*time.Minute)
		require.GreaterOrEqual(t, w.polls[len(w.polls)-1], 20*time.Minute)
		require.Less(t, w.polls[len(w.polls)-1], 30*time.Minute)
		require.Less(t, len(w.polls), 12)
	})
}

func TestWaitEndsAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t)
		w.Submit(details(2500)...)
		w.Succeed(detailNos(details(2500))...)
		got, err := client.Wait(t.Context(), waitFor, domaintask.WithPrefetch(2))
		require.NoError(t, err)
		require.Len(t, got, 2500)
		require.Zero(t, time.Since(w.start))
		require.Len(t, w.polls, 3)
	})
}

// TestWaitForATaskThatIsNotListedYet: the list may be behind the submission.
func TestWaitForATaskThatIsNotListedYet(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t)
		time.AfterFunc(5*time.Minute, func() { w.Submit(details(1)...); w.Succeed("d-1") })
		got, err := client.Wait(t.Context(), waitFor, domaintask.WithInterval(time.Minute))
		require.NoError(t, err)
		require.Equal(t, []string{"d-1"}, detailNos(got))
		about(t, w.polls, time.Minute, 2*time.Minute, 4*time.Minute)
	})
}

// TestWaitOfOneDomain: the other details of the task may go on.
func TestWaitOfOneDomain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t)
		w.Submit(details(2)...)
		w.Succeed("d-2")
		got, err := client.Wait(t.Context(), domaintask.QueryTaskDetailListRequest{TaskNo: "T", DomainName: "shop2.example"})
		require.NoError(t, err)
		require.Equal(t, []string{"d-2"}, detailNos(got))
	})
}

// TestWaitSurvives: what may pass delays a wait, no less than it asks for.
func TestWaitSurvives(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t)
		w.Submit(details(1)...)
		w.Succeed("d-1")
		w.Inject(domaintasktest.Throttle(30*time.Minute), domaintasktest.BadGateway())
		w.fail = func(poll int) (*http.Response, error) {
			if poll == 3 {
				return nil, io.ErrUnexpectedEOF
			}
			return nil, nil
		}
		got, err := client.Wait(t.Context(), waitFor, domaintask.WithInterval(time.Minute))
		require.NoError(t, err)
		require.Len(t, got, 1)
		require.Len(t, w.polls, 4)
		require.GreaterOrEqual(t, w.polls[1], 30*time.Minute)
		require.Less(t, w.polls[1], 34*time.Minute)
	})
}

func TestWaitEndsOnOtherErrors(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t)
		w.Submit(details(1)...)
		w.Inject(domaintasktest.Forbidden())
		got, err := client.Wait(t.Context(), waitFor)
		require.ErrorIs(t, err, domaintask.ErrForbidden)
		require.Nil(t, got)
		require.Len(t, w.polls, 1)
	})
}

// TestWaitUnderAContext states the error of a wait whose context ends, before
// it, during it and during a call.
func TestWaitUnderAContext(t *testing.T) {
	t.Parallel()
	cause := errors.New("shutting down")
	for name, tt := range map[string]struct {
		timeout time.Duration
		script  func(w *watched)
		last    error
	}{
		"before it":     {0, func(*watched) {}, nil},
		"between calls": {10 * time.Minute, func(*watched) {}, nil},
		"after errors":  {10 * time.Minute, func(w *watched) { w.InjectAlways(domaintasktest.Throttle(0)) }, domaintask.ErrThrottled},
		"in a call": {10 * time.Minute, func(w *watched) {
			w.fail = func(poll int) (*http.Response, error) {
				if poll == 1 {
					return nil, io.ErrUnexpectedEOF
				}
				time.Sleep(time.Until(w.start.Add(10 * time.Minute)))
				return nil, errors.New("canceled")
			}
		}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, client := watch(t)
				w.Submit(details(1)...)
				tt.script(w)
				ctx, cancel := context.WithTimeoutCause(t.Context(), tt.timeout, cause)
				defer cancel()
				got, err := client.Wait(ctx, waitFor, domaintask.WithInterval(time.Minute))
				require.Nil(t, got)
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.ErrorIs(t, err, cause)
				var call *domaintask.CallError
				require.ErrorAs(t, err, &call)
				require.Equal(t, "QueryTaskDetailList", call.Action)
				if tt.last != nil {
					require.ErrorIs(t, call.Last, tt.last)
				}
				require.Equal(t, tt.timeout, time.Since(w.start))
			})
		})
	}
}

// rounds answers each request with the next document, in memory; the last one
// stays.
func rounds(t *testing.T, documents ...string) (*watched, *domaintask.Client) {
	t.Helper()
	w, client := watch(t)
	w.fail = func(poll int) (*http.Response, error) {
		recorder := httptest.NewRecorder()
		recorder.WriteString(documents[min(poll, len(documents))-1])
		return recorder.Result(), nil
	}
	return w, client
}

// TestWaitIsNotMisled states what does not count as the end of a task.
func TestWaitIsNotMisled(t *testing.T) {
	t.Parallel()
	ended := func(ids ...string) (list string) {
		for _, id := range ids {
			list += fmt.Sprintf(`,{"TaskDetailNo":%q,"TaskStatusCode":2}`, id)
		}
		return list[1:]
	}
	document := func(list string, rest string) string { return `{"Data":{"TaskDetail":[` + list + `]}` + rest + `}` }
	end := document(ended("a", "b"), `,"TotalItemNum":2,"NextPage":false`)
	for name, first := range map[string]string{
		"nothing is listed":             document("", `,"TotalItemNum":0`),
		"one executes":                  document(ended("a")+`,{"TaskDetailNo":"b","TaskStatusCode":1}`, ``),
		"one has no status":             document(ended("a")+`,{"TaskDetailNo":"b"}`, ``),
		"one has another status":        document(ended("a")+`,{"TaskDetailNo":"b","TaskStatusCode":9,"TaskStatus":"STUCK"}`, ``),
		"one cannot be read":            document(ended("a")+`,"b"`, ``),
		"a status cannot be read":       document(ended("a")+`,{"TaskDetailNo":"b","TaskStatusCode":"done"}`, ``),
		"more are counted than listed":  document(ended("a"), `,"TotalItemNum":2,"TotalPageNum":2,"PageSize":1,"NextPage":false`),
		"another page came":             document(ended("a"), `,"CurrentPageNum":7`),
		"the list was longer before it": document(ended("a", "b")+`,{"TaskDetailNo":"c","TaskStatusCode":0}`, ``),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w, client := rounds(t, first, end)
				got, err := client.Wait(t.Context(), waitFor)
				require.NoError(t, err)
				require.Equal(t, []string{"a", "b"}, detailNos(got))
				require.NotZero(t, time.Since(w.start))
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		w, client := rounds(t, document(ended("a")+`,{"TaskDetailNo":"b","TaskStatusCode":0}`, ``), document(ended("a"), ``), end)
		got, err := client.Wait(t.Context(), waitFor)
		require.NoError(t, err)
		require.Equal(t, []string{"a", "b"}, detailNos(got), "what was passed by once is still waited for")
		require.Len(t, w.polls, 3)
	})
}

func TestWaitIsChecked(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	for param, req := range map[string]domaintask.QueryTaskDetailListRequest{
		"PageNum": {TaskNo: "T", PageNum: 2}, "TaskStatus": {TaskNo: "T", TaskStatus: domaintask.OnlyWaiting}, "TaskNo": {},
	} {
		got, err := client.Wait(t.Context(), req)
		var paramErr *domaintask.ParamError
		require.ErrorAs(t, err, &paramErr)
		require.Equal(t, param, paramErr.Param)
		require.Nil(t, got)
	}
}
