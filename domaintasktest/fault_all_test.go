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

	"github.com/domaintask/domaintask/domaintasktest"
)

// TestAfterProcessing: every fault that applies before the operation can also
// apply after it, with the same response.
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
			require.Equal(t, requests[0].Processed, requests[0].Fault == requests[1].Fault, "the name changes if the fault does")
		})
	}
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

// TestFaultsInBubble: with a server in memory, no fault takes time, except for the
// slow ones, or keeps the bubble from ending.
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
						open = append(open, resp.Body) // it is not read
					}
				}
				srv.Close()
				for _, body := range open {
					body.Close()
				}
			})
			for strings.Contains(goroutines(t), t.Name()) {
				runtime.Gosched() // they end soon; if one does not, the test times out
			}
		})
	}
}

// TestFaultsWithoutConnection: faults work if the server is called directly or is
// mounted in another one.
func TestFaultsWithoutConnection(t *testing.T) {
	t.Parallel()
	for _, fault := range domaintasktest.Faults() {
		if strings.HasPrefix(fault.String(), "LargeAnswer") {
			continue // a recorder stores the whole body
		}
		t.Run(fault.String(), func(t *testing.T) {
			t.Parallel()
			srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
			ctx, cancel := context.WithCancel(t.Context())
			cancel() // faults that hang end
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
