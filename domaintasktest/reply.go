package domaintasktest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// reply sends a response.
type reply struct {
	answer
	fault  Fault
	in     incoming
	w      http.ResponseWriter
	closed <-chan struct{} // closed with the server

	// Set by prepare, then changed by the fault.
	now    time.Time // from the clock of the service
	header http.Header
	body   [][]byte // in pieces; one piece may occur many times
}

// send sends the response, in the way that the fault requires.
func (r *reply) send(now time.Time) {
	if r.status != 0 {
		r.prepare(now)
	}
	if r.fault.deliver != nil {
		r.fault.deliver(r)
		return
	}
	r.writeHeader()
	r.write(r.size())
}

func (r *reply) prepare(now time.Time) {
	r.now, r.header = now, r.w.Header()
	r.header.Set("Date", now.UTC().Format(http.TimeFormat))
	r.header.Set("Content-Type", r.contentType())
	if r.document != nil {
		r.header.Set("X-Acs-Request-Id", r.requestID)
		r.body = [][]byte{r.encode()}
	}
	for _, alter := range r.fault.alter {
		alter(r)
	}
	if _, altered := r.header["Content-Length"]; !altered {
		r.header.Set("Content-Length", strconv.FormatInt(r.size(), 10))
	}
}

// size returns the length of the body.
func (r *reply) size() int64 {
	var n int64
	for _, piece := range r.body {
		n += int64(len(piece))
	}
	return n
}

// text returns the body as it is so far.
func (r *reply) text() string { return string(slices.Concat(r.body...)) }

func (r *reply) writeHeader() {
	r.w.WriteHeader(r.status)
	if r.header.Get("Content-Length") == "" {
		r.flush() // else net/http adds the length of a small body
	}
}

// write sends the first n bytes of the body. It reports whether the client is
// still connected.
func (r *reply) write(n int64) bool {
	for _, piece := range r.body {
		piece = piece[:min(int64(len(piece)), n)]
		if _, err := r.w.Write(piece); err != nil {
			return false
		}
		if n -= int64(len(piece)); n == 0 {
			break
		}
	}
	return true
}

// flush sends the buffered data.
func (r *reply) flush() { http.NewResponseController(r.w).Flush() }

// pause waits for d. It reports false if the client disconnected or the server was
// closed before.
func (r *reply) pause(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.in.http.Context().Done():
	case <-r.closed:
	}
	return false
}

// hang waits until the client disconnects or the server is closed.
func (r *reply) hang() {
	select {
	case <-r.in.http.Context().Done():
	case <-r.closed:
	}
	r.abort()
}

// abort ends the response without completing it: net/http sends an empty 200 for
// a handler that returns. Without an HTTP server, it does nothing.
func (r *reply) abort() {
	if r.in.http.Context().Value(http.ServerContextKey) != nil {
		panic(http.ErrAbortHandler)
	}
}

// disconnect closes the connection of the request, which ends the other requests
// on it. With reset, the client gets a TCP reset.
func (r *reply) disconnect(reset bool) {
	top, c := connOf(r.in.http.Context())
	switch {
	case c == nil:
	case reset:
		c.reset()
	default:
		top.Close()
	}
	r.abort()
}

// silence silences the connection of the request.
func (r *reply) silence() {
	if _, c := connOf(r.in.http.Context()); c != nil {
		c.silence()
	}
	r.hang()
}
