package domaintask

import (
	"context"
	"errors"
)

// endedError is the error of a call whose context has ended. It matches
// context.Canceled or context.DeadlineExceeded, and the cause that the context
// was given. A timeout of one attempt also matches context.DeadlineExceeded, but
// has another type and is temporary.
type endedError struct{ err, cause error } // cause is nil if it adds nothing

// ended returns the error of ctx, which has ended. The whole package uses it in
// place of ctx.Err. If CallTimeout ended ctx, it is a budgetError.
func ended(ctx context.Context) error {
	err, cause := ctx.Err(), context.Cause(ctx)
	if budget, ok := cause.(*budgetError); ok {
		return budget
	}
	switch {
	case errors.Is(cause, err):
		return &endedError{err: cause}
	}
	return &endedError{err, cause}
}

// endedCall returns the error of a call that ctx, which has ended, stopped
// before it sent anything.
func endedCall(ctx context.Context, action string) error {
	return &CallError{Action: action, Err: ended(ctx)}
}

// isEnded reports whether err says that a context of the caller has ended.
func isEnded(err error) bool {
	var e *endedError
	return errors.As(err, &e)
}

// Error returns the texts of both errors.
func (e *endedError) Error() string {
	if e.cause == nil {
		return e.err.Error()
	}
	return e.err.Error() + ": " + errorText(e.cause)
}

// Unwrap returns both errors.
func (e *endedError) Unwrap() []error {
	if e.cause == nil {
		return []error{e.err}
	}
	return []error{e.err, e.cause}
}
