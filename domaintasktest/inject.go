package domaintasktest

import (
	"maps"
	"sync"
)

// Inject lets each of the next requests meet one of the faults, in order;
// after that the service is well again. The faults of several calls queue up.
//
//	srv.Inject(domaintasktest.Throttle(time.Second), domaintasktest.Throttle(0)) // twice, then it answers
//
// The zero Fault in the list stands for a request that is answered as ever.
func (s *Server) Inject(faults ...Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.queue = append(s.faults.queue, faults...)
}

// InjectAlways lets every request meet the fault, until Heal or another call
// of InjectAlways or InjectFunc.
func (s *Server) InjectAlways(fault Fault) {
	s.InjectFunc(func(Request) Fault { return fault })
}

// InjectFunc lets choose decide what each request meets, until Heal or another
// call of InjectFunc or InjectAlways; nil ends it. What Inject has queued comes
// first.
//
// choose is called when a request has been read and before anything is done
// about it: the Request has no outcome yet. It returns the zero Fault where
// nothing is to go wrong. It may call the methods of the server, which is how
// tasks come and go between two pages, and is called by many goroutines where
// there are many requests.
func (s *Server) InjectFunc(choose func(Request) Fault) {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.choose = choose
}

// Heal makes the service well: what is queued is forgotten, what lasts ends.
// Requests that met their fault already are left to it.
func (s *Server) Heal() {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	s.faults.queue, s.faults.choose = nil, nil
}

// faults is what is to go wrong.
type faults struct {
	mu     sync.Mutex
	queue  []Fault             // of the next requests
	choose func(Request) Fault // of those after; nil: nothing
}

// next is the fault of a request.
func (f *faults) next(request Request) Fault {
	f.mu.Lock()
	if len(f.queue) > 0 {
		defer f.mu.Unlock()
		fault := f.queue[0]
		f.queue = f.queue[1:]
		return fault
	}
	choose := f.choose
	f.mu.Unlock()
	if choose == nil {
		return Fault{}
	}
	request.Params = maps.Clone(request.Params) // its own, to do with what it likes
	return choose(request)                      // without the lock: it may inject
}
