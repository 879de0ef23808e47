package portfolio

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// What can go wrong, whatever the registrar, for errors.Is.
var (
	ErrInvalid     = errors.New("portfolio: not a valid request")
	ErrAccess      = errors.New("portfolio: no access")
	ErrBusy        = errors.New("portfolio: too many requests")
	ErrUnavailable = errors.New("portfolio: the registrar does not answer as it should")
)

// Error is an error of a registrar.
type Error struct {
	Kind      error         // one of the Err variables, or that of a context which ended
	Detail    string        // one line for people; it may change at any time
	RequestID string        // for the registrar's support; "" = it gave none
	Wait      time.Duration // before it makes sense to try again; 0 = it did not say
}

// Error tells what happened.
func (e *Error) Error() string { return e.Kind.Error() + ": " + e.Detail }

// Unwrap returns Kind. The error that it was made of is not to be reached: who
// matched that would depend upon the library beneath.
func (e *Error) Unwrap() error { return e.Kind }

// translate makes an error of domaintask one of this package; nil stays nil.
func translate(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	// No secrets are in the text, but the name of the library beneath begins it.
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

// kind asks for the most certain first: a context that ended explains whatever
// else went wrong then.
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
