package domaintasktest

import (
	"maps"
	"slices"
	"time"

	"github.com/domaintask/domaintask"
)

// state is the data of a server. Server.mu guards it.
type state struct {
	details      []*detail          // all task details, in the order in which they were added
	listed       []*detail          // the details that PollTaskResult lists, in its order
	byNo         map[string]*detail // the latest detail of each TaskDetailNo
	acknowledged []string
	requests     []Request // a ring once it is full
	oldest       int       // the index at which the ring begins
	nonces       nonces

	token        string    // the SecurityToken that is accepted
	tokenExpires time.Time // zero means never
	expired      map[string]bool
}

// detail is one task detail. The server keeps it after it is acknowledged,
// because QueryTaskDetailList lists it for as long as the task exists.
type detail struct {
	domaintask.TaskDetail
	pending bool    // submitted and not ended
	listed  bool    // in the listing of PollTaskResult
	older   *detail // the previous detail with the same TaskDetailNo
}

// Add appends finished tasks to the end of the listing of PollTaskResult.
func (s *Server) Add(tasks ...domaintask.TaskDetail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.list(len(s.state.listed), s.state.add(tasks))
}

// Insert inserts finished tasks into the listing of PollTaskResult, before the
// task at index i: 0 is the head of the list. An index outside of the list
// means its nearest end.
func (s *Server) Insert(i int, tasks ...domaintask.TaskDetail) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.list(min(max(i, 0), len(s.state.listed)), s.state.add(tasks))
}

// Remove removes the tasks with these TaskDetailNos from the listing, as if
// another program had acknowledged them. It skips unknown ones.
func (s *Server) Remove(taskDetailNos ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.remove(taskDetailNos)
}

// Tasks returns the tasks that PollTaskResult lists now, in order.
func (s *Server) Tasks() []domaintask.TaskDetail {
	s.mu.Lock()
	defer s.mu.Unlock()
	tasks := make([]domaintask.TaskDetail, len(s.state.listed))
	for i, d := range s.state.listed {
		tasks[i] = d.TaskDetail
	}
	return tasks
}

// Acknowledged returns the TaskDetailNos that were acknowledged through the
// API, in order. Each is in it once for each time it was taken off the listing.
func (s *Server) Acknowledged() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.state.acknowledged)
}

// Requests returns the requests that the server received, refused ones
// included, in the order in which they were processed. It returns at most the
// last Options.MaxRequests.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	requests := slices.Concat(s.state.requests[s.state.oldest:], s.state.requests[:s.state.oldest])
	for i := range requests {
		requests[i].Params = maps.Clone(requests[i].Params) // no code writes to its values
	}
	return requests
}

// add stores details that nothing lists yet.
func (st *state) add(tasks []domaintask.TaskDetail) []*detail {
	block := make([]detail, len(tasks))
	added := make([]*detail, len(tasks))
	if st.byNo == nil {
		st.byNo = make(map[string]*detail, len(tasks))
	}
	for i, task := range tasks {
		block[i] = detail{TaskDetail: task, older: st.byNo[task.TaskDetailNo]}
		added[i] = &block[i]
		st.byNo[task.TaskDetailNo] = added[i]
	}
	st.details = append(st.details, added...)
	return added
}

// list inserts details into the listing at index i.
func (st *state) list(i int, details []*detail) {
	for _, d := range details {
		d.listed = true
	}
	st.listed = slices.Insert(st.listed, i, details...)
}

// remove takes ids off the listing and returns those that were on it, in the
// order of ids and without duplicates.
func (st *state) remove(ids []string) (removed []string) {
	for _, id := range ids {
		found := false
		for d := st.byNo[id]; d != nil; d = d.older {
			found = found || d.listed
			d.listed = false
		}
		if found {
			removed = append(removed, id)
		}
	}
	if removed != nil {
		st.listed = slices.DeleteFunc(st.listed, func(d *detail) bool { return !d.listed })
	}
	return removed
}

// record stores a request. If there are limit requests, it replaces the oldest.
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

var serviceZone = time.FixedZone("UTC+8", 8*60*60)

// serviceTime writes t as the service does: without a zone, in UTC+8.
func serviceTime(t time.Time) string {
	return t.In(serviceZone).Format(time.DateTime)
}
