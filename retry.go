package domaintask

import (
	"cmp"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/http"
	"time"
)

// RetryPolicy says how often and how soon a call that failed is repeated. Only
// what may go well the next time is: throttling, a service or gateway that is
// unwell, a connection that failed, a clock that was off.
type RetryPolicy struct {
	// MaxAttempts counts the first one; 0 means 3, 1 means no retries.
	MaxAttempts int
	// BaseDelay bounds the random wait before the second attempt; 0 means
	// 200 ms. The bound doubles with every further attempt.
	BaseDelay time.Duration
	// MaxDelay bounds every wait, also where the service asks for a longer
	// one; 0 means 20 s.
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

// again reports whether another attempt is to follow on one that failed, and
// after which wait. It also sets the clock, where that was the matter.
func (c *Client) again(ctx context.Context, op operation, attempt int, r *result) (wait time.Duration, again bool) {
	hint := retryHint(r.header)
	var apiErr *APIError
	if errors.As(r.err, &apiErr) {
		apiErr.RetryAfter = hint
	}
	corrected := true
	if errors.Is(r.err, ErrClockSkew) {
		corrected = c.clock.correct(r.header, r.signedAt)
	}
	switch {
	case attempt >= c.retry.MaxAttempts, ctx.Err() != nil, !corrected:
		return 0, false
	case op.idempotent && !Temporary(r.err), !op.idempotent && !unsent(r.err):
		return 0, false
	}
	wait = max(min(hint, c.retry.MaxDelay), c.retry.backoff(attempt))
	if deadline, ok := ctx.Deadline(); ok && time.Until(deadline) <= wait {
		return 0, false // the wait could only end in the deadline: the error at hand says more
	}
	return wait, true
}

// unsent reports whether a request surely never left: the connection to send
// it on was not made. The standard library calls that "dial".
func unsent(err error) bool {
	var callErr *CallError
	var opErr *net.OpError
	return errors.As(err, &callErr) && errors.As(callErr.Err, &opErr) && opErr.Op == "dial" && Temporary(err)
}

// Temporary reports whether what failed with err may go well the next time: by
// Code where the service gave one, then by status, then by the kind of
// transport error. Calls that are Idempotent are repeated where it is true. The
// error of a CredentialsProvider may where it has a method Temporary that says
// so; the call is not repeated then, but a Watch goes on.
func Temporary(err error) bool {
	var apiErr *APIError
	var decodeErr *DecodeError
	var callErr *CallError
	switch {
	case errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &callErr): // before the others, which may stand in its Last
		return temporaryTransport(callErr.Err)
	case errors.As(err, &apiErr):
		return temporaryCode(apiErr.Code) || temporaryStatus(apiErr.StatusCode)
	case errors.As(err, &decodeErr):
		return temporaryAnswer(decodeErr)
	}
	return false
}

// temporaryCode goes by the error codes that the service documents.
func temporaryCode(code string) bool {
	switch code {
	case "ServiceUnavailable", "InternalError", // documented as "try again later"
		"NetworkIOError",                               // between parts of the service
		"SignatureNonceUsed",                           // the next request has another nonce
		"InvalidTimeStamp.Expired", "IllegalTimestamp": // and its time is corrected
		return true
	}
	return throttlingCode(code)
}

// temporaryStatus goes by what HTTP (RFC 9110, RFC 6585) and gateways mean by
// a status, where no code says more.
func temporaryStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return true
	}
	return false
}

// temporaryAnswer is for answers that are not the service's. A success that
// cannot be read may be a gateway's hiccup or a connection that broke off;
// one that is too large will be so again.
func temporaryAnswer(e *DecodeError) bool {
	switch {
	case e.StatusCode >= 200 && e.StatusCode <= 299:
		return !errors.Is(e, ErrResponseTooLarge)
	}
	return temporaryStatus(e.StatusCode)
}
