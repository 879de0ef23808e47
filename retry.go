package domaintask

import (
	"cmp"
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"time"

	"github.com/domaintask/domaintask/internal/wire"
)

// RetryPolicy says how often and how soon a call that failed is retried. Only
// temporary errors are retried; see [Temporary].
type RetryPolicy struct {
	// MaxAttempts counts the first one; 0 means 3, 1 means no retries.
	MaxAttempts int
	// BaseDelay bounds the random wait before the second attempt; 0 means
	// 200 ms. The bound doubles with every further attempt.
	BaseDelay time.Duration
	// MaxDelay bounds every wait; 0 means 20 s. If the service asks for a longer
	// one, the call ends at once, with RetryAfter in its error: it never asks
	// again before that time.
	MaxDelay time.Duration
}

func (p RetryPolicy) withDefaults() RetryPolicy {
	return RetryPolicy{
		MaxAttempts: cmp.Or(p.MaxAttempts, 3),
		BaseDelay:   cmp.Or(p.BaseDelay, 200*time.Millisecond),
		MaxDelay:    cmp.Or(p.MaxDelay, 20*time.Second),
	}
}

// backoff is a random wait after the given attempt ("full jitter"): so that
// many clients that failed at once do not come back at once.
func (p RetryPolicy) backoff(attempt int) time.Duration {
	limit := p.BaseDelay
	for range attempt - 1 {
		if limit >= p.MaxDelay/2 {
			limit = p.MaxDelay
			break
		}
		limit *= 2
	}
	return rand.N(max(min(limit, p.MaxDelay), 1))
}

// decide returns whether to retry after the nth attempt, whose error is
// temporary, and after which wait. The wait is not shorter than hint, which the
// service asked for. left is the time until the context ends: there is no retry
// if the wait would outlast it, because the error at hand says more.
func (p RetryPolicy) decide(n int, hint, left time.Duration) (wait time.Duration, again bool) {
	if n >= p.MaxAttempts || hint > p.MaxDelay {
		return 0, false
	}
	if wait = max(hint, p.backoff(n)); wait >= left {
		return 0, false
	}
	return wait, true
}

// timeLeft returns the time until ctx ends.
func timeLeft(ctx context.Context) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	if deadline, ok := ctx.Deadline(); ok {
		return time.Until(deadline)
	}
	return math.MaxInt64
}

// mayRetry reports whether to retry after err. A call that is not idempotent is
// only retried if it surely was not performed.
func mayRetry(err error, idempotent bool) bool {
	return Temporary(err) && (idempotent || unsent(err) || refusedUnperformed(err))
}

// refusedUnperformed reports whether the service refused the call before it
// performed anything of it. Code alone says so: 429 may be the status of a
// gateway that passes on what a later part of the call met.
func refusedUnperformed(err error) bool {
	apiErr, ok := err.(*APIError)
	if !ok {
		return false
	}
	rule, _ := ruleOf(apiErr.Code)
	return rule.retry == always
}

// unsent reports whether a request surely never left: the connection to send
// it on was not made. The standard library calls that "dial".
func unsent(err error) bool {
	var callErr *CallError
	var opErr *net.OpError
	return errors.As(err, &callErr) && errors.As(callErr.Err, &opErr) && opErr.Op == "dial"
}

// Temporary reports whether a call that failed with err may succeed if it is
// retried. An Idempotent call is retried if it is true. The list is closed: any
// other error is final.
//
//   - An [*APIError] is temporary if its Code says so, under any HTTP status:
//     throttling (Throttling and Rejected.Throttling, of any kind), a busy or
//     failing service (ServiceUnavailable, ServiceBusy, ServiceTimeout,
//     ServerBusy, SystemBusy, SystemError, InternalError, InternalFailure,
//     InternalServerError, GatewayTimeout, RequestTimeout, NetworkIOError), a
//     nonce that was used before (SignatureNonceUsed) and a clock that is off
//     (InvalidTimeStamp, IllegalTimestamp). A Code that refuses the caller or the
//     request is final under any status. If the Code is unknown, the statuses
//     408, 429, 500, 502, 503 and 504 are temporary.
//   - A [*DecodeError] is temporary if it has one of these statuses, and if a
//     success (2xx) could not be read, unless it is larger than
//     MaxResponseBytes or has a Content-Encoding that is not supported.
//   - A [*CallError] is temporary if a response broke off, under any status, or
//     if its transport error is, such as a timeout or a reset connection. The
//     error of a CredentialsProvider or a Limiter is temporary if its method
//     Temporary() bool returns true. The call is not retried then, but a Watch
//     continues. If the context of the call has ended, it is never temporary.
//
// A [*WalkError] is as temporary as the error in it.
func Temporary(err error) bool {
	var apiErr *APIError
	var decodeErr *DecodeError
	var callErr *CallError
	switch {
	case isEnded(err), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &callErr): // before the others, which may stand in its Last
		return temporaryCall(callErr)
	case errors.As(err, &apiErr):
		return temporaryRefusal(apiErr)
	case errors.As(err, &decodeErr):
		return temporaryAnswer(decodeErr)
	}
	return false
}

func temporaryCall(e *CallError) bool {
	switch {
	case errors.Is(e.Err, errLimiter), errors.Is(e.Err, ErrCredentials):
		return saysTemporary(e.Err)
	case brokenOff(e.Err) != nil:
		return true
	}
	return temporaryTransport(e.Err)
}

func temporaryRefusal(e *APIError) bool {
	if rule, known := ruleOf(e.Code); known {
		return rule.retry != never
	}
	return temporaryStatus(e.StatusCode)
}

// temporaryStatus goes by what HTTP (RFC 9110, RFC 6585) and gateways mean by
// a status, if no code says more.
func temporaryStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// temporaryAnswer is for answers that are not the service's. A success that
// cannot be read may come from a failing gateway. One that is too large, or in a
// coding or charset that is not supported, would be again.
func temporaryAnswer(e *DecodeError) bool {
	var coding *codingError
	if isSuccess(e.StatusCode) {
		return !errors.Is(e, ErrResponseTooLarge) && !errors.As(e, &coding) &&
			!errors.Is(e, wire.ErrCharset) && !errors.Is(e, wire.ErrTooMany)
	}
	return temporaryStatus(e.StatusCode)
}
