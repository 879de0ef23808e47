package domaintask_test

import (
	"bytes"
	"compress/gzip"
	"context"
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
			{"silent", domaintasktest.HangWithin(10), context.DeadlineExceeded, 30 * time.Second},
			{"closed", domaintasktest.BreakOff(10), io.ErrUnexpectedEOF, 0},
			{"closed behind the headers", domaintasktest.BreakOff(0), io.ErrUnexpectedEOF, 0},
			{"longer by its length", domaintasktest.WrongLength(+10), io.ErrUnexpectedEOF, 0},
			{"silent, after a hint", domaintasktest.HangWithin(10).WithRetryAfter(time.Minute), context.DeadlineExceeded, 30 * time.Second},
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
