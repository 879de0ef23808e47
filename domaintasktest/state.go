package domaintasktest

import (
	"maps"
	"slices"

	"github.com/domaintask/domaintask"
)

// state is what a server holds. Server.mu guards it.
type state struct {
	tasks        []domaintask.TaskDetail // as listed
	acknowledged []string
	requests     []Request // a ring once it is full
	oldest       int       // where the ring begins
	nonces       nonces
}

// Add appends tasks to the end of the listing, as if they had just finished.
func (s *Server) Add(tasks ...domaintask.TaskDetail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.add(len(s.state.tasks), tasks)
}

// Insert puts tasks before the one at index i of the listing: 0 is its head.
// An index outside of the listing stands for the nearest end of it.
func (s *Server) Insert(i int, tasks ...domaintask.TaskDetail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.add(min(max(i, 0), len(s.state.tasks)), tasks)
}

// Remove takes the tasks with these TaskDetailNos off the listing, as if
// another program had acknowledged them. Unknown ids are passed over.
func (s *Server) Remove(taskDetailNos ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.remove(taskDetailNos)
}

// Tasks returns what is listed now, in order.
func (s *Server) Tasks() []domaintask.TaskDetail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.tasks)
}

// Acknowledged returns the TaskDetailNos that were confirmed through the API,
// each as often as it was taken off the listing, in order.
func (s *Server) Acknowledged() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.acknowledged)
}

// Requests returns what the server was asked, refused requests included, in
// the order of arrival. It goes back as far as Options.MaxRequests.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := slices.Concat(s.state.requests[s.state.oldest:], s.state.requests[:s.state.oldest])
	for i := range requests {
		requests[i].Params = maps.Clone(requests[i].Params) // each name has one value, which nobody writes to
	}
	return requests
}

func (st *state) add(i int, tasks []domaintask.TaskDetail) {
	st.tasks = slices.Insert(st.tasks, i, tasks...)
}

// remove takes ids off the listing and returns those that were on it, in the
// order asked and without repeats.
func (st *state) remove(ids []string) (removed []string) {
	wanted := make(map[string]bool, len(ids)) // whether it was found
	for _, id := range ids {
		wanted[id] = false
	}
	st.tasks = slices.DeleteFunc(st.tasks, func(task domaintask.TaskDetail) bool {
		_, ok := wanted[task.TaskDetailNo]
		if ok {
			wanted[task.TaskDetailNo] = true
		}
		return ok
	})
	for _, id := range ids {
		if wanted[id] {
			removed = append(removed, id)
			wanted[id] = false
		}
	}
	return removed
}

// record remembers a request, and forgets the oldest where there are already
// limit of them.
func (st *state) record(request Request, limit int) {
	switch {
	case limit == 0:
	case len(st.requests) < limit:
		st.requests = append(st.requests, request)
	default:
		st.requests[st.oldest] = request
		st.oldest = (st.oldest + 1) % limit
	}
}
