package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
)

// drainWorld is what a world knows of drains. The mutex of the world guards it.
type drainWorld struct {
	batches   bool            // DrainBatches in place of Drain
	patient   bool            // no handler refuses a whole batch
	stubborn  int             // every so manieth task stays listed when it is acknowledged; 0 means none
	handed    map[string]int  // in this call
	accepted  map[string]bool // by a handler, which a crash does not undo
	confirmed map[string]int  // how often each task was acknowledged at the service
	last      time.Time       // of the last request
	unowed    []string        // tasks that were acknowledged before they were accepted
}

// stays reports whether a task stays listed when it is acknowledged.
func (w *world) stays(id string) bool {
	return w.stubborn > 0 && hash(id, w.seed)%uint64(w.stubborn) == 0
}

func hash(args ...any) uint64 {
	h := fnv.New64a()
	fmt.Fprint(h, args...)
	return h.Sum64()
}

// acknowledging notes what the service is asked to acknowledge.
func (w *world) acknowledging(query url.Values) {
	for name := range query {
		if id := query.Get(name); strings.HasPrefix(name, "TaskDetailNo.") {
			if w.confirmed[id]++; !w.accepted[id] {
				w.unowed = append(w.unowed, id)
			}
		}
	}
}

// stubbornly serves a request, and lists again the stubborn tasks that it
// acknowledged, where they were.
func (w *world) stubbornly(serve func()) {
	if w.stubborn == 0 {
		serve()
		return
	}
	before := w.server.Tasks()
	serve()
	listed, at := w.listed(), 0
	for _, task := range before {
		switch {
		case listed[task.TaskDetailNo]:
			at++
		case w.stays(task.TaskDetailNo):
			w.server.Insert(at, task)
			at++
		}
	}
}

// options returns random options of a drain.
func (w *world) options() []domaintask.Option {
	opts := []domaintask.Option{domaintask.WithConcurrency(w.random.IntN(4)), domaintask.WithAcknowledgeSize(w.random.IntN(5))}
	if w.batches {
		opts = append(opts, domaintask.WithBatchSize(w.random.IntN(5)))
	}
	return opts
}

// drainWith drains the list. judge decides what the handler makes of a task that
// is passed to it for the nth time in this call.
func (w *world) drainWith(ctx context.Context, client *domaintask.Client, judge func(id string, n int) error, opts ...domaintask.Option) (domaintask.DrainResult, error) {
	w.handed = map[string]int{}
	handle := func(id string) error {
		<-time.After(time.Duration(hash(id, w.seed) % uint64(80*time.Millisecond)))
		w.mu.Lock()
		defer w.mu.Unlock()
		w.handed[id]++
		err := judge(id, w.handed[id])
		if err == nil {
			w.accepted[id] = true
		}
		w.note("handled %s: %v", id, err)
		return err
	}
	if !w.batches {
		return client.Drain(ctx, w.req, func(_ context.Context, task domaintask.TaskDetail) error { return handle(task.TaskDetailNo) }, opts...)
	}
	return client.DrainBatches(ctx, w.req, func(_ context.Context, b *domaintask.Batch) error {
		if hash(b.Tasks[0].TaskDetailNo, "whole", w.seed)%4 == 0 && !w.patient {
			// All or none, as in a transaction.
			for _, task := range b.Tasks {
				if err := handle(task.TaskDetailNo); err != nil {
					w.mu.Lock()
					defer w.mu.Unlock()
					for _, task := range b.Tasks {
						delete(w.accepted, task.TaskDetailNo)
						w.handed[task.TaskDetailNo] = max(w.handed[task.TaskDetailNo], 1)
					}
					return err
				}
			}
			return nil
		}
		slices.Reverse(b.Tasks)
		for i, task := range b.Tasks {
			if err := handle(task.TaskDetailNo); err != nil {
				b.Refuse(i, err)
			}
		}
		return nil
	}, opts...)
}

// drain: every task that was listed when it began is passed to the handler once
// and acknowledged, or refused and still listed, or acknowledged by others. Where
// nothing else moves the list there are three rounds at most: one that finds
// everything, one that meets on page one what has moved there, and one that finds
// nothing. What counts as acknowledged is gone.
func (w *world) drain(t *testing.T) {
	refuses := 1 + w.random.IntN(5)
	w.faults = w.random.IntN(3) * w.random.IntN(3)
	if w.random.IntN(4) == 0 {
		w.inserts, w.removes, w.faults = 0, 0, 0
	}
	atRest := w.inserts == 0 && w.removes == 0 && w.faults == 0 && w.stubborn == 0
	before := w.listed()
	var result domaintask.DrainResult
	for call := 0; ; call++ {
		asked := w.requests
		var err error
		result, err = w.drainWith(t.Context(), w.client, func(id string, _ int) error {
			if len(id)%refuses == 1 || strings.HasSuffix(id, "3") {
				return errors.New("not today")
			}
			return nil
		}, w.options()...)
		w.note("drain: %+v, %v", result, err)
		w.checkCall(t, result, err)
		if atRest {
			check(t, result.Rounds <= 3, "%d rounds over a list that nothing else moves", result.Rounds)
			check(t, err == nil, "it fails: %v", err)
			for id, n := range w.confirmed {
				check(t, n == 1, "%s was acknowledged %d times", id, n)
			}
		}
		check(t, w.requests-asked < 2000, "%d requests", w.requests-asked)
		if result.Complete {
			break
		}
		check(t, call < 10 && err != nil, "it never ends: %v", err)
		before = w.listed() // a call that failed begins again
	}
	w.checkEnd(t, result, before)
}

// checkCall checks the result of one call against what the handlers saw.
func (w *world) checkCall(t *testing.T, result domaintask.DrainResult, err error) {
	t.Helper()
	check(t, len(w.unowed) == 0, "%v were acknowledged before they were accepted", w.unowed)
	for id, n := range w.handed {
		check(t, n == 1, "%s was passed to the handler %d times in one call", id, n)
	}
	check(t, result.Handled+result.Refused == len(w.handed), "%+v does not add up to %d", result, len(w.handed))
	refusals := 0
	for _, refusal := range result.Refusals {
		refusals += 1 + refusal.Others
	}
	check(t, refusals == result.Refused, "%d refusals of %d", refusals, result.Refused)
	missing := result.Handled - result.Acknowledged - result.Relisted
	for unacknowledged := range errorsOf[*domaintask.UnacknowledgedError](err) {
		missing -= unacknowledged.Tasks
	}
	check(t, missing == -result.Relisted, "%+v and %v do not add up: %d", result, err, missing)
	check(t, (err == nil) == (result.Complete && result.Acknowledged == result.Handled), "%+v and error %v", result, err)
}

// checkEnd checks what is listed after a drain that completed.
func (w *world) checkEnd(t *testing.T, result domaintask.DrainResult, before map[string]bool) {
	t.Helper()
	after := w.listed()
	stillListed := 0
	unnoticed := false // a task joined and left: what it moved may be missed
	for i := range w.created {
		id := fmt.Sprintf("task-%d", i+1)
		unnoticed = unnoticed || !before[id] && !after[id] && w.handed[id] == 0
	}
	for id := range before {
		if after[id] && !unnoticed {
			check(t, w.handed[id] == 1, "%s is still listed and was passed to the handler %d times", id, w.handed[id])
		}
	}
	for id := range w.handed {
		if w.accepted[id] && after[id] {
			stillListed++
		}
		check(t, w.accepted[id] || after[id] || w.gone(id), "%s was refused and is gone", id)
	}
	check(t, stillListed <= result.Handled-result.Acknowledged, "%d accepted tasks are still listed, %+v", stillListed, result)
}

// errorsOf returns the errors of a type in a tree of errors.
func errorsOf[E error](err error) func(yield func(E) bool) {
	var walk func(err error, yield func(E) bool) bool
	walk = func(err error, yield func(E) bool) bool {
		if e, ok := err.(E); ok {
			return yield(e)
		}
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, err := range joined.Unwrap() {
				if !walk(err, yield) {
					return false
				}
			}
		}
		return true
	}
	return func(yield func(E) bool) { walk(err, yield) }
}

// crash: the program dies at any request, several times, and starts again. No
// task is acknowledged that no handler had accepted, and in the end none is left.
func (w *world) crash(t *testing.T) {
	w.batches = w.random.IntN(2) == 0
	for range 1 + w.random.IntN(4) {
		ctx, cancel := context.WithCancel(t.Context())
		dying := &dying{through: w, after: int64(w.random.IntN(12)), die: cancel}
		w.drainWith(ctx, w.newClient(dying), func(string, int) error {
			if dying.dead() {
				return errors.New("nobody is there any more")
			}
			return nil
		}, w.options()...)
		cancel()
		w.note("crashed")
		check(t, len(w.unowed) == 0, "%v were acknowledged before they were accepted", w.unowed)
	}
	before := w.listed()
	result, err := w.drainWith(t.Context(), w.client, func(string, int) error { return nil }, w.options()...)
	w.note("drain: %+v, %v", result, err)
	w.checkCall(t, result, err)
	check(t, err == nil, "it fails: %v", err)
	w.checkEnd(t, result, before)
	check(t, len(w.listed()) == 0 || w.inserts > 0 || w.created > len(w.accepted), "%v are still listed", w.listed())
	for id := range w.confirmed {
		check(t, w.accepted[id], "%s is acknowledged and was not accepted", id)
	}
}

// dying is the network of a program that dies after some requests: what it sends
// then does not arrive.
type dying struct {
	through http.RoundTripper
	sent    atomic.Int64
	after   int64
	die     func()
}

func (d *dying) dead() bool { return d.sent.Load() > d.after }

func (d *dying) RoundTrip(r *http.Request) (*http.Response, error) {
	if d.sent.Add(1) > d.after {
		d.die()
		return nil, errors.New("the program has died")
	}
	resp, err := d.through.RoundTrip(r)
	if d.dead() { // it died while the response was on its way
		return nil, errors.New("the program has died")
	}
	return resp, err
}

// drainForever: every task that finishes is passed to the handler until it
// accepts it, ever more seldom, and is acknowledged then, through all faults.
func (w *world) drainForever(t *testing.T) {
	w.batches, w.patient = w.random.IntN(2) == 0, true
	w.faults = w.random.IntN(30)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rest := time.AfterFunc(20*time.Minute, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.inserts, w.removes, w.faults = 0, 0, 0
	})
	defer rest.Stop()
	end := time.AfterFunc(5*time.Hour, cancel)
	defer end.Stop()
	offered := map[string][]time.Time{}
	result, err := w.drainWith(ctx, w.client, func(id string, n int) error {
		offered[id] = append(offered[id], time.Now())
		if uint64(n) <= hash(id, w.seed)%5 {
			return errors.New("not yet")
		}
		check(t, !w.accepted[id], "%s was passed to the handler after it had been accepted", id)
		return nil
	}, append(w.options(), domaintask.WithInterval(time.Minute))...)
	w.note("drain: %+v, %v", result, err)
	check(t, err == nil, "it fails: %v", err)
	check(t, result.Complete || time.Since(w.last) < 10*time.Second, "it ended between two rounds: %+v", result)
	check(t, len(w.unowed) == 0, "%v were acknowledged before they were accepted", w.unowed)
	check(t, result.Acknowledged == result.Handled && result.Relisted == 0, "%+v", result)
	check(t, len(w.listed()) == 0, "%v are still listed", w.listed())
	for id, times := range offered {
		for i := 1; i < len(times); i++ {
			check(t, times[i].Sub(times[i-1]) >= 54*time.Second<<min(i-1, 6), "%s was offered at %v", id, times)
		}
	}
	check(t, w.requests < 2000, "%d requests in five hours", w.requests)
}

// gone reports whether another consumer acknowledged the task.
func (w *world) gone(id string) bool {
	return slices.Contains(w.log, "acknowledged elsewhere: "+id)
}
