package domaintask_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

func answering(r *http.Request, status int, body string) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Request: r, Body: io.NopCloser(strings.NewReader(body))}
}

func via(f func(*http.Request) (*http.Response, error)) *http.Client {
	return &http.Client{Transport: roundTrip(f)}
}

// failing is a body that ends with an error.
type failing struct{ read func([]byte) (int, error) }

func (f failing) Read(b []byte) (int, error) { return f.read(b) }
func (failing) Close() error                 { return nil }

// What Do returns is not the buffer of the next call.
func TestDoKeepsItsBody(t *testing.T) {
	n := 0
	client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		n++
		return answering(r, 200, fmt.Sprintf(`{"RequestId":"%d"}`, n)), nil
	})})
	first, err := client.Do(t.Context(), domaintask.Call{Action: "A"})
	require.NoError(t, err)
	for range 10 {
		_, err = client.Do(t.Context(), domaintask.Call{Action: "A"})
		require.NoError(t, err)
	}
	require.Equal(t, `{"RequestId":"1"}`, string(first.Body))
}

// The headers that a given transport adds are not those of the next request.
func TestAGivenTransportMayAddHeaders(t *testing.T) {
	for _, method := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
		client := newClient(t, domaintask.Config{Signature: method, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			require.NotContains(t, r.Header, "X-Trace")
			r.Header.Set("X-Trace", "1")
			return answering(r, 200, emptyPage), nil
		})})
		for range 2 {
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.NoError(t, err)
		}
	}
}

func TestContextEndsWithinTheBody(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		resp := answering(r, 200, "")
		resp.Body = failing{func([]byte) (int, error) { cancel(); return 0, io.ErrUnexpectedEOF }}
		return resp, nil
	})})
	_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
	var callErr *domaintask.CallError
	require.ErrorAs(t, err, &callErr)
	require.ErrorIs(t, err, context.Canceled)
}

// Secrets in the content type and in the error of a read.
func TestMorePlacesHideSecrets(t *testing.T) {
	var signature string
	for _, place := range []string{"content type", "read"} {
		client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			signature = r.URL.Query().Get("Signature")
			resp := answering(r, 200, "<html>")
			if place == "read" {
				resp.Body = failing{func([]byte) (int, error) { return 0, errors.New("read of " + r.URL.String()) }}
			} else {
				resp.Header.Set("Content-Type", "text/html; for="+signature)
			}
			return resp, nil
		})})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.Error(t, err)
		shown := show(t, err)
		require.Contains(t, shown, "[hidden]")
		require.NotContains(t, shown, signature)
	}
}

func TestBearerTokenIsHidden(t *testing.T) {
	const token = "BEARER-token-0123456789"
	client := newClient(t, domaintask.Config{Retry: once, Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		return domaintask.BearerCredentials(token), nil
	}), HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		return answering(r, 400, `{"Code":"X","Message":"`+r.URL.Query().Get("BearerToken")+`"}`), nil
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.Contains(t, show(t, err), "[hidden]")
	require.NotContains(t, show(t, err), token)
}

// Where the text of a transport error shows a secret, what it is stays known.
func TestHiddenTransportErrorKeepsItsCause(t *testing.T) {
	client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		return nil, fmt.Errorf("%s: %w", r.URL, context.DeadlineExceeded)
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorContains(t, err, "[hidden]")
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestACS3SaysWhatItAccepts(t *testing.T) {
	for format, want := range map[domaintask.Format]string{domaintask.FormatJSON: "application/json", domaintask.FormatXML: "application/xml"} {
		client := newClient(t, domaintask.Config{Format: format, Signature: domaintask.SignatureACS3, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			require.Equal(t, want, r.Header.Get("Accept"))
			return answering(r, 200, emptyPage), nil
		})})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
	}
}

// More than the pool keeps, in several pieces.
func TestLargeAnswerIsWhole(t *testing.T) {
	for _, size := range []int{1<<20 - 1, 1 << 20, 1<<20 + 1, 2 << 20, 5<<20 + 7} {
		body := `{"RequestId":"r","New":"` + strings.Repeat("x", size) + `"}`
		client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) { return answering(r, 200, body), nil })})
		raw, err := client.Do(t.Context(), domaintask.Call{Action: "A"})
		require.NoError(t, err)
		require.True(t, body == string(raw.Body), size)
	}
}

func TestErrorAnswersAreBounded(t *testing.T) {
	var read atomic.Int64
	client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		resp := answering(r, 404, "")
		resp.ContentLength = -1
		resp.Body = failing{func(b []byte) (int, error) { read.Add(int64(len(b))); return len(b), nil }}
		return resp, nil
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	var decodeErr *domaintask.DecodeError
	require.ErrorAs(t, err, &decodeErr)
	require.NotErrorIs(t, err, domaintask.ErrResponseTooLarge, "a larger limit would not help")
	require.Less(t, read.Load(), int64(5<<20))
}

// A new secret under the old id.
func TestSecretRotatesUnderItsID(t *testing.T) {
	server := domaintasktest.NewServerWith(domaintasktest.Options{AccessKeySecret: "the-new-secret"})
	t.Cleanup(server.Close)
	config := server.Config()
	secret := "the-old-secret"
	config.Credentials = domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		return domaintask.NewCredentials(domaintasktest.DefaultAccessKeyID, secret, ""), nil
	})
	client := newClient(t, config)
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorIs(t, err, domaintask.ErrCredentials)
	secret = "the-new-secret"
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
}

func TestCredentialErrorIsNotWrappedTwice(t *testing.T) {
	client := newClient(t, domaintask.Config{Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		return domaintask.Credentials{}, fmt.Errorf("vault: %w", domaintask.ErrCredentials)
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.Equal(t, 1, strings.Count(err.Error(), "credentials missing"))
}

// The context ends while the answer is on its way: no other attempt is announced.
func TestNoOtherAttemptIsAnnouncedToNobody(t *testing.T) {
	var log bytes.Buffer
	ctx, cancel := context.WithCancel(t.Context())
	client := newClient(t, domaintask.Config{Logger: slog.New(slog.NewTextHandler(&log, nil)), HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		cancel()
		return answering(r, 503, `{"Code":"ServiceUnavailable"}`), nil
	})})
	_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
	require.Error(t, err)
	require.NotContains(t, log.String(), "another follows")
}

// Without a hint the wait is random, and within the bound.
func TestRetriesWaitWithoutAHint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		client := newClient(t, domaintask.Config{
			Retry: domaintask.RetryPolicy{MaxAttempts: 4}, OnAttempt: func(_ context.Context, a domaintask.Attempt) { waits = append(waits, a.Wait) },
			HTTPClient: via(func(r *http.Request) (*http.Response, error) {
				return answering(r, 503, `{"Code":"ServiceUnavailable"}`), nil
			}),
		})
		start := time.Now()
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.Error(t, err)
		require.NotZero(t, time.Since(start))
		require.Equal(t, waits[0]+waits[1]+waits[2], time.Since(start))
		require.LessOrEqual(t, waits[0], 200*time.Millisecond)
		require.LessOrEqual(t, waits[2], 800*time.Millisecond)
	})
}

func TestDoTakesTheRequestIDOfTheHeader(t *testing.T) {
	client := newClient(t, domaintask.Config{HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		resp := answering(r, 200, `{}`)
		resp.Header.Set("x-acs-request-id", "R-header")
		return resp, nil
	})})
	raw, err := client.Do(t.Context(), domaintask.Call{Action: "A"})
	require.NoError(t, err)
	require.Equal(t, "R-header", raw.RequestID)
}

func TestEndpointWithAnEmptyQuery(t *testing.T) {
	for _, endpoint := range []string{"https://example.com?", "https://example.com:0"} {
		_, err := domaintask.NewClient(domaintask.Config{Credentials: static(), Endpoint: endpoint})
		require.ErrorContains(t, err, "Endpoint", endpoint)
	}
}

func TestPrivateTransport(t *testing.T) {
	transport := domaintask.NewTransport()
	require.NotNil(t, transport.Proxy)
	require.NotZero(t, transport.TLSHandshakeTimeout)
}

// A message is not cut within a character.
func TestMessageIsCutBetweenCharacters(t *testing.T) {
	text := (&domaintask.APIError{Code: "X", Message: "a" + strings.Repeat("长", 200)}).Error()
	require.True(t, utf8.ValidString(text))
	require.NotContains(t, text, "\uFFFD")
}

// plainLog keeps the attributes as they were logged, where the handlers of slog quote them.
type plainLog struct{ lines *[]string }

func (plainLog) Enabled(context.Context, slog.Level) bool { return true }
func (l plainLog) Handle(_ context.Context, r slog.Record) error {
	r.Attrs(func(a slog.Attr) bool { *l.lines = append(*l.lines, a.Key+"="+a.Value.String()); return true })
	return nil
}
func (l plainLog) WithAttrs([]slog.Attr) slog.Handler { return l }
func (l plainLog) WithGroup(string) slog.Handler      { return l }

func TestLogsAreOfOneLine(t *testing.T) {
	var lines []string
	client := newClient(t, domaintask.Config{Retry: once, Logger: slog.New(plainLog{&lines}), HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		return answering(r, 400, `{"Code":"a\nb","RequestId":"c\nd"}`), nil
	})})
	client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.Contains(t, lines, "code=a b")
	require.Contains(t, lines, "request_id=c d")
}

// shelf is a service without totals, whose acknowledgements take a while to show.
type shelf struct {
	mu    sync.Mutex
	ids   []string
	late  bool // acknowledged tasks stay listed
	polls int
	acks  []string
	langs []string
}

func (s *shelf) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := r.URL.Query()
	if q.Get("Action") == "AcknowledgeTaskResult" {
		s.langs = append(s.langs, q.Get("Lang")+q.Get("UserClientIp"))
		n := 0
		for i := 1; q.Has("TaskDetailNo." + strconv.Itoa(i)); i++ {
			id := q.Get("TaskDetailNo." + strconv.Itoa(i))
			s.acks = append(s.acks, id)
			if k := slices.Index(s.ids, id); k >= 0 && !s.late {
				s.ids = slices.Delete(s.ids, k, k+1)
				n++
			}
		}
		return answering(r, 200, fmt.Sprintf(`{"Result":%d}`, n)), nil
	}
	if s.polls++; s.polls > 1000 {
		return answering(r, 400, `{"Code":"Enough"}`), nil
	}
	num, _ := strconv.Atoi(q.Get("PageNum"))
	size, _ := strconv.Atoi(q.Get("PageSize"))
	start, end := min((num-1)*size, len(s.ids)), min(num*size, len(s.ids))
	tasks := []map[string]string{}
	for _, id := range s.ids[start:end] {
		tasks = append(tasks, map[string]string{"TaskDetailNo": id})
	}
	doc, _ := json.Marshal(map[string]any{"NextPage": end < len(s.ids), "Data": map[string]any{"TaskDetail": tasks}})
	return answering(r, 200, string(doc)), nil
}

func newShelf(n int, id func(int) string) *shelf {
	s := &shelf{}
	for i := range n {
		s.ids = append(s.ids, id(i))
	}
	return s
}

// However often Drain stays on a page that counts nothing.
func TestDrainWithoutTotals(t *testing.T) {
	s := newShelf(60, strconv.Itoa)
	client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: s}})
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}, func(context.Context, domaintask.TaskDetail) error { return nil })
	require.NoError(t, err)
	require.Equal(t, domaintask.DrainResult{Handled: 60, Acknowledged: 60, Rounds: 2, Complete: true}, result)
}

// Tasks that stay listed are acknowledged once a round, in the language of the
// request, and do not count as acknowledged.
func TestDrainWhereAcknowledgedTasksStayListed(t *testing.T) {
	s := newShelf(3, strconv.Itoa)
	s.late = true
	client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: s}})
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{PageSize: 10, Lang: "zh", UserClientIP: "192.0.2.1"}, func(context.Context, domaintask.TaskDetail) error { return nil })
	var unacknowledged *domaintask.UnacknowledgedError
	require.ErrorAs(t, err, &unacknowledged)
	require.Equal(t, 3, unacknowledged.Tasks)
	require.Equal(t, domaintask.DrainResult{Handled: 3, Relisted: 3, Rounds: 3, Complete: true}, result)
	require.Len(t, s.acks, 9, "each in each round")
	require.Equal(t, []string{"zh192.0.2.1", "zh192.0.2.1", "zh192.0.2.1"}, s.langs, "as polled")
}

// Long ids make smaller batches.
func TestDrainOfLongIDs(t *testing.T) {
	s := newShelf(30, func(i int) string { return strings.Repeat("/", 400) + strconv.Itoa(i) })
	client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: s}})
	result, err := client.Drain(t.Context(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error { return nil })
	require.NoError(t, err)
	require.Equal(t, 30, result.Acknowledged)
	require.Len(t, s.langs, 6, "five in a call")
}

func TestRedirectIsNamed(t *testing.T) {
	client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) { return answering(r, 302, ""), nil })})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorContains(t, err, "redirects are not followed")
}

// Six minutes are more than the clock is trusted to be right by.
func TestSmallSkewIsCorrected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{refusal(400, "InvalidTimeStamp.Expired", "Date", "Sat, 01 Jan 2000 00:06:00 GMT"), {status: 200, body: emptyPage}}}
		client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: service}})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Equal(t, "2000-01-01T00:06:00Z", service.sent[1].URL.Query().Get("Timestamp")[:len("2000-01-01T00:06:00Z")])
	})
}

// A task that was gone for a few rounds is yielded again.
func TestWatchForgetsSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t, task(1))
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Hour)
		defer cancel()
		time.AfterFunc(time.Hour, func() { w.Remove("task-1") })
		time.AfterFunc(time.Hour+40*time.Minute, func() { w.Add(task(1)) }) // rounds are four minutes apart
		times := 0
		for _, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}) {
			if err == nil {
				times++
			}
		}
		require.Equal(t, 2, times)
	})
}

// Rounds that fail are no reason to forget, unless there are a hundred.
func TestWatchForgetsWhereNoRoundEnds(t *testing.T) {
	for _, tt := range []struct {
		away  time.Duration // how long the task is off the list
		times int
	}{{40 * time.Minute, 1}, {9 * time.Hour, 2}} {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
				at := time.Since(start)
				switch {
				case r.URL.Query().Get("PageNum") == "2":
					return answering(r, 503, `{"Code":"ServiceUnavailable"}`), nil
				case at < time.Hour || at > time.Hour+tt.away:
					return answering(r, 200, `{"NextPage":true,"PageSize":9,"Data":{"TaskDetail":[{"TaskDetailNo":"a"}]}}`), nil
				}
				return answering(r, 200, `{"NextPage":true,"PageSize":9,"Data":{"TaskDetail":[]}}`), nil
			})})
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Hour)
			defer cancel()
			times := 0
			for _, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}) {
				if err == nil {
					times++
				}
			}
			require.Equal(t, tt.times, times)
		})
	}
}

// However the context ends, the watch tells so, once and last.
func TestWatchTellsOnceThatTheContextEnded(t *testing.T) {
	for _, tt := range []struct {
		answer reply
		errs   int
	}{
		{reply{err: io.EOF}, 1},
		{reply{err: context.Canceled}, 1},
		{refusal(503, "ServiceUnavailable"), 2},
		{refusal(403, "Forbidden.RAM"), 2},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		service := &replies{list: []reply{tt.answer}}
		client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			cancel()
			return service.RoundTrip(r)
		})})
		var errs []error
		for _, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}) {
			errs = append(errs, err)
		}
		require.Len(t, errs, tt.errs)
		require.ErrorIs(t, errs[len(errs)-1], context.Canceled)
	}
}

// A round that failed is followed by a wait, full pages or not.
func TestWatchWaitsAfterAFailedRound(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t, task(1), task(2))
		w.fail = func(n int) (*http.Response, error) {
			if n == 2 {
				return nil, io.EOF
			}
			return nil, nil
		}
		ctx, cancel := context.WithTimeout(t.Context(), 70*time.Second)
		defer cancel()
		for range client.Watch(ctx, domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithInterval(time.Minute)) {
		}
		require.Zero(t, w.polls[1])
		require.Greater(t, w.polls[2], 50*time.Second)
	})
}

// Many watchers do not ask all at once.
func TestWatchWaitsAtRandom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w, client := watch(t)
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Hour)
		defer cancel()
		for range client.Watch(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithInterval(time.Minute)) {
		}
		waits := map[time.Duration]bool{}
		for i := 5; i < len(w.polls); i++ {
			waits[w.polls[i]-w.polls[i-1]] = true
		}
		require.Greater(t, len(waits), 10)
	})
}

// Requests that failed count as well.
func TestProgressCountsAttempts(t *testing.T) {
	n := 0
	client := newClient(t, domaintask.Config{Retry: domaintask.RetryPolicy{BaseDelay: 1}, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		if n++; n == 1 {
			return answering(r, 503, ""), nil
		}
		return answering(r, 200, emptyPage), nil
	})})
	var told domaintask.Progress
	_, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithProgress(func(p domaintask.Progress) { told = p })))
	require.NoError(t, err)
	require.Equal(t, domaintask.Progress{Pages: 1, Attempts: 2}, told)
}
