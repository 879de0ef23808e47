package domaintasktest

import (
	"maps"
	"slices"
	"sync"
)

// Inject applies one fault to each of the next requests, in order. Faults of
// several calls queue up.
//
//	srv.Inject(domaintasktest.Throttle(time.Second), domaintasktest.Throttle(0)) // twice, then it answers
//
// The zero Fault leaves one request as it is.
func (s *Server) Inject(faults ...Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.queue = append(s.faults.queue, faults...)
}

// InjectAlways applies the fault to every request, until Heal or another call of
// InjectAlways or InjectFunc.
func (s *Server) InjectAlways(fault Fault) {
	s.InjectFunc(func(Request) Fault { return fault })
}

// InjectFunc applies the fault that choose returns for each request, until Heal
// or another call of InjectFunc or InjectAlways. If nil, it ends that. Faults
// queued by Inject come first.
//
// choose is called after a request is read and before it is processed, so the
// Request has no outcome. It may call the methods of the server, for example to
// add and remove tasks between two pages. Several goroutines call it if there
// are several requests at a time.
func (s *Server) InjectFunc(choose func(Request) Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.choose = choose
}

// Heal removes all faults, queued or lasting. It does not affect requests that
// have already met their fault, connections, or FailDial.
func (s *Server) Heal() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.queue, s.faults.choose = nil, nil
}

// faults are the faults of the requests to come.
type faults struct {
	mu     sync.Mutex
	queue  []Fault             // for the next requests
	choose func(Request) Fault // for those after the queue, or nil
}

// next returns the fault of a request.
func (f *faults) next(request Request) Fault {
	f.mu.Lock()
	for i, fault := range f.queue {
		if fault.appliesTo(request) {
			f.queue = slices.Delete(f.queue, i, i+1)
			f.mu.Unlock()
			return fault
		}
	}
	choose := f.choose
	f.mu.Unlock()
	if choose == nil {
		return Fault{}
	}
	request.Params = maps.Clone(request.Params) // choose may change it
	fault := choose(request)                    // without the lock, since choose may inject
	if !fault.appliesTo(request) {
		return Fault{}
	}
	return fault
}

func (f Fault) appliesTo(request Request) bool {
	return f.action == "" || f.action == request.Action
}
