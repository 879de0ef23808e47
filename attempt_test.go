package domaintask_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestBrokenAnswers: an answer that does not come to its end is none, whatever
// its status was, and the next attempt may get one. What its headers asked for
// is obeyed.
func TestBrokenAnswers(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 400, 403, 404, 429, 503} {
		for _, tt := range []struct {
			name  string
			fault domaintasktest.Fault
			is    error
			took  time.Duration
		}{
			{"silent", domaintasktest.HangAfter(10), context.DeadlineExceeded, 30 * time.Second},
			{"closed", domaintasktest.CloseAfter(10), io.ErrUnexpectedEOF, 0},
			{"closed behind the headers", domaintasktest.CloseAfter(0), io.ErrUnexpectedEOF, 0},
			{"longer by its length", domaintasktest.WrongLength(+10), io.ErrUnexpectedEOF, 0},
			{"silent, after a hint", domaintasktest.HangAfter(10).WithRetryAfter(time.Minute), context.DeadlineExceeded, 30 * time.Second},
		} {
			t.Run(fmt.Sprint(status, " ", tt.name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					server := domaintasktest.NewServerWith(domaintasktest.Options{PlainHTTP: true, InMemory: true})
					defer server.Close()
					server.InjectAlways(tt.fault.WithStatus(status))
					var told []domaintask.Attempt
					config := server.Config()
					defer config.HTTPClient.CloseIdleConnections()
					config.Retry = once
					config.OnAttempt = func(_ context.Context, a domaintask.Attempt) { told = append(told, a) }
					client := newClient(t, config)
					start := time.Now()
					_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
					require.Equal(t, tt.took, time.Since(start))
					var callErr *domaintask.CallError
					require.ErrorAs(t, err, &callErr)
					require.ErrorIs(t, err, tt.is)
					require.True(t, domaintask.Temporary(err))
					require.NotErrorIs(t, err, domaintask.ErrThrottled)
					require.Equal(t, status, told[0].StatusCode)
					require.Equal(t, server.Requests()[0].RequestID, told[0].RequestID)
					if tt.name == "silent, after a hint" {
						require.Equal(t, time.Minute, domaintask.RetryAfter(err))
						return
					}
					server.Heal()
					server.Inject(tt.fault.WithStatus(status))
					config.Retry = domaintask.RetryPolicy{BaseDelay: 1}
					_, err = newClient(t, config).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
					require.NoError(t, err)
				})
			})
		}
	}
}

// TestStatuses are those that the service does not send: of other protocols, of
// responses without a body, and none at all.
func TestStatuses(t *testing.T) {
	t.Parallel()
	endless := failing{func(b []byte) (int, error) { return copy(b, "x"), nil }}
	for _, tt := range []struct {
		status    int
		body      string // "endless" does not end
		kind      string // of the error: "api", "decode"; "" = there is a page
		temporary bool
	}{
		{status: 204, kind: "decode", temporary: true},
		{status: 205, kind: "decode", temporary: true},
		{status: 203, body: emptyPage},
		{status: 204, body: emptyPage},
		{status: 206, body: emptyPage},
		{status: 206, body: emptyPage[:5], kind: "decode", temporary: true},
		{status: 299, body: emptyPage},
		{status: 299, body: `{"Code":"Forbidden.RAM"}`, kind: "api"},
		{status: 300, body: emptyPage, kind: "decode"},
		{status: 304, kind: "decode"},
		{status: 307, kind: "decode"},
		{status: 307, body: `{"Code":"Throttling.User"}`, kind: "api", temporary: true},
		{status: 400, body: emptyPage, kind: "decode"},
		{status: 400, body: `{"Code":"200"}`, kind: "api"},
		{status: 404, body: `{"Code":"200","TotalItemNum":0,"Data":{"TaskDetail":[]}}`, kind: "api"},
		{status: 503, body: `{"Code":"OK"}`, kind: "api", temporary: true},
		{status: 404, body: "<html>", kind: "decode"},
		{status: 500, body: emptyPage, kind: "decode", temporary: true},
		{status: 101, body: "endless", kind: "decode"},
		{status: 100, body: "endless", kind: "decode"},
		{status: 199, body: `{"Code":"Throttling.User"}`, kind: "decode"},
		{status: 0, body: "endless", kind: "decode"},
		{status: -1, body: emptyPage, kind: "decode"},
		{status: 600, body: emptyPage, kind: "decode"},
		{status: 600, body: "endless", kind: "decode"},
		{status: 999, body: `{"Code":"Throttling.User"}`, kind: "api", temporary: true},
	} {
		client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			resp := answering(r, tt.status, tt.body)
			if tt.body == "endless" {
				resp.Body = endless
			}
			return resp, nil
		})})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		var apiErr *domaintask.APIError
		var decodeErr *domaintask.DecodeError
		require.Equal(t, tt.kind == "api", errors.As(err, &apiErr), "%d %s: %v", tt.status, tt.body, err)
		require.Equal(t, tt.kind == "decode", errors.As(err, &decodeErr), "%d %s: %v", tt.status, tt.body, err)
		require.Equal(t, tt.temporary, domaintask.Temporary(err), "%d %s: %v", tt.status, tt.body, err)
	}
}

// TestContentCodings lets a proxy compress what nobody asked to have
// compressed, for the client's own transport and for one that asks for nothing.
func TestContentCodings(t *testing.T) {
	t.Parallel()
	const doc = `{"RequestId":"R-1","TotalItemNum":1,"Data":{"TaskDetail":[{"TaskDetailNo":"1"}]}}`
	zip := func(s string) string {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, s)
		z.Close()
		return b.String()
	}
	for _, tt := range []struct {
		name   string
		coding []string
		body   string
		names  string // what the error names; "": the page is read
	}{
		{"gzip", []string{"gzip"}, zip(doc), ""},
		{"x-gzip", []string{"x-gzip"}, zip(doc), ""},
		{"identity", []string{"identity"}, doc, ""},
		{"identity and gzip", []string{"identity", "gzip"}, zip(doc), ""},
		{"br", []string{"br"}, "\x8b\x02\x80", `"br"`},
		{"zstd", []string{"zstd"}, "\x28\xb5\x2f\xfd", `"zstd"`},
		{"deflate", []string{"deflate"}, "\x78\x9c", `"deflate"`},
		{"gzip twice", []string{"gzip, gzip"}, zip(zip(doc)), `"gzip, gzip"`},
		{"an unknown one", []string{"aws-chunked"}, doc, `"aws-chunked"`},
	} {
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Encoding"] = tt.coding
			io.WriteString(w, tt.body)
		})
		for name, given := range map[string]*http.Client{
			"own": nil, "given": {Transport: new(http.Transport)}, "without compression": {Transport: &http.Transport{DisableCompression: true}},
		} {
			t.Run(tt.name+"/"+name, func(t *testing.T) {
				t.Parallel()
				if given != nil {
					t.Cleanup(given.CloseIdleConnections)
				}
				client := newClient(t, domaintask.Config{Endpoint: server.URL, HTTPClient: given, Retry: domaintask.RetryPolicy{BaseDelay: 1}})
				raw, err := client.Do(t.Context(), domaintask.Call{Action: "PollTaskResult", Idempotent: true})
				if tt.names == "" {
					require.NoError(t, err)
					require.Equal(t, doc, string(raw.Body))
					page, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
					require.NoError(t, err)
					require.Equal(t, "1", page.Tasks[0].TaskDetailNo)
					return
				}
				var decodeErr *domaintask.DecodeError
				require.ErrorAs(t, err, &decodeErr)
				require.ErrorContains(t, err, "Content-Encoding "+tt.names)
				require.Equal(t, 1, decodeErr.Attempts, "it would be sent so again")
			})
		}
	}
}

// TestMislabeledBody: a proxy decompressed the page, and left the header.
func TestMislabeledBody(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		io.WriteString(w, emptyPage)
	})
	_, err := newClient(t, domaintask.Config{Endpoint: server.URL}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
}
