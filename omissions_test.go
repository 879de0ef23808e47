package domaintask_test

import (
	"bytes"
	"context"
	"encoding/gob"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// The number of items alone says that more follow; without any count a
// full page may not be the last.
func TestWalkDoesNotEndSilently(t *testing.T) {
	for name, pages := range map[string][]page{
		"items alone":      {{TotalItemNum: 3, ids: []string{"a", "b"}}, {TotalItemNum: 3, ids: []string{"c"}}},
		"nothing is said":  {{ids: []string{"a", "b"}}, {ids: []string{"c"}}},
		"fewer than asked": {{TotalItemNum: 3, ids: []string{"a"}}, {TotalItemNum: 3, ids: []string{"b"}}, {TotalItemNum: 3, ids: []string{"c"}}},
	} {
		client, _ := play(t, domaintask.Config{}, pages...)
		ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 2}, domaintask.WithStrictPaging()))
		require.NoError(t, err, name)
		require.Equal(t, []string{"a", "b", "c"}, ids, name)
	}
}

// Pages are shorter than asked for and do not say so; a is confirmed
// elsewhere before page two, and c moves to page one.
func TestWalkGoesBackOverShortPages(t *testing.T) {
	client, script := play(t, domaintask.Config{},
		page{CurrentPageNum: 1, TotalPageNum: 3, TotalItemNum: 6, ids: []string{"a", "b"}},
		page{CurrentPageNum: 2, TotalPageNum: 3, TotalItemNum: 5, ids: []string{"d", "e"}},
		page{CurrentPageNum: 1, TotalPageNum: 3, TotalItemNum: 5, ids: []string{"b", "c"}},
		page{CurrentPageNum: 3, TotalPageNum: 3, TotalItemNum: 5, ids: []string{"f"}})
	ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}))
	require.Equal(t, []int{1, 2, 1, 3}, script.askedPages())
	require.NoError(t, err)
	require.Equal(t, []string{"a", "b", "d", "e", "c", "f"}, ids)
}

// Drain and Watch over a service that answers anything, for ever.
func TestDrainAndWatchOverAnyAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var requests atomic.Int64
		client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if requests.Add(1) > 5000 {
				return answering(r, 400, `{"Code":"Enough"}`), nil
			}
			if r.URL.Query().Get("Action") != "PollTaskResult" {
				return answering(r, 200, `{"Result":1}`), nil
			}
			var tasks []string
			for range 20 {
				tasks = append(tasks, fmt.Sprintf(`{"TaskDetailNo":"%d"}`, rand.IntN(40)))
			}
			return answering(r, 200, `{"NextPage":true,"Data":{"TaskDetail":[`+strings.Join(tasks, ",")+`]}}`), nil
		})}})
		_, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil })
		require.ErrorIs(t, err, domaintask.ErrPaging)
		require.Less(t, requests.Swap(0), int64(300))
		for _, err := range client.Watch(t.Context(), domaintask.PollTaskResultRequest{}) {
			if err != nil {
				require.ErrorIs(t, err, domaintask.ErrPaging)
				break
			}
		}
		require.Less(t, requests.Load(), int64(300))
	})
}

// Two tasks join a b c at the head between page one and page two.
func TestWalkFailsOverNoHealthyList(t *testing.T) {
	client, _ := play(t, domaintask.Config{},
		page{CurrentPageNum: 1, PageSize: 1, TotalItemNum: 3, ids: []string{"a"}},
		page{CurrentPageNum: 2, PageSize: 1, TotalItemNum: 5, ids: []string{"y"}},
		page{CurrentPageNum: 3, PageSize: 1, TotalItemNum: 5, ids: []string{"a"}},
		page{CurrentPageNum: 4, PageSize: 1, TotalItemNum: 5, ids: []string{"b"}},
		page{CurrentPageNum: 5, PageSize: 1, TotalItemNum: 5, ids: []string{"c"}})
	ids, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "y", "b", "c"}, ids)
}

func TestCredentialsMarshalWithoutSecrets(t *testing.T) {
	creds := domaintask.Credentials{AccessKeyID: "id", AccessKeySecret: "SECRET-SECRET", SecurityToken: "TOKEN-TOKEN"}
	asXML, _ := xml.Marshal(creds)
	var asGob bytes.Buffer
	gob.NewEncoder(&asGob).Encode(creds)
	for _, text := range []string{string(asXML), asGob.String()} {
		require.NotContains(t, text, "SECRET")
		require.NotContains(t, text, "TOKEN-TOKEN")
	}
}

func TestErrorsCanBeCompared(t *testing.T) {
	_, err := domaintask.NewClient(domaintask.Config{})
	_, drained := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) { return answering(r, 403, `{"Code":"Forbidden"}`), nil })}).
		Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil })
	for _, err := range []error{err, drained} {
		other := err
		require.NotPanics(t, func() { _ = err == other })
		require.NotPanics(t, func() { _ = map[error]bool{err: true} })
		require.True(t, errors.Is(err, err))
	}
}

// A page that leaves its number out is not followed by itself for ever.
func TestHasNextPageWithoutAPageNumber(t *testing.T) {
	client, _ := play(t, domaintask.Config{}, page{TotalPageNum: 1, TotalItemNum: 1, ids: []string{"a"}}, page{TotalPageNum: 1, TotalItemNum: 1})
	for num := 1; ; num++ {
		resp, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{PageNum: num})
		require.NoError(t, err)
		require.Equal(t, 1, num)
		if !resp.HasNextPage() {
			break
		}
	}
}

func TestSuccessHidesSecretsToo(t *testing.T) {
	var log bytes.Buffer
	var told domaintask.Attempt
	const token = "SECURITY-TOKEN-0123456789"
	client := newClient(t, domaintask.Config{
		Credentials: domaintask.StaticCredentials("id", testSecret, token),
		Logger:      slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		OnAttempt:   func(_ context.Context, a domaintask.Attempt) { told = a },
		HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			return answering(r, 200, `{"TotalItemNum":0,"RequestId":"`+r.URL.Query().Get("SecurityToken")+`"}`), nil
		})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.NotContains(t, log.String()+told.RequestID, token)
}

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

// Pages that are not full are followed by a wait, whatever they say of their size.
func TestWatchPaceWithoutPageSize(t *testing.T) {
	for _, size := range []string{"", `"PageSize":1,`} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			var at []time.Duration
			client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
				at = append(at, time.Since(start))
				return answering(r, 200, `{`+size+`"TotalItemNum":1,"TotalPageNum":1,"CurrentPageNum":1,"Data":{"TaskDetail":[{"TaskDetailNo":"a"}]}}`), nil
			})})
			ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
			defer cancel()
			for range client.Watch(ctx, domaintask.PollTaskResultRequest{PageSize: 20}, domaintask.WithInterval(time.Minute)) {
			}
			require.Greater(t, at[1], 50*time.Second)
		})
	}
}

func TestLargeErrorPagesAreRetried(t *testing.T) {
	n := 0
	client := newClient(t, domaintask.Config{Retry: domaintask.RetryPolicy{BaseDelay: 1}, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		if n++; n == 1 {
			return answering(r, 503, "<html>"+strings.Repeat("x", 1<<20)), nil
		}
		return answering(r, 200, emptyPage), nil
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
}

func TestNegativeHintIsNone(t *testing.T) {
	client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		resp := answering(r, 400, `{"Code":"Throttling"}`)
		resp.Header.Set("X-Ratelimit-User", "TimeLeft:-18446740000000")
		return resp, nil
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	var apiErr *domaintask.APIError
	require.ErrorAs(t, err, &apiErr)
	require.Zero(t, apiErr.RetryAfter)
}

var _ = io.EOF
