package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// setup configures a service in a bubble of synctest. It has no socket, since a
// goroutine that waits for one keeps time from passing.
type setup struct {
	emulator domaintasktest.Options
	tasks    []domaintask.TaskDetail
	log      io.Writer                                 // as well as running.log
	send     func(http.RoundTripper) http.RoundTripper // wraps the transport of the client
	before   func(*running)                            // runs before the first request
	options  func(*options)                            // overrides the defaults of the tests
}

// running is a service at work.
type running struct {
	t        *testing.T
	emulator *domaintasktest.Server
	service  *service
	http     *http.Client
	dial     func(context.Context, string, string) (net.Conn, error)
	log      clitest.Buffer
	stop     context.CancelFunc
	ended    chan error
}

func (s setup) start(t *testing.T) *running {
	t.Helper()
	s.emulator.InMemory, s.emulator.PlainHTTP = true, true
	r := &running{t: t, emulator: domaintasktest.NewServerWith(s.emulator, s.tasks...), ended: make(chan error, 1)}
	t.Cleanup(r.emulator.Close)
	config := r.emulator.Config()
	config.Timeout = timeout
	if s.send != nil {
		config.HTTPClient.Transport = s.send(config.HTTPClient.Transport)
	}
	opts := options{interval: 5 * time.Second, stale: time.Minute}
	if s.options != nil {
		s.options(&opts)
	}
	var log io.Writer = &r.log
	if s.log != nil {
		log = io.MultiWriter(s.log, &r.log)
	}
	var err error
	r.service, err = newService(config, opts, newLogger(log))
	require.NoError(t, err)

	listener := newPipes()
	r.dial = listener.dial
	r.http = &http.Client{Transport: &http.Transport{DialContext: listener.dial, DisableKeepAlives: true}}
	ctx, stop := context.WithCancel(t.Context())
	r.stop = stop
	if s.before != nil {
		s.before(r)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		r.ended <- r.service.run(ctx, listener)
	}()
	t.Cleanup(func() { // if a test ended early
		stop()
		<-done
	})
	return r
}

// after waits.
func (r *running) after(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

// get sends a request to the example's HTTP server.
func (r *running) get(path string) (status int, body string) {
	r.t.Helper()
	return get(r.t, r.http, "http://service"+path)
}

// requireHealth checks the status of /healthz, and its one line.
func (r *running) requireHealth(status int, line string) {
	r.t.Helper()
	gotStatus, gotLine := r.get("/healthz")
	require.Equal(r.t, line+"\n", gotLine)
	require.Equal(r.t, status, gotStatus)
}

// moment is the time to stop if nothing is left to do: Shutdown checks a few times
// whether the connections are idle.
const moment = 100 * time.Millisecond

// end stops the service, which must not take longer than within.
func (r *running) end(within time.Duration) error {
	r.t.Helper()
	start := time.Now()
	r.stop()
	err := <-r.ended
	require.LessOrEqual(r.t, time.Since(start), within)
	return err
}

func get(t *testing.T, client *http.Client, url string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	resp, err := client.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}
