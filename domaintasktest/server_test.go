package domaintasktest_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"runtime/pprof"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// newServer starts a server that ends with the test.
func newServer(t *testing.T, opts domaintasktest.Options, tasks ...domaintask.TaskDetail) *domaintasktest.Server {
	t.Helper()
	srv := domaintasktest.NewServerWith(opts, tasks...)
	t.Cleanup(srv.Close)
	return srv
}

// newClient returns a client of srv. change may change its configuration.
func newClient(t *testing.T, srv *domaintasktest.Server, change ...func(*domaintask.Config)) *domaintask.Client {
	t.Helper()
	config := srv.Config()
	for _, f := range change {
		f(&config)
	}
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	return client
}

// poll reads one page.
func poll(t *testing.T, client *domaintask.Client, req domaintask.PollTaskResultRequest) *domaintask.PollTaskResultResponse {
	t.Helper()
	page, err := client.PollTaskResult(t.Context(), req)
	require.NoError(t, err)
	return page
}

// acs3 signs with the V3 scheme, xml requests XML.
func acs3(c *domaintask.Config) { c.Signature = domaintask.SignatureACS3 }

func xml(c *domaintask.Config) { c.Format = domaintask.FormatXML }

func TestEveryWayIn(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(25, 1)
	for _, opts := range []domaintasktest.Options{
		{},
		{PlainHTTP: true},
		{InMemory: true},
		{InMemory: true, PlainHTTP: true},
		{AccessKeyID: "other", AccessKeySecret: "secret/+=", SecurityToken: "CAIS/+= token"[:7]},
	} {
		for _, changes := range [][]func(*domaintask.Config){{}, {xml}, {acs3}, {acs3, xml}} {
			srv := newServer(t, opts, tasks...)
			client := newClient(t, srv, changes...)
			page := poll(t, client, domaintask.PollTaskResultRequest{PageNum: 2, PageSize: 10})
			require.Equal(t, tasks[10:20], page.Tasks)
			ack, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{tasks[3].TaskDetailNo}})
			require.NoError(t, err)
			require.Equal(t, 1, ack.Result)
			require.Len(t, srv.Tasks(), 24)
		}
	}
}

func TestHTTPVersions(t *testing.T) {
	t.Parallel()
	for inMemory, major := range map[bool]int{false: 2, true: 1} {
		srv := newServer(t, domaintasktest.Options{InMemory: inMemory})
		resp, err := srv.Config().HTTPClient.Get(srv.URL)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, major, resp.ProtoMajor)
	}
}

func TestServeHTTPMounted(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, domaintasktest.Tasks(3, 1)...)
	mux := http.NewServeMux()
	mux.Handle("/", srv)
	other := httptest.NewServer(mux)
	defer other.Close()
	client := newClient(t, srv, func(c *domaintask.Config) {
		c.Endpoint, c.HTTPClient = other.URL, other.Client()
	})
	require.Len(t, poll(t, client, domaintask.PollTaskResultRequest{}).Tasks, 3)
}

func TestConfigIsFresh(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{})
	first := srv.Config()
	first.HTTPClient.Transport.(*http.Transport).TLSClientConfig.RootCAs = nil
	first.Endpoint = "https://example.com"
	require.Empty(t, poll(t, newClient(t, srv), domaintask.PollTaskResultRequest{}).Tasks)
}

func TestCertificateIsTrustedByNobodyElse(t *testing.T) {
	t.Parallel()
	srv, other := newServer(t, domaintasktest.Options{}), newServer(t, domaintasktest.Options{})
	client := newClient(t, srv, func(c *domaintask.Config) { c.HTTPClient = other.Config().HTTPClient })
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorContains(t, err, "certificate")
	require.NotNil(t, srv.Certificate())
	require.Nil(t, newServer(t, domaintasktest.Options{PlainHTTP: true}).Certificate())
}

func TestCloseLeavesNoGoroutine(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]domaintasktest.Options{"https": {}, "http": {PlainHTTP: true}, "memory": {InMemory: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			arrived := make(chan struct{}, 8)
			opts.Latency = time.Hour
			opts.Now = func() time.Time {
				arrived <- struct{}{}
				return time.Now()
			}
			// Goroutines inherit labels, so those of parallel tests are not
			// counted.
			pprof.Do(t.Context(), pprof.Labels("test", t.Name()), func(ctx context.Context) {
				srv := domaintasktest.NewServerWith(opts, domaintasktest.Tasks(1, 1)...)
				client := newClient(t, srv)
				done := make(chan error)
				for range 8 {
					go func() {
						_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
						done <- err
					}()
				}
				for range 8 {
					<-arrived
				}
				srv.Close()
				srv.Close()
				for range 8 {
					require.Error(t, <-done)
				}
			})
			for strings.Contains(goroutines(t), t.Name()) {
				runtime.Gosched() // they end soon; if one does not, the test times out
			}
		})
	}
}

func goroutines(t *testing.T) string {
	var b bytes.Buffer
	require.NoError(t, pprof.Lookup("goroutine").WriteTo(&b, 1))
	return b.String()
}

func TestMethodsAfterClose(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(2, 1)
	srv := domaintasktest.NewServer(tasks...)
	srv.Close()
	require.Equal(t, tasks, srv.Tasks())
	srv.Add(domaintasktest.Tasks(1, 2)...)
	require.Len(t, srv.Tasks(), 3)
	_, err := newClient(t, srv).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.Error(t, err)
}

// TestIdleConnection: Close does not wait for a connection without a request.
func TestIdleConnection(t *testing.T) {
	t.Parallel()
	srv := domaintasktest.NewServerWith(domaintasktest.Options{})
	transport := srv.Config().HTTPClient.Transport.(*http.Transport)
	conn, err := transport.DialContext(t.Context(), "tcp", strings.TrimPrefix(srv.URL, "https://"))
	require.NoError(t, err)
	defer conn.Close()
	srv.Close()
	_, err = conn.Read(make([]byte, 1))
	require.Error(t, err)
}

// TestAddr: a server listens on Options.Addr, and panics if it cannot.
func TestAddr(t *testing.T) {
	t.Parallel()
	for _, addr := range []string{"127.0.0.1:0", "localhost:0"} {
		for _, plain := range []bool{false, true} {
			srv := newServer(t, domaintasktest.Options{Addr: addr, PlainHTTP: plain}, task("1"))
			require.Len(t, poll(t, newClient(t, srv), domaintask.PollTaskResultRequest{}).Tasks, 1)
			_, taken, _ := strings.Cut(srv.URL, "//")
			require.Panics(t, func() { domaintasktest.NewServerWith(domaintasktest.Options{Addr: taken}) })
		}
	}
	require.Panics(t, func() { domaintasktest.NewServerWith(domaintasktest.Options{Addr: "nowhere"}) })
}

func TestReachable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ listens, want string }{
		{"127.0.0.1", "127.0.0.1:8080"}, {"::1", "[::1]:8080"}, {"0.0.0.0", "localhost:8080"}, {"::", "localhost:8080"}, {"192.0.2.1", "192.0.2.1:8080"},
	} {
		require.Equal(t, tt.want, domaintasktest.Reachable(&net.TCPAddr{IP: net.ParseIP(tt.listens), Port: 8080}))
	}
}
