package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// onLine calls do for the nth line that contains a text.
type onLine struct {
	text string
	n    int
	do   func()
}

func (o *onLine) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte(o.text)) {
		if o.n--; o.n == 0 {
			o.do()
		}
	}
	return len(p), nil
}

func TestStopAcknowledgesHandledTasks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stopped := make(chan struct{})
		third := &onLine{text: "task finished", n: 3}
		r := setup{
			emulator: domaintasktest.Options{Latency: 2 * time.Second},
			tasks:    domaintasktest.Tasks(10, 1),
			log:      third,
			before: func(r *running) {
				third.do = func() {
					r.stop()
					close(stopped)
				}
			},
		}.start(t)
		<-stopped

		r.after(time.Second) // an acknowledgement is in flight
		require.Len(t, r.emulator.Requests(), 2)
		r.requireHealth(http.StatusServiceUnavailable, "stopping")
		r.after(time.Second)
		require.NoError(t, <-r.ended)
		require.Len(t, r.emulator.Acknowledged(), 3)
		require.Len(t, r.emulator.Tasks(), 7)
		require.Equal(t, 3, strings.Count(r.log.String(), "task finished"))
		require.NotContains(t, r.log.String(), "WARN")
		require.Contains(t, r.service.metrics.vars.String(), `"acknowledged": 3`)
	})
}

// A service that does not respond must not keep the program from stopping.
func TestStopDoesNotWaitForEver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{
			tasks: domaintasktest.Tasks(250, 1),
			before: func(r *running) {
				r.emulator.InjectFunc(func(req domaintasktest.Request) domaintasktest.Fault {
					if req.Action == acknowledge {
						return domaintasktest.Hang()
					}
					return domaintasktest.Fault{}
				})
			},
		}.start(t)
		r.after(time.Second)
		require.ErrorContains(t, r.end(2*timeout), "handled and not acknowledged: 250 tasks")
		require.Empty(t, r.emulator.Acknowledged())
		require.Len(t, r.emulator.Tasks(), 250)
	})
}

// Neither must an HTTP client that does not read its response, or sends no request.
func TestStopDoesNotWaitForHTTPClients(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{}.start(t)
		for _, request := range []string{"GET /debug/vars HTTP/1.1\r\nHost: service\r\n\r\n", "GET /"} {
			conn, err := r.dial(t.Context(), "", "")
			require.NoError(t, err)
			defer conn.Close()
			_, err = conn.Write([]byte(request))
			require.NoError(t, err)
		}
		synctest.Wait()
		require.NoError(t, r.end(shutdownTime))
		require.Contains(t, r.log.String(), "HTTP requests are aborted")
	})
}

// A client that announces a body and never sends it must not keep its connection.
func TestHTTPClientsHaveTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{}.start(t)
		conn, err := r.dial(t.Context(), "", "")
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(time.Hour)))
		begin := time.Now()
		_, err = conn.Write([]byte("GET /healthz HTTP/1.1\r\nHost: service\r\nContent-Length: 5\r\n\r\n"))
		require.NoError(t, err)
		_, err = io.ReadAll(conn)
		require.NoError(t, err)
		require.InDelta(t, 10, time.Since(begin).Seconds(), 1)
		require.NoError(t, r.end(moment))
	})
}

// brokenListener is a port that is lost.
type brokenListener struct {
	net.Listener
	err error
}

func (b brokenListener) Accept() (net.Conn, error) {
	<-time.After(time.Second)
	return nil, b.err
}

func TestWithoutHTTPTheWorkEnds(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		emulator := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, PlainHTTP: true}, domaintasktest.Tasks(5, 1)...)
		defer emulator.Close()
		s, err := newService(emulator.Config(), options{interval: time.Hour, stale: 10 * time.Hour}, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		lost := errors.New("the port is lost")
		start := time.Now()
		require.ErrorIs(t, s.run(t.Context(), brokenListener{newPipes(), lost}), lost)
		require.Equal(t, time.Second, time.Since(start))
		require.Len(t, emulator.Acknowledged(), 5)
	})
}

// An error that retrying cannot fix ends the service before anything is sent.
func TestRefusedRequestEndsIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := setup{options: func(o *options) { o.Request.TaskResultStatus = 7 }}.start(t)
		var param *domaintask.ParamError
		require.ErrorAs(t, <-r.ended, &param)
		require.Empty(t, r.emulator.Requests())
	})
}
