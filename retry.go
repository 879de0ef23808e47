package domaintask

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
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
//     MaxResponseBytes.
//   - A [*CallError] is temporary if its transport error is, such as a timeout
//     or a reset connection. The error of a CredentialsProvider or a Limiter is
//     if its method Temporary() bool returns true; the call is not retried
//     then, but a Watch goes on. It never is if the context of the call has
//     ended, whatever the cause.
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
	if errors.Is(e.Err, errLimiter) || errors.Is(e.Err, ErrCredentials) {
		return saysTemporary(e.Err)
	}
	return temporaryTransport(e.Err)
}

func temporaryRefusal(e *APIError) bool {
	if rule, known := ruleOf(e.Code); known {
		return rule.retry
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
// cannot be read may be a gateway's hiccup or a connection that broke off;
// one that is too large will be so again.
func temporaryAnswer(e *DecodeError) bool {
	switch {
	case e.StatusCode >= 200 && e.StatusCode <= 299:
		return !errors.Is(e, ErrResponseTooLarge)
	}
	return temporaryStatus(e.StatusCode)
}

// temporaryTransport is for calls without an answer. A connection that was
// reset, refused or closed is worth another; a name that does not exist, a
// certificate that is not trusted and a request that cannot be sent stay so.
func temporaryTransport(err error) bool {
	var dns *net.DNSError
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var record tls.RecordHeaderError
	var provider interface{ Temporary() bool }
	switch {
	case errors.Is(err, ErrCredentials):
		return errors.As(err, &provider) && provider.Temporary()
	case errors.As(err, &dns) && dns.IsNotFound:
		return false
	case errors.As(err, &certificate), errors.As(err, &authority), errors.As(err, &host):
		return false
	case errors.As(err, &record), errors.Is(err, http.ErrSchemeMismatch): // no TLS at the other end
		return false
	}
	return true
}
