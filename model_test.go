package domaintask_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"hash/fnv"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

var (
	modelSeeds = flag.Uint64("model.seeds", 100, "how many worlds the model tests try in each mode")
	modelSeed  = flag.Int64("model.seed", -1, "the only world to try, to reproduce a failure")
)

// TestModel lets walks, drains and watches run in worlds where tasks finish
// and other consumers acknowledge while the list is read, and checks what came
// of it against what was listed when. A failure names its seed:
//
//	go test -run 'TestModel/walk' -model.seed 42 .
func TestModel(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct {
		name string
		run  func(*testing.T, *world)
	}{
		{"walk/removals", func(t *testing.T, w *world) { w.inserts = 0; w.walk(t) }},
		{"walk/insertions", func(t *testing.T, w *world) { w.removes = 0; w.walk(t) }},
		{"walk/both", func(t *testing.T, w *world) { w.walk(t) }},
		{"drain/tasks", func(t *testing.T, w *world) { w.drain(t) }},
		{"drain/batches", func(t *testing.T, w *world) { w.batches = true; w.drain(t) }},
		{"drain/stubborn", func(t *testing.T, w *world) { w.stubborn = 2 + w.random.IntN(4); w.drain(t) }},
		{"drain/crashes", func(t *testing.T, w *world) { w.crash(t) }},
		{"drain/forever", func(t *testing.T, w *world) { w.drainForever(t) }},
		{"watch", func(t *testing.T, w *world) { w.watch(t) }},
	} {
		t.Run(mode.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				first, last := uint64(0), *modelSeeds
				if *modelSeed >= 0 {
					first, last = uint64(*modelSeed), uint64(*modelSeed)+1
				}
				var requests int
				for seed := first; seed < last; seed++ {
					w := newWorld(seed)
					mode.run(t, w)
					w.server.Close()
					requests += w.requests
					if t.Failed() {
						t.Fatalf("seed %d: %s\n%s", seed, w, strings.Join(w.log, "\n"))
					}
				}
				t.Logf("%d worlds, %d requests", last-first, requests)
			})
		})
	}
}

// world is a service whose list moves at every request, by a script that
// follows from the seed.
type world struct {
	server *domaintasktest.Server
	client *domaintask.Client
	req    domaintask.PollTaskResultRequest
	opts   []domaintask.Option

	seed     uint64
	mu       sync.Mutex
	random   *rand.Rand
	order    string  // where new tasks are listed
	inserts  int     // how many more tasks may finish
	removes  int     // how many more may be acknowledged by others
	pace     float64 // the chance of either at a request
	faults   int     // how many more requests may fail
	attempts int     // the client makes before it gives up
	created  int
	requests int
	asked    map[string]int // how often each page was asked for
	log      []string
	drainWorld
}

func newWorld(seed uint64) *world {
	random := rand.New(rand.NewPCG(seed, 1))
	w := &world{
		seed:   seed,
		asked:  map[string]int{},
		random: random,

		drainWorld: drainWorld{accepted: map[string]bool{}, confirmed: map[string]int{}},
		order:      []string{"newest first", "oldest first", "by id"}[random.IntN(3)],
		inserts:    random.IntN(30), removes: random.IntN(40), pace: random.Float64(),
		req: domaintask.PollTaskResultRequest{PageSize: 1 + random.IntN(7)},
	}
	w.server = domaintasktest.NewServerWith(domaintasktest.Options{
		PlainHTTP: true, InMemory: true, OmitPageFlags: random.IntN(2) == 0, MaxRequests: -1,
		PageSizeLimit: random.IntN(9), // pages may be shorter than was asked for
	})
	w.opts = append(w.opts, domaintask.WithPrefetch(random.IntN(5)))
	for range random.IntN(40) {
		w.finish()
	}
	w.attempts = 1 + random.IntN(5)
	w.client = w.newClient(w)
	return w
}

func (w *world) newClient(transport http.RoundTripper) *domaintask.Client {
	config := w.server.Config()
	config.HTTPClient = &http.Client{Transport: transport}
	config.Retry = domaintask.RetryPolicy{MaxAttempts: w.attempts, BaseDelay: 1}
	client, err := domaintask.NewClient(config)
	if err != nil {
		panic(err)
	}
	return client
}

func (w *world) String() string {
	return fmt.Sprintf("%s, page size %d, pace %.2f", w.order, w.req.PageSize, w.pace)
}

// finish lists one more task.
func (w *world) finish() {
	w.created++
	task := domaintask.TaskDetail{TaskDetailNo: fmt.Sprintf("task-%d", w.created), TaskStatusCode: domaintask.StatusCodeSuccess}
	switch w.order {
	case "newest first":
		w.server.Insert(0, task)
	case "oldest first":
		w.server.Add(task)
	case "by id": // ids are random: anywhere
		w.server.Insert(w.random.IntN(len(w.server.Tasks())+1), task)
	}
	w.note("finished %s", task.TaskDetailNo)
}

// acknowledgeElsewhere takes a task off the list, as another consumer would.
func (w *world) acknowledgeElsewhere() {
	tasks := w.server.Tasks()
	if len(tasks) == 0 {
		return
	}
	i := w.random.IntN(len(tasks))
	if w.random.IntN(2) == 0 {
		i = w.random.IntN(1 + i/4) // others work from the head, too
	}
	w.server.Remove(tasks[i].TaskDetailNo)
	w.note("acknowledged elsewhere: %s", tasks[i].TaskDetailNo)
}

func (w *world) note(format string, args ...any) { w.log = append(w.log, fmt.Sprintf(format, args...)) }

// RoundTrip lets a while pass, moves the world on and lets the service answer.
// Each request has an instant of its own, which follows from the seed and from
// what is asked: so pages that are in flight at once are answered in the same
// order every time.
func (w *world) RoundTrip(r *http.Request) (*http.Response, error) {
	select {
	case <-time.After(w.delay(r)):
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.requests++
	w.last = time.Now()
	w.move()
	query := r.URL.Query()
	fail := w.faults > 0 && w.random.Float64() < 0.2
	processed := !fail || w.random.IntN(2) == 0
	answer := httptest.NewRecorder()
	if processed {
		w.acknowledging(query)
		w.stubbornly(func() { w.server.ServeHTTP(answer, r) })
		// Any of these may be left out, as the documented samples do with others.
		body := answer.Body.String()
		for i, f := range []string{"PageSize", "TotalPageNum", "CurrentPageNum"} {
			if w.seed>>i&1 == 1 {
				body = regexp.MustCompile(`"`+f+`":\d+,`).ReplaceAllString(body, "")
			}
		}
		answer.Body = bytes.NewBufferString(body)
		answer.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.note("%s %s: failed %v, processed %v", query.Get("Action"), query.Get("PageNum"), fail, processed)
	if fail {
		w.faults--
		return nil, io.ErrUnexpectedEOF
	}
	return answer.Result(), nil
}

func (w *world) delay(r *http.Request) time.Duration {
	w.mu.Lock()
	defer w.mu.Unlock()
	query := r.URL.Query()
	key := query.Get("Action") + query.Get("PageNum") + query.Get("TaskDetailNo.1")
	w.asked[key]++
	h := fnv.New64a()
	fmt.Fprint(h, key, w.asked[key])
	return time.Duration(1 + rand.New(rand.NewPCG(w.seed, h.Sum64())).Int64N(int64(50*time.Millisecond)))
}

// move lets tasks finish and others acknowledge, as the script wants.
func (w *world) move() {
	for w.inserts > 0 && w.random.Float64() < w.pace {
		w.inserts--
		w.finish()
	}
	for w.removes > 0 && w.random.Float64() < w.pace {
		w.removes--
		w.acknowledgeElsewhere()
	}
}

func (w *world) listed() map[string]bool {
	ids := map[string]bool{}
	for _, task := range w.server.Tasks() {
		ids[task.TaskDetailNo] = true
	}
	return ids
}

// walk: no task comes twice, and none that was listed all along is missed
// unless tasks came and went meanwhile.
func (w *world) walk(t *testing.T) {
	both := w.inserts > 0 && w.removes > 0
	w.faults = w.random.IntN(w.attempts) // never so many that the walk ends with an error
	before := w.listed()
	times := map[string]int{}
	for task, err := range w.client.Tasks(t.Context(), w.req, w.opts...) {
		if both && errors.Is(err, domaintask.ErrPaging) {
			break // tasks that come and go can make a page repeat the one before
		}
		check(t, err == nil, "the walk fails: %v", err)
		times[task.TaskDetailNo]++
	}
	after := w.listed()
	for id, n := range times {
		check(t, n == 1, "%s came %d times", id, n)
	}
	for id := range before {
		check(t, both || !after[id] || times[id] == 1, "%s was listed all along and came %d times", id, times[id])
	}
}

// watch: every task comes once at the most, and every one that stays listed
// comes.
func (w *world) watch(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.faults = w.random.IntN(3) * w.random.IntN(3)
	acknowledges := w.random.IntN(4)
	times := map[string]int{}
	// The last rounds, eight minutes apart, find the list at rest.
	rest := time.AfterFunc(30*time.Minute, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.inserts, w.removes, w.faults = 0, 0, 0
	})
	defer rest.Stop()
	end := time.AfterFunc(75*time.Minute, cancel)
	defer end.Stop()
	for task, err := range w.client.Watch(ctx, w.req, domaintask.WithInterval(time.Minute)) {
		if err != nil {
			continue
		}
		times[task.TaskDetailNo]++
		w.mu.Lock()
		w.note("yielded %s", task.TaskDetailNo)
		acknowledge := w.random.IntN(4) < acknowledges
		w.mu.Unlock()
		if acknowledge {
			w.client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{task.TaskDetailNo}})
		}
	}
	check(t, ctx.Err() != nil, "it ended by itself")
	for id, n := range times {
		check(t, n == 1, "%s came %d times", id, n)
	}
	for id := range w.listed() {
		check(t, times[id] == 1, "%s stays listed and came %d times", id, times[id])
	}
}

// check goes on after a failure: TestModel tells the seed and the script then.
func check(t *testing.T, ok bool, format string, args ...any) {
	t.Helper()
	if !ok {
		t.Errorf(format, args...)
	}
}
