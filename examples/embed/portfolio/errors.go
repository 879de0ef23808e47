package portfolio

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// The kinds of errors of all registrars, for errors.Is.
var (
	ErrInvalid     = errors.New("portfolio: not a valid request")
	ErrAccess      = errors.New("portfolio: no access")
	ErrBusy        = errors.New("portfolio: too many requests")
	ErrUnavailable = errors.New("portfolio: the registrar does not answer as it should")
)

// Error is an error of a registrar.
type Error struct {
	Kind      error         // one of the Err variables, or the error of an ended context
	Detail    string        // one line for people, which may change at any time
	RequestID string        // for the registrar's support; empty if there is none
	Wait      time.Duration // before the next call; 0 if the registrar did not specify it
}

// Error returns Kind's text and Detail.
func (e *Error) Error() string { return e.Kind.Error() + ": " + e.Detail }

// Unwrap returns Kind. The original error is hidden: programs that match it would
// depend on the underlying library.
func (e *Error) Unwrap() error { return e.Kind }

// translate converts an error of domaintask to one of this package. nil stays nil.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	// The text holds no secrets, but begins with the name of the underlying library.
	own := &Error{Kind: kind(ctx, err), Detail: strings.TrimPrefix(err.Error(), "domaintask: ")}

	var (
		refused    *domaintask.APIError
		unreadable *domaintask.DecodeError
	)
	switch {
	case errors.As(err, &refused):
		own.RequestID, own.Wait = refused.RequestID, refused.RetryAfter
	case errors.As(err, &unreadable):
		own.RequestID = unreadable.RequestID
	}
	return own
}

// kind checks the most certain cause first: an ended context explains any other
// error.
func kind(ctx context.Context, err error) error {
	var param *domaintask.ParamError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &param):
		return ErrInvalid
	case errors.Is(err, domaintask.ErrCredentials), errors.Is(err, domaintask.ErrForbidden):
		return ErrAccess
	case errors.Is(err, domaintask.ErrThrottled):
		return ErrBusy
	}
	return ErrUnavailable
}
