package domaintasktest

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// reply is an answer on its way to the client.
type reply struct {
	answer
	fault  Fault
	in     incoming
	w      http.ResponseWriter
	closed <-chan struct{} // when the server is

	// What send prepares, and the fault alters.
	now    time.Time // by the clock of the service
	header http.Header
	body   [][]byte // in pieces, one of which may stand in it many times
}

// send writes the answer, or does what the fault does in its place.
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

// size is the length of the body.
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
		r.flush() // net/http finds out the length of what fits its buffer
	}
}

// write sends the first n bytes of the body. It reports false when the client
// has gone, which is nothing to report any further.
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

// flush sends what was written so far.
func (r *reply) flush() { http.NewResponseController(r.w).Flush() }

// pause lets time pass. It reports false when the client has gone, or the
// server was closed, before.
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

// hang waits for the client to go or the server to be closed.
func (r *reply) hang() {
	select {
	case <-r.in.http.Context().Done():
	case <-r.closed:
	}
	r.abort()
}

// abort keeps net/http from completing the answer: to return from a handler
// is to send an empty 200. Without a server there is nothing to be kept from
// that.
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
