package domaintask

import (
	"errors"
	"strconv"
)

// UnacknowledgedError is the part of a drain's error about tasks that the
// handler accepted and that are not known to be acknowledged for one reason. If
// they are still listed, another drain passes them to its handler again.
type UnacknowledgedError struct {
	Tasks int   // how many
	Err   error // why: of the first acknowledgement that failed for this reason
}

// Error returns how many tasks there are and why, in one line.
func (e *UnacknowledgedError) Error() string {
	return oneLine("domaintask: handled and not acknowledged: " + plural(e.Tasks, "task") + ": " + bare(e.Err))
}

// Unwrap returns why the tasks are not acknowledged.
func (e *UnacknowledgedError) Unwrap() error { return e.Err }

// errRelisted is why tasks do not count as acknowledged although the service
// answered that they are.
var errRelisted = errors.New("the service acknowledged them and lists them again")

// tally counts what became of tasks, and keeps the first reasons.
type tally struct {
	handled, acknowledged, relisted, refused int

	refusals []*TaskError
	failures failures
}

// maxErrors is the most reasons of a kind that are kept.
const maxErrors = 10

// refuse counts a refusal, and the task unless it was refused before.
func (t *tally) refuse(taskDetailNo string, reason error, first bool) {
	if first {
		t.refused++
	}
	text := bare(reason)
	for _, known := range t.refusals {
		if bare(known.Err) == text {
			if first {
				known.Others++
			}
			return
		}
	}
	if len(t.refusals) < maxErrors {
		t.refusals = append(t.refusals, &TaskError{TaskDetailNo: taskDetailNo, Err: reason})
	}
}

// result returns the counts. Its refusals are copies, since counting goes on.
func (t *tally) result() DrainResult {
	r := DrainResult{Handled: t.handled, Acknowledged: t.acknowledged, Relisted: t.relisted, Refused: t.refused}
	for _, refusal := range t.refusals {
		copied := *refusal
		r.Refusals = append(r.Refusals, &copied)
	}
	return r
}

// errors returns one error for each reason why accepted tasks are not
// acknowledged.
func (t *tally) errors() (errs errorList) {
	for _, f := range t.failures {
		if f.tasks > 0 {
			errs = append(errs, &UnacknowledgedError{Tasks: f.tasks, Err: f.err})
		}
	}
	if t.relisted > 0 {
		errs = append(errs, &UnacknowledgedError{Tasks: t.relisted, Err: errRelisted})
	}
	return errs
}

// failures are the reasons why acknowledgements failed, with the number of tasks
// for each. A reason that no task has any more makes room for another.
type failures []failure

type failure struct {
	text  string
	err   error
	tasks int
}

// add counts a task for the reason and returns the index to drop it by. Once
// there are maxErrors reasons, those to come count for one more.
func (f *failures) add(err error) uint8 {
	text, free := reasonOf(err), -1
	for i, known := range *f {
		switch {
		case known.tasks == 0:
			free = i
		case known.text == text:
			(*f)[i].tasks++
			return uint8(i)
		}
	}
	switch {
	case free >= 0:
		(*f)[free] = failure{text, err, 1}
	case len(*f) <= maxErrors:
		free = len(*f)
		*f = append(*f, failure{text, err, 1})
	default:
		free = maxErrors
		(*f)[free].tasks++
	}
	return uint8(free)
}

// drop takes back what add counted.
func (f failures) drop(i uint8) { f[i].tasks-- }

// reasonOf returns the text by which errors have the same cause. The text of an
// APIError names the call, so its code stands for it.
func reasonOf(err error) string {
	var apiErr *APIError
	if errors.As(err, &apiErr) {
		return apiErr.Action + ": " + apiErr.Code
	}
	return bare(err)
}

func plural(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.Itoa(n) + " " + what
}
