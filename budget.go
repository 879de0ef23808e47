package domaintask

import (
	"context"
	"fmt"
	"time"
)

// budgetError says that a call took longer than Config.CallTimeout. The next
// call has a budget of its own, so it is temporary.
type budgetError struct{ limit time.Duration }

// Error names the setting and gives the limit.
func (e *budgetError) Error() string {
	return fmt.Sprintf("no success within the CallTimeout of %v", e.limit)
}

// Unwrap returns context.DeadlineExceeded.
func (e *budgetError) Unwrap() error { return context.DeadlineExceeded }

// Temporary reports true.
func (e *budgetError) Temporary() bool { return true }

// withBudget returns a context that ends with the caller's, or after limit with
// a budgetError as its cause. 0 means no limit.
func withBudget(caller context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return caller, func() {}
	}
	return context.WithTimeoutCause(caller, limit, &budgetError{limit})
}

// patient ends as its Context does, but announces only the deadline of the
// caller. A Limiter that sees a deadline may refuse at once what would have to
// wait longer, and its error does not say that CallTimeout was the reason.
type patient struct {
	context.Context
	caller context.Context
}

// Deadline returns the deadline of the caller.
func (p patient) Deadline() (time.Time, bool) { return p.caller.Deadline() }
