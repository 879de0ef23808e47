package domaintask_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// reply is one scripted answer of a transport: an error, or a status with
// headers and a body.
type reply struct {
	status int
	body   string
	header http.Header
	err    error
}

const emptyPage = `{"TotalItemNum":0}`

// replies answers with one reply after another, the last one for ever, and
// keeps what it was sent and when. It lives in a synctest bubble.
type replies struct {
	list []reply
	sent []*http.Request
	at   []time.Duration // since the first
	from time.Time
}

func (s *replies) RoundTrip(r *http.Request) (*http.Response, error) {
	if s.sent == nil {
		s.from = time.Now()
	}
	answer := s.list[min(len(s.sent), len(s.list)-1)]
	s.sent, s.at = append(s.sent, r), append(s.at, time.Since(s.from))
	if answer.err != nil {
		return nil, answer.err
	}
	header := answer.header.Clone()
	if header == nil {
		header = http.Header{}
	}
	return &http.Response{StatusCode: answer.status, Header: header, Request: r, Body: io.NopCloser(strings.NewReader(answer.body))}, nil
}

func refusal(status int, code string, header ...string) reply {
	r := reply{status: status, body: `{"RequestId":"R-1","Code":"` + code + `","Message":"m"}`, header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		r.header.Add(header[i], header[i+1])
	}
	return r
}

// TestRetries states for each script of answers how the call ends, and when
// each attempt was made. Jitter is next to nothing here.
func TestRetries(t *testing.T) {
	t.Parallel()
	ok := reply{status: 200, body: emptyPage}
	const user, api = "x-ratelimit-user", "x-ratelimit-user-api"
	for _, tt := range []struct {
		name   string
		answer []reply
		policy domaintask.RetryPolicy
		at     []time.Duration // of each attempt
		fails  bool
		after  time.Duration // what the error says of when to call again
	}{
		{name: "at once", answer: []reply{ok}, at: []time.Duration{0}},
		{name: "throttled twice", answer: []reply{refusal(400, "Throttling.User"), refusal(400, "Throttling.Api"), ok}, at: []time.Duration{0, 0, 0}},
		{name: "throttled for good", answer: []reply{refusal(400, "Throttling.User")}, at: []time.Duration{0, 0, 0}, fails: true},
		{name: "no retries", answer: []reply{refusal(400, "Throttling.User")}, policy: domaintask.RetryPolicy{MaxAttempts: 1}, at: []time.Duration{0}, fails: true},
		{name: "five attempts", answer: []reply{refusal(503, "ServiceUnavailable")}, policy: domaintask.RetryPolicy{MaxAttempts: 5}, at: []time.Duration{0, 0, 0, 0, 0}, fails: true},
		{name: "not worth it", answer: []reply{refusal(400, "InvalidParameter")}, at: []time.Duration{0}, fails: true},
		{name: "refused for good, as an internal error", answer: []reply{refusal(500, "Forbidden.RAM")}, at: []time.Duration{0}, fails: true},
		{name: "a key that is unknown, as unavailable", answer: []reply{refusal(503, "InvalidAccessKeyId.NotFound")}, at: []time.Duration{0}, fails: true},
		{name: "busy, in a success", answer: []reply{refusal(200, "ServiceBusy"), ok}, at: []time.Duration{0, 0}},
		{name: "busy, as not permitted", answer: []reply{refusal(403, "SystemBusy"), refusal(400, "RequestTimeout"), ok}, at: []time.Duration{0, 0, 0}},
		{name: "a code in blanks", answer: []reply{refusal(400, "\\n Throttling.User "), ok}, at: []time.Duration{0, 0}},
		{name: "an unknown code, unavailable", answer: []reply{refusal(503, "Odd"), ok}, at: []time.Duration{0, 0}},
		{name: "an unknown code", answer: []reply{refusal(400, "Odd")}, at: []time.Duration{0}, fails: true},
		{name: "a gateway", answer: []reply{{status: 502, body: "<html>"}, ok}, at: []time.Duration{0, 0}},
		{name: "an empty success", answer: []reply{{status: 200}, ok}, at: []time.Duration{0, 0}},
		{name: "reset", answer: []reply{{err: &net.OpError{Op: "read", Err: syscall.ECONNRESET}}, ok}, at: []time.Duration{0, 0}},
		{name: "unknown host", answer: []reply{{err: &net.DNSError{IsNotFound: true}}}, at: []time.Duration{0}, fails: true},
		{name: "hint for the user", answer: []reply{refusal(400, "Throttling.User", user, "Limit:1,Remain:0,TimeLeft:2000,Reset:1234"), ok}, at: []time.Duration{0, 2 * time.Second}},
		{name: "the longer hint", answer: []reply{refusal(400, "Throttling.User", user, "TimeLeft:1500", api, "Limit:1, TimeLeft:3500"), ok}, at: []time.Duration{0, 3500 * time.Millisecond}},
		{name: "hint of a proxy", answer: []reply{refusal(503, "ServiceUnavailable", "Retry-After", "7"), ok}, at: []time.Duration{0, 7 * time.Second}},
		{name: "hint as a date", answer: []reply{refusal(503, "ServiceUnavailable", "Date", "Mon, 02 Jan 2006 15:04:05 GMT", "Retry-After", "Mon, 02 Jan 2006 15:04:15 GMT"), ok}, at: []time.Duration{0, 10 * time.Second}},
		{name: "hint as a date, by our clock", answer: []reply{refusal(503, "ServiceUnavailable", "Retry-After", "Sat, 01 Jan 2000 00:00:05 GMT"), ok}, at: []time.Duration{0, 5 * time.Second}},
		{name: "hint of a gateway", answer: []reply{{status: 502, body: "<html>", header: http.Header{"Retry-After": {"3"}}}, ok}, at: []time.Duration{0, 3 * time.Second}},
		{name: "hint of the most", answer: []reply{refusal(400, "Throttling.User", user, "TimeLeft:20000"), ok}, at: []time.Duration{0, 20 * time.Second}},
		{name: "hint beyond the most", answer: []reply{refusal(400, "Throttling.User", user, "TimeLeft:60000")}, at: []time.Duration{0}, fails: true, after: time.Minute},
		{name: "hint beyond what was set", answer: []reply{refusal(400, "Throttling.User", user, "TimeLeft:2000")}, policy: domaintask.RetryPolicy{MaxDelay: time.Second}, at: []time.Duration{0}, fails: true, after: 2 * time.Second},
		{name: "hint of a proxy beyond the most", answer: []reply{{status: 503, body: "<html>", header: http.Header{"Retry-After": {"60"}}}}, at: []time.Duration{0}, fails: true, after: time.Minute},
		{name: "hint of a week", answer: []reply{refusal(503, "ServiceUnavailable", "Retry-After", "604800")}, at: []time.Duration{0}, fails: true, after: 7 * 24 * time.Hour},
		{name: "hint beyond belief", answer: []reply{refusal(503, "ServiceUnavailable", "Retry-After", "99999999999999999999")}, at: []time.Duration{0}, fails: true, after: 30 * 24 * time.Hour},
		{name: "hint with a fraction", answer: []reply{refusal(503, "ServiceUnavailable", "Retry-After", "1.5"), refusal(400, "Throttling.User", user, "TimeLeft:2000.5"), ok}, at: []time.Duration{0, 1500 * time.Millisecond, 3500 * time.Millisecond}},
		{name: "hint of a refusal that is final", answer: []reply{refusal(403, "Forbidden.RAM", "Retry-After", "1")}, at: []time.Duration{0}, fails: true, after: time.Second},
		{name: "hint of the last attempt", answer: []reply{refusal(503, "ServiceUnavailable", "Retry-After", "1")}, at: []time.Duration{0, time.Second, 2 * time.Second}, fails: true, after: time.Second},
		{name: "hints that are none", answer: []reply{
			refusal(400, "Throttling.User", user, "TimeLeft:-5", api, "TimeLeft", "Retry-After", "soon"),
			refusal(400, "Throttling.User", user, "Limit:1", api, "", "Retry-After", "-1"), ok,
		}, at: []time.Duration{0, 0, 0}},
		{name: "hint of the past", answer: []reply{refusal(503, "ServiceUnavailable", "Retry-After", "Sat, 01 Jan 1994 00:00:00 GMT"), ok}, at: []time.Duration{0, 0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				service := &replies{list: tt.answer}
				tt.policy.BaseDelay = 1
				client := newClient(t, domaintask.Config{Retry: tt.policy, HTTPClient: &http.Client{Transport: service}})
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.Equal(t, tt.fails, err != nil, err)
				require.Equal(t, tt.after, domaintask.RetryAfter(err))
				var at []time.Duration
				for _, d := range service.at {
					at = append(at, d.Truncate(time.Millisecond))
				}
				require.Equal(t, tt.at, at)
				if tt.fails {
					require.Equal(t, len(tt.at), attempts(t, err))
				}
				nonces := map[string]bool{}
				for _, request := range service.sent {
					nonces[request.URL.Query().Get("SignatureNonce")] = true
				}
				require.Len(t, nonces, len(service.sent), "each attempt is signed anew")
			})
		})
	}
}

// attempts is what an error says of how often the call was sent.
func attempts(t *testing.T, err error) int {
	t.Helper()
	var apiErr *domaintask.APIError
	var decodeErr *domaintask.DecodeError
	var callErr *domaintask.CallError
	switch {
	case errors.As(err, &callErr):
		return callErr.Attempts
	case errors.As(err, &apiErr):
		return apiErr.Attempts
	case errors.As(err, &decodeErr):
		return decodeErr.Attempts
	}
	t.Fatalf("an error without attempts: %v", err)
	return 0
}

// TestRetryAfterIsInTheError of each type, with what it matches.
func TestRetryAfterIsInTheError(t *testing.T) {
	t.Parallel()
	fail := func(answer reply) error {
		client := newClient(t, domaintask.Config{Retry: once, HTTPClient: &http.Client{Transport: &replies{list: []reply{answer}}}})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.Equal(t, 2500*time.Millisecond, domaintask.RetryAfter(err))
		return err
	}
	var apiErr *domaintask.APIError
	err := fail(refusal(400, "Throttling.User", "x-ratelimit-user", "TimeLeft:2500"))
	require.ErrorAs(t, err, &apiErr)
	require.Equal(t, 2500*time.Millisecond, apiErr.RetryAfter)

	var decodeErr *domaintask.DecodeError
	for _, status := range []int{429, 503, 200} {
		err := fail(reply{status: status, body: "<html>", header: http.Header{"Retry-After": {"2.5"}}})
		require.ErrorAs(t, err, &decodeErr)
		require.Equal(t, 2500*time.Millisecond, decodeErr.RetryAfter)
		require.Equal(t, status == 429, errors.Is(err, domaintask.ErrThrottled))
		require.True(t, domaintask.Temporary(err))
	}
}

// TestNoWaitBeyondTheDeadline: the service's error comes at once, rather than
// a time-out later.
func TestNoWaitBeyondTheDeadline(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{refusal(400, "Throttling.User", "x-ratelimit-user", "TimeLeft:2000")}}
		client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: service}})
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		start := time.Now()
		_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		require.ErrorIs(t, err, domaintask.ErrThrottled)
		require.NotErrorIs(t, err, context.DeadlineExceeded)
		require.Zero(t, time.Since(start))
		require.Equal(t, 1, attempts(t, err))
	})
}

// TestCancelledWait ends at once, and the error still tells why it waited.
func TestCancelledWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{refusal(400, "Throttling.User", "x-ratelimit-user", "TimeLeft:2000")}}
		client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: service}})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		start := time.Now()
		_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		require.Equal(t, time.Second, time.Since(start))
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, domaintask.ErrThrottled)
		var apiErr *domaintask.APIError
		require.ErrorAs(t, err, &apiErr)
		require.Equal(t, "R-1", apiErr.RequestID)
		require.Equal(t, 2*time.Second, domaintask.RetryAfter(err))
		require.EqualError(t, err, "domaintask: PollTaskResult: context canceled (after: Throttling.User: m (HTTP 400, request id R-1))")
	})
}

// TestNotIdempotent: what may have reached the service is not sent again.
func TestNotIdempotent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		first reply
		sent  int
	}{
		{"refused", refusal(503, "ServiceUnavailable"), 1},
		{"busy", refusal(400, "ServiceBusy"), 1},
		{"throttled", refusal(400, "Throttling.User"), 2},
		{"throttled, under any status", refusal(503, "Throttling"), 2},
		{"throttled, the other way", refusal(429, "Rejected.Throttling"), 2},
		{"throttled, by its status alone", refusal(429, "Odd"), 1},
		{"throttled, as busy", refusal(429, "ServiceBusy"), 1},
		{"throttled, by a gateway", reply{status: 429, body: "<html>"}, 1},
		{"the clock", refusal(400, "InvalidTimeStamp.Expired", "Date", "Sat, 01 Jan 2000 01:00:00 GMT"), 2},
		{"the clock, the other way", refusal(400, "IllegalTimestamp", "Date", "Sat, 01 Jan 2000 01:00:00 GMT"), 2},
		{"a time that cannot be read", refusal(400, "InvalidTimeStamp.Format"), 1},
		{"the nonce", refusal(400, "SignatureNonceUsed"), 2},
		{"a gateway", reply{status: 502, body: "<html>"}, 1},
		{"the connection ended", reply{err: io.EOF}, 1},
		{"reset", reply{err: &net.OpError{Op: "read", Err: syscall.ECONNRESET}}, 1},
		{"no connection", reply{err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}, 2},
		{"no connection, for good", reply{err: &net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				for _, idempotent := range []bool{false, true} {
					service := &replies{list: []reply{tt.first, {status: 200, body: `{"RequestId":"R-2"}`}}}
					client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: service}})
					_, err := client.Do(t.Context(), domaintask.Call{Action: "SaveTask", Params: url.Values{"A": {"1"}}, Idempotent: idempotent})
					sent := tt.sent
					if idempotent && tt.name != "no connection, for good" && tt.name != "a time that cannot be read" {
						sent = 2
					}
					require.Len(t, service.sent, sent)
					require.Equal(t, sent == 1, err != nil)
				}
			})
		})
	}
}

// TestCredentialsRotate between attempts: each is signed with what the
// provider says then. One that fails ends the call, which tells what came before.
func TestCredentialsRotate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{refusal(503, "ServiceUnavailable")}}
		asked := 0
		client := newClient(t, domaintask.Config{
			Retry: domaintask.RetryPolicy{MaxAttempts: 5}, HTTPClient: &http.Client{Transport: service},
			Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
				asked++
				if asked == 3 {
					return domaintask.Credentials{}, errors.New("sealed")
				}
				return domaintask.NewCredentials("id-"+string(rune('0'+asked)), "secret", ""), nil
			}),
		})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.ErrorIs(t, err, domaintask.ErrCredentials)
		require.ErrorContains(t, err, "sealed (after: ServiceUnavailable: m (HTTP 503, request id R-1, 2 attempts))")
		require.Equal(t, 2, attempts(t, err))
		require.Len(t, service.sent, 2)
		require.Equal(t, "id-1", service.sent[0].URL.Query().Get("AccessKeyId"))
		require.Equal(t, "id-2", service.sent[1].URL.Query().Get("AccessKeyId"))
	})
}

type limiterFunc func(context.Context) error

func (f limiterFunc) Wait(ctx context.Context) error { return f(ctx) }

// TestLimiter is asked before every attempt, and its refusal ends the call. It
// is temporary only if it says so.
func TestLimiter(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		refusal   error
		temporary bool
	}{
		{errors.New("no more today"), false},
		{passing(true), true},
		{passing(false), false},
	} {
		synctest.Test(t, func(t *testing.T) {
			service := &replies{list: []reply{refusal(503, "ServiceUnavailable")}}
			asked := 0
			client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: service}, Limiter: limiterFunc(func(context.Context) error {
				asked++
				require.Equal(t, asked-1, len(service.sent))
				if asked == 3 {
					return tt.refusal
				}
				return nil
			})})
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.ErrorIs(t, err, tt.refusal)
			require.Equal(t, 2, attempts(t, err))
			require.Equal(t, tt.temporary, domaintask.Temporary(err))
		})
	}
}

// passing is an error that says whether it is temporary.
type passing bool

func (passing) Error() string     { return "over quota" }
func (p passing) Temporary() bool { return bool(p) }

// TestObservation states what OnAttempt and the log are told of a call that
// needs three attempts.
func TestObservation(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{
			refusal(400, "Throttling.User", "x-ratelimit-user", "TimeLeft:2000"),
			{err: io.EOF},
			{status: 200, body: `{"RequestId":"R-3","TotalItemNum":0}`},
		}}
		type key struct{}
		var told []domaintask.Attempt
		var id string
		var log bytes.Buffer
		client := newClient(t, domaintask.Config{
			HTTPClient: &http.Client{Transport: service},
			Retry:      domaintask.RetryPolicy{BaseDelay: 1},
			Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
				if a.Key == slog.TimeKey {
					return slog.Attr{}
				}
				return a
			}})),
			OnAttempt: func(ctx context.Context, a domaintask.Attempt) {
				require.Equal(t, "the caller's", ctx.Value(key{}))
				a.Wait = a.Wait.Truncate(time.Millisecond)
				require.Regexp(t, "^[0-9a-f]{16}$", a.CallID)
				id, a.CallID = a.CallID, ""
				told = append(told, a)
			},
		})
		_, err := client.PollTaskResult(context.WithValue(t.Context(), key{}, "the caller's"), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Len(t, told, 3)
		require.ErrorIs(t, told[0].Err, domaintask.ErrThrottled)
		require.ErrorIs(t, told[1].Err, io.EOF)
		told[0].Err, told[1].Err = nil, nil
		require.Equal(t, []domaintask.Attempt{
			{Action: "PollTaskResult", Number: 1, StatusCode: 400, Code: "Throttling.User", RequestID: "R-1", WillRetry: true, Wait: 2 * time.Second},
			{Action: "PollTaskResult", Number: 2, WillRetry: true},
			{Action: "PollTaskResult", Number: 3, StatusCode: 200, RequestID: "R-3"},
		}, told)

		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		require.Len(t, lines, 3)
		require.Equal(t, `level=WARN msg="domaintask: attempt failed, another follows" action=PollTaskResult call_id=`+id+` attempt=1 duration=0s status=400 code=Throttling.User request_id=R-1 wait=2s`, lines[0])
		require.Regexp(t, `^level=WARN msg="domaintask: attempt failed, another follows" action=PollTaskResult call_id=`+id+` attempt=2 duration=0s error=EOF wait=\d(ns|s)$`, lines[1])
		require.Equal(t, `level=DEBUG msg="domaintask: attempt" action=PollTaskResult call_id=`+id+` attempt=3 duration=0s status=200 request_id=R-3`, lines[2])
	})
}
