package domaintasktest_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func task(id string) domaintask.TaskDetail { return domaintask.TaskDetail{TaskDetailNo: id} }

// TestAfterProcessing: every fault that hits before the operation can also hit
// after it, and looks the same.
func TestAfterProcessing(t *testing.T) {
	t.Parallel()
	for _, fault := range domaintasktest.Faults() {
		if waits(fault) {
			continue // TestHang has them both ways
		}
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"), task("1"))
			srv.Inject(fault, fault.AfterProcessing(), fault.AfterProcessing().AfterProcessing())
			client := ways[4].client(srv)
			for range 3 {
				ctx, cancel := context.WithCancel(t.Context())
				if resp, err := client.Do(acknowledgement("XML").http(ctx, t, srv)); err == nil {
					io.ReadFull(resp.Body, make([]byte, 5)) // some of them never end
					cancel()
					resp.Body.Close()
				}
				cancel()
			}
			requests := srv.Requests()
			require.Len(t, requests, 3)
			require.True(t, requests[1].Processed)
			require.True(t, requests[2].Processed)
			require.Equal(t, requests[0].StatusCode, requests[1].StatusCode)
			require.Equal(t, requests[0].Code, requests[1].Code)
			require.Equal(t, requests[1].Fault, requests[2].Fault)
			require.Equal(t, requests[0].Processed, requests[0].Fault == requests[1].Fault, "only what changes has another name")
		})
	}
}

// TestFaultsLeaveOthersAlone: a request that is not signed as it must be is
// not carried out by a fault, and one that met a fault has used up its nonce.
func TestFaultsLeaveOthersAlone(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
	r := acknowledgement("JSON")
	r.query.Set("TaskDetailNo.1", "2")
	srv.Inject(domaintasktest.BadGateway().AfterProcessing(), domaintasktest.Truncate(10))
	client := ways[4].client(srv)
	require.Equal(t, 502, arrive(client, r.http(t.Context(), t, srv)).resp.StatusCode)
	require.Equal(t, `{"RequestI`, arrive(client, r.http(t.Context(), t, srv)).body, "the refusal is damaged like any answer")
	require.Equal(t, "SignatureDoesNotMatch", srv.Requests()[1].Code)
	require.Empty(t, srv.Acknowledged())

	srv.Inject(domaintasktest.Throttle(0))
	r = acknowledgement("JSON")
	require.Equal(t, "Throttling.User", r.send(t, srv).Code)
	require.Equal(t, "SignatureNonceUsed", r.send(t, srv).Code)
}

// TestModifiersLeaveTheFault: faults are values, and one may be the origin of
// many.
func TestModifiersLeaveTheFault(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	values := []string{"a"}
	origin := domaintasktest.Fault{}.WithHeader("X-One", values...)
	values[0] = "changed"
	one, two := origin.WithHeader("X-Two", "b"), origin.WithHeader("X-Two", "c", "d").WithStatus(418)
	srv.Inject(one, two, origin)
	client := srv.Config().HTTPClient
	for _, want := range []struct {
		status int
		two    []string
	}{{200, []string{"b"}}, {418, []string{"c", "d"}}, {200, nil}} {
		got := arrive(client, acknowledgement("JSON").http(t.Context(), t, srv))
		require.Equal(t, want.status, got.resp.StatusCode)
		require.Equal(t, []string{"a"}, got.resp.Header["X-One"])
		require.Equal(t, want.two, got.resp.Header["X-Two"])
	}
	require.Equal(t, "answer with X-One a with X-Two c and d with status 418", srv.Requests()[1].Fault)
	require.Equal(t, "none", domaintasktest.Fault{}.String())
}

// TestOn: a fault on one operation leaves the others alone, and waits for its
// own in the queue.
func TestOn(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
	client := srv.Config().HTTPClient
	codes := func() (codes []int) {
		for _, action := range []string{"PollTaskResult", "AcknowledgeTaskResult", "PollTaskResult", "AcknowledgeTaskResult"} {
			r := rpcRequest("JSON", map[string][]string{"Action": {action}, "PageNum": {"1"}, "PageSize": {"20"}, "TaskDetailNo.1": {"1"}})
			r.signRPC()
			codes = append(codes, arrive(client, r.http(t.Context(), t, srv)).resp.StatusCode)
		}
		return codes
	}
	srv.Inject(domaintasktest.Forbidden().On("AcknowledgeTaskResult"), domaintasktest.BadGateway(), domaintasktest.InternalError())
	require.Equal(t, []int{502, 403, 500, 200}, codes())
	srv.InjectAlways(domaintasktest.Forbidden().On("AcknowledgeTaskResult"))
	require.Equal(t, []int{200, 403, 200, 403}, codes())
	require.Equal(t, "Forbidden on AcknowledgeTaskResult", srv.Requests()[7].Fault)
	require.Empty(t, srv.Requests()[6].Fault)
}

// TestFaultsAreComplete: each function that returns a fault is in Faults, and the
// doc of the package lists it, as it does the methods.
func TestFaultsAreComplete(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	source := func(name string) string {
		content, err := os.ReadFile(name)
		require.NoError(t, err)
		return string(content)
	}
	all, docs, found := source("fault_all.go"), source("doc.go"), 0
	for _, name := range files {
		for _, match := range regexp.MustCompile(`(?m)^func (\(f Fault\) )?([A-Z]\w*)\(.*\) Fault \{`).FindAllStringSubmatch(source(name), -1) {
			found++
			if match[1] == "" {
				require.True(t, strings.Contains(all, match[2]+"("), match[2])
				require.True(t, strings.Contains(docs, "["+match[2]+"]"), match[2])
			} else {
				require.True(t, strings.Contains(docs, "[Fault."+match[2]+"]"), match[2])
			}
		}
	}
	require.Greater(t, found, 50)
}

func TestFaultsHaveNames(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, fault := range domaintasktest.Faults() {
		require.NotEqual(t, "none", fault.String())
		require.False(t, seen[fault.String()], fault)
		seen[fault.String()] = true
	}
}

// TestFaultsInBubble: with a server in memory no fault lets time pass, but
// those that are about time, nor keeps the bubble from ending.
func TestFaultsInBubble(t *testing.T) {
	t.Parallel()
	const patience = time.Hour
	for _, way := range ways[3:] {
		for _, fault := range domaintasktest.Faults() {
			t.Run(way.name+"/"+fault.String(), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					srv := domaintasktest.NewServerWith(way.opts, task("1"))
					defer srv.Close()
					srv.Inject(fault)
					client := way.client(srv)
					ctx, cancel := context.WithTimeout(t.Context(), patience)
					defer cancel()
					start := time.Now()
					var n int64
					resp, err := client.Do(acknowledgement("XML").http(ctx, t, srv))
					if err == nil {
						n, err = io.CopyN(io.Discard, resp.Body, 1<<20)
						resp.Body.Close()
					}
					switch name, _, _ := strings.Cut(fault.String(), " "); name {
					case "Hang", "HangAfter", "SilentConnection":
						require.ErrorIs(t, err, context.DeadlineExceeded)
						require.Equal(t, patience, time.Since(start))
					case "Trickle":
						require.Equal(t, time.Duration(n)*time.Millisecond, time.Since(start))
					default:
						require.Zero(t, time.Since(start))
					}
				})
			})
		}
	}
}

// TestFaultsLeaveNoGoroutine: Close ends everything that a fault has begun, even
// if the client still waits for it.
func TestFaultsLeaveNoGoroutine(t *testing.T) {
	t.Parallel()
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			pprof.Do(t.Context(), pprof.Labels("test", t.Name()), func(ctx context.Context) {
				srv := domaintasktest.NewServerWith(way.opts, task("1"))
				var open []io.Closer
				for _, fault := range domaintasktest.Faults() {
					client := way.client(srv)
					defer client.CloseIdleConnections()
					arrived, done := make(chan struct{}), make(chan *http.Response)
					srv.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
						close(arrived)
						return fault
					})
					go func() {
						resp, err := client.Do(acknowledgement("JSON").http(ctx, t, srv))
						if err != nil {
							resp = nil
						}
						done <- resp
					}()
					<-arrived
					if waits(fault) {
						defer func() { require.Nil(t, <-done, "Close is not a response") }()
						continue
					}
					if resp := <-done; resp != nil {
						open = append(open, resp.Body) // read by nobody
					}
				}
				srv.Close()
				for _, body := range open {
					body.Close()
				}
			})
			for strings.Contains(goroutines(t), t.Name()) {
				runtime.Gosched() // they are on their way out; one that is not fails the test by its time-out
			}
		})
	}
}

// TestFaultsWithoutConnection: a server that is called by hand, or that is
// mounted in another one.
func TestFaultsWithoutConnection(t *testing.T) {
	t.Parallel()
	for _, fault := range domaintasktest.Faults() {
		if strings.HasPrefix(fault.String(), "LargeAnswer") {
			continue // a recorder keeps all of it
		}
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // what hangs ends
			r := acknowledgement("JSON")
			srv.Inject(fault)
			srv.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(ctx, r.method, "/?"+r.query.Encode(), nil))
			require.Len(t, srv.Requests(), 1)
			require.Equal(t, fault.String(), srv.Requests()[0].Fault)
		})
	}
	for _, fault := range []domaintasktest.Fault{
		domaintasktest.Hang(), domaintasktest.SilentConnection(), domaintasktest.CloseConnection(), domaintasktest.ResetConnection(),
		domaintasktest.CloseAfter(3), domaintasktest.ResetAfter(3), domaintasktest.HangAfter(3),
	} {
		t.Run("mounted "+fault.String(), func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
			other := httptest.NewServer(srv)
			defer other.Close()
			srv.InjectFunc(func(domaintasktest.Request) domaintasktest.Fault {
				if waits(fault) || strings.HasPrefix(fault.String(), "HangAfter") {
					srv.Close()
				}
				return fault
			})
			req := acknowledgement("JSON").http(t.Context(), t, srv)
			req.URL.Host = strings.TrimPrefix(other.URL, "http://")
			req.URL.Scheme = "http"
			got := arrive(other.Client(), req)
			if strings.ContainsAny(fault.String(), "3") {
				require.Equal(t, `{"R`, got.body)
				require.Error(t, got.bodyErr)
			} else {
				require.Error(t, got.err)
			}
		})
	}
}

// TestFaultsOfOneFault: two faults made of one fault do not share headers.
func TestFaultsOfOneFault(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true, PlainHTTP: true})
	f := domaintasktest.Throttle(0).WithHeader("X-1", "1").WithHeader("X-2", "2").WithHeader("X-3", "3")
	for range 3 { // with any capacity that append leaves
		a, b := f.WithHeader("X-A", "a"), f.WithHeader("X-B", "b")
		srv.Inject(a, b)
		for _, want := range []string{"X-A", "X-B"} {
			resp, err := srv.Config().HTTPClient.Do(acknowledgement("JSON").http(t.Context(), t, srv))
			require.NoError(t, err)
			resp.Body.Close()
			require.Contains(t, resp.Header, http.CanonicalHeaderKey(want))
		}
		f = a
	}
}
