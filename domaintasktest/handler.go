package domaintasktest

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/domaintask/domaintask"
)

// ServeHTTP responds to one request, so the server can also be mounted in a mux
// or called without a connection.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodConnect && s.opts.ProxyStatus != 0 {
		s.refuseConnect(w, r)
		return
	}
	in := readRequest(w, r)
	reply := &reply{in: in, w: w, closed: s.closed}
	reply.answer, reply.fault = s.process(in)
	if !reply.pause(s.opts.Latency) {
		reply.abort() // the client has disconnected
		return
	}
	reply.send(s.opts.Now())
}

// process processes a request and records it. It is atomic, except for the
// operations that Handle adds.
func (s *Server) process(in incoming) (answer, Fault) {
	now := s.opts.Now()
	c := in.claim()
	a := answer{status: http.StatusOK, format: in.format, requestID: newRequestID()}
	request := Request{
		Conn:            connNum(in.http.Context()),
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
	}
	fault := s.faults.next(request)

	s.mu.Lock()
	defer s.mu.Unlock()
	failed := s.admit(in, c, now)
	if failed == nil && !fault.before {
		perform := s.operation(c)
		if fault.operate != nil {
			perform = fault.operate(perform)
		}
		a.document, failed = perform(in.own())
		request.Processed = failed == nil
	}
	if failed == nil && fault.respond != nil {
		a.document = fault.respond()
	}
	if fault.refusal != nil {
		failed = fault.refusal(c)
	}
	if failed != nil {
		a.document, a.status, a.code = failed.document(), failed.status, failed.code
	}
	a = fault.outcome(a)
	if a.document != nil {
		a.document.name(a.requestID)
	}
	request.StatusCode, request.Code, request.RequestID, request.Fault = a.status, a.code, a.requestID, fault.name
	s.state.record(request, s.opts.MaxRequests)
	return a, fault
}

// admit checks a request. A signed request uses up its nonce, even if a fault
// keeps the operation from being performed: to retry it unchanged is wrong then,
// too.
func (s *Server) admit(in incoming, c claim, now time.Time) *failure {
	if failed := cmp.Or(in.bad, checkRoute(in.http), c.bad); failed != nil {
		return failed
	}
	if failed := s.verify(c, now); failed != nil {
		return failed
	}
	switch {
	case !s.hasVersion(c.version):
		return unknownVersion()
	case slices.Contains(s.opts.Deny, c.action):
		return notPermitted(c.action)
	}
	return nil
}

// operation returns the operation of a claim, which is called with s.mu locked.
func (s *Server) operation(c claim) operate {
	if respond := s.actions[operation{c.action, c.version}]; respond != nil {
		return func(params url.Values) (document, *failure) {
			s.mu.Unlock() // respond may use the server
			defer s.mu.Lock()
			return respond.answer(c.action, params)
		}
	}
	if c.version == domaintask.APIVersion {
		switch c.action {
		case "PollTaskResult":
			return s.poll
		case "QueryTaskDetailList":
			return s.queryDetails
		case "AcknowledgeTaskResult":
			return s.acknowledge
		}
	}
	return func(url.Values) (document, *failure) { return nil, unknownAPI() }
}

func checkRoute(r *http.Request) *failure {
	if r.URL.Path != "/" && r.URL.Path != "" || r.Method != http.MethodGet && r.Method != http.MethodPost {
		return unknownAPI()
	}
	return nil
}

// newRequestID returns a random UUID in capitals, like those of the service.
func newRequestID() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return fmt.Sprintf("%X-%X-%X-%X-%X", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
