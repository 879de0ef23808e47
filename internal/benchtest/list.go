package benchtest

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"
)

// List is a service with latency, for a bubble of testing/synctest. Its tasks are
// numbered from 1, oldest first, and leave the list once they are acknowledged. It
// responds in the middle of each call.
type List struct {
	Latency time.Duration // of each call
	Joins   int           // tasks that will join the list, one at each call
	Leaves  int           // tasks that other programs will acknowledge, one at each call

	mu       sync.Mutex
	ids      []int
	newest   int
	polls    int
	acks     int
	inFlight int
	most     int
}

// NewList returns a list of n tasks.
func NewList(n int, latency time.Duration) *List {
	l := &List{Latency: latency, newest: n}
	for i := range n {
		l.ids = append(l.ids, i+1)
	}
	return l
}

// Stats returns the number of listed tasks, of calls of each kind, and of calls in
// flight at once.
func (l *List) Stats() (listed, polls, acks, inFlight int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.ids), l.polls, l.acks, l.most
}

// RoundTrip responds to a call.
func (l *List) RoundTrip(r *http.Request) (*http.Response, error) {
	l.begin(1)
	defer l.begin(-1)
	if err := pass(r, l.Latency/2); err != nil {
		return nil, err
	}
	body := l.answer(r.URL.Query())
	if err := pass(r, l.Latency-l.Latency/2); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Request: r, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader(body))}, nil
}

// pass waits for d.
func pass(r *http.Request, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-r.Context().Done():
		return r.Context().Err()
	}
}

func (l *List) begin(n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inFlight += n
	l.most = max(l.most, l.inFlight)
}

func (l *List) answer(query url.Values) []byte {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.Joins > 0 {
		l.Joins--
		l.newest++
		l.ids = append(l.ids, l.newest)
	}
	if l.Leaves > 0 && len(l.ids) > 0 {
		l.Leaves--
		l.ids = l.ids[1:]
	}
	if query.Get("Action") == "AcknowledgeTaskResult" {
		l.acks++
		return []byte(`{"RequestId":"r","Result":` + strconv.Itoa(l.remove(query)) + `}`)
	}
	l.polls++
	return l.page(query)
}

// remove removes the ids in the query from the list and returns how many were on it.
func (l *List) remove(query url.Values) int {
	gone := map[int]bool{}
	first, last := l.newest, 0
	for i := 1; query.Has("TaskDetailNo." + strconv.Itoa(i)); i++ {
		id, _ := strconv.Atoi(query.Get("TaskDetailNo." + strconv.Itoa(i)))
		gone[id] = true
		first, last = min(first, id), max(last, id)
	}
	before := len(l.ids)
	start, _ := slices.BinarySearch(l.ids, first)
	end, _ := slices.BinarySearch(l.ids, last+1)
	stay := slices.DeleteFunc(slices.Clone(l.ids[start:end]), func(id int) bool { return gone[id] })
	l.ids = slices.Replace(l.ids, start, end, stay...)
	return before - len(l.ids)
}

func (l *List) page(query url.Values) []byte {
	num, _ := strconv.Atoi(query.Get("PageNum"))
	size, _ := strconv.Atoi(query.Get("PageSize"))
	start := min((num-1)*size, len(l.ids))
	end := min(start+size, len(l.ids))
	var b bytes.Buffer
	b.WriteString(`{"RequestId":"r","CurrentPageNum":` + strconv.Itoa(num) + `,"PageSize":` + strconv.Itoa(size) + `,"TotalItemNum":` + strconv.Itoa(len(l.ids)) +
		`,"TotalPageNum":` + strconv.Itoa((len(l.ids)+size-1)/size) + `,"Data":{"TaskDetail":[`)
	for i, id := range l.ids[start:end] {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`{"TaskDetailNo":"` + strconv.Itoa(id) + `"}`)
	}
	b.WriteString(`]}}`)
	return b.Bytes()
}
