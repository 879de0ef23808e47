package domaintasktest

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/domaintask/domaintask"
)

// ServeHTTP answers one request, so that the server can also be mounted in a
// mux or called without any connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := s.process(readRequest(w, r))
	body := answer.encode()
	if !s.holdBack(r) {
		return // nobody is left to answer
	}
	header := w.Header()
	header.Set("Date", s.opts.Now().UTC().Format(http.TimeFormat))
	header.Set("X-Acs-Request-Id", answer.requestID)
	header.Set("Content-Type", answer.contentType())
	header.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(answer.status)
	w.Write(body) // that a client has gone is nothing to report
}

// process decides upon a request and records it, in one step that no other
// request comes between.
func (s *Server) process(in incoming) answer {
	now := s.opts.Now()
	c := in.claim()
	a := answer{status: http.StatusOK, format: in.format, requestID: newRequestID()}

	s.mu.Lock()
	defer s.mu.Unlock()
	document, failed := s.perform(in, c, now)
	code := ""
	if failed != nil {
		document = failed.document()
		a.status, code = failed.status, failed.code
	}
	document.name(a.requestID)
	a.document = document
	s.state.record(Request{
		Time:            now,
		Method:          in.http.Method,
		Action:          c.action,
		Version:         c.version,
		Params:          in.own(),
		Format:          in.format,
		SignatureMethod: c.signatureMethod,
		SignatureNonce:  c.nonce,
		Timestamp:       c.timestamp,
		UserAgent:       in.http.UserAgent(),
		StatusCode:      a.status,
		Code:            code,
		RequestID:       a.requestID,
	}, s.opts.MaxRequests)
	return a
}

// perform checks a request and does what it asks for.
func (s *Server) perform(in incoming, c claim, now time.Time) (document, *failure) {
	if failed := cmp.Or(in.bad, checkRoute(in.http), c.bad); failed != nil {
		return nil, failed
	}
	if failed := s.verify(c, now); failed != nil {
		return nil, failed
	}
	if c.version != domaintask.APIVersion {
		return nil, unknownVersion()
	}
	switch c.action {
	case "PollTaskResult":
		return s.poll(in.params)
	case "AcknowledgeTaskResult":
		return s.acknowledge(in.params)
	}
	return nil, unknownAPI()
}

func checkRoute(r *http.Request) *failure {
	if r.URL.Path != "/" && r.URL.Path != "" || r.Method != http.MethodGet && r.Method != http.MethodPost {
		return unknownAPI()
	}
	return nil
}

// holdBack waits for Options.Latency to pass. It reports false when the client
// has gone, or the server was closed, before.
func (s *Server) holdBack(r *http.Request) bool {
	if s.opts.Latency <= 0 {
		return true
	}
	timer := time.NewTimer(s.opts.Latency)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// newRequestID returns a random UUID in capitals, as the service's own are.
func newRequestID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
