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
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

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

func TestCredentialsMarshalWithoutSecrets(t *testing.T) {
	creds := domaintask.NewCredentials("id", "SECRET-SECRET", "TOKEN-TOKEN")
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

var _ = io.EOF
