package domaintask

import (
	"errors"
	"maps"
	"strconv"
	"sync"
)

// ErrStop ends a drain if the error of its handler matches it: nothing more is
// passed to a handler, and accepted tasks are still acknowledged. Wrap it to say
// why: fmt.Errorf("%w: %w", domaintask.ErrStop, err).
var ErrStop = errors.New("domaintask: stopped by the handler")

// Batch is some tasks of one page. [Client.DrainBatches] passes it to its
// handler, which must not use it after returning.
type Batch struct {
	// Tasks holds at least one task. The handler may sort and shorten the
	// slice: what is accepted does not depend on it.
	Tasks []TaskDetail

	mu       sync.Mutex
	refusals map[string]error // by TaskDetailNo
}

// Refuse refuses the current Tasks[i], which stays listed. If the handler then
// returns nil, the other tasks of the batch are accepted. If a task is refused
// again, the last err counts. If err matches [ErrStop], the drain ends with this
// batch.
//
// It may be called by several goroutines. It panics if i is out of range.
func (b *Batch) Refuse(i int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.refusals == nil {
		b.refusals = map[string]error{}
	}
	b.refusals[b.Tasks[i].TaskDetailNo] = err
}

// Refusal reports whether the task Tasks[i] has been refused, and why: for tests
// of handlers.
func (b *Batch) Refusal(i int) (err error, refused bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	err, refused = b.refusals[b.Tasks[i].TaskDetailNo]
	return err, refused
}

// conclude returns why tasks of the batch, whose TaskDetailNos are given, are
// refused after the handler has returned err. All of them are refused if the
// handler changed the TaskDetailNo of a refused one, since it can no longer be
// identified.
func (b *Batch) conclude(ids []string, err error) map[string]error {
	b.mu.Lock()
	defer b.mu.Unlock()
	unknown := maps.Clone(b.refusals)
	for _, id := range ids {
		delete(unknown, id)
	}
	if len(unknown) > 0 && err == nil {
		err = errors.New("the handler refused a task that is not in its batch")
	}
	refusals := map[string]error{}
	if err != nil {
		for _, id := range ids {
			refusals[id] = err
		}
	}
	maps.Copy(refusals, b.refusals)
	return refusals
}

// TaskError is the refusal of a task in a drain.
type TaskError struct {
	TaskDetailNo string
	Others       int   // other tasks that were refused with an error of the same text
	Err          error // the error of the handler
}

// Error returns the task, the number of others and the error of the handler, in
// one line.
func (e *TaskError) Error() string {
	others := ""
	if e.Others > 0 {
		others = " and " + strconv.Itoa(e.Others) + " more"
	}
	return oneLine("domaintask: task " + cut(e.TaskDetailNo, maxShortText) + others + ": " + bare(e.Err))
}

// Unwrap returns the error of the handler.
func (e *TaskError) Unwrap() error { return e.Err }
