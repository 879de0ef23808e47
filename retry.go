package domaintask

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
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

// decide returns whether another attempt follows the nth, which failed and may
// be retried, and after which wait: no sooner than hint, which the service asks
// for, and not at all if ctx, which ends after left, would end first. Then the
// error at hand says more than the end of ctx would.
func (p RetryPolicy) decide(n int, hint, left time.Duration) (wait time.Duration, again bool) {
	if n >= p.MaxAttempts || hint > p.MaxDelay {
		return 0, false
	}
	if wait = max(hint, p.backoff(n)); wait >= left {
		return 0, false
	}
	return wait, true
}

// timeLeft returns how long ctx may go on.
func timeLeft(ctx context.Context) time.Duration {
	if ctx.Err() != nil {
		return 0
	}
	if deadline, ok := ctx.Deadline(); ok {
		return time.Until(deadline)
	}
	return math.MaxInt64
}

// mayRetry reports whether an attempt that failed with err may be repeated:
// one that may have been carried out only if that does no harm.
func mayRetry(err error, idempotent bool) bool {
	return Temporary(err) && (idempotent || unsent(err))
}

// unsent reports whether a request surely never left: the connection to send
// it on was not made. The standard library calls that "dial".
func unsent(err error) bool {
	var callErr *CallError
	var opErr *net.OpError
	return errors.As(err, &callErr) && errors.As(callErr.Err, &opErr) && opErr.Op == "dial"
}

// RetryAfter returns how long the service, or a proxy before it, asked to wait
// before the next call. It is 0 if err says nothing of that. If err holds
// several errors, the longest wait counts. It is at most 30 days.
func RetryAfter(err error) time.Duration {
	var wait time.Duration
	switch e := err.(type) {
	case *APIError:
		wait = e.RetryAfter
	case *DecodeError:
		wait = e.RetryAfter
	case *CallError:
		wait = e.RetryAfter
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		wait = max(wait, RetryAfter(e.Unwrap()))
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			wait = max(wait, RetryAfter(part))
		}
	}
	return wait
}

// maxHint is the longest wait that is believed. A longer one counts as this
// one: a header that is broken must not end a Watch for good, and whoever sent
// it does not want to be asked soon.
const maxHint = 30 * 24 * time.Hour

// retryHint returns how long a response asks to wait: the longest of the
// service's own headers, one for the user and one for the user's calls of this
// operation, and of the standard one, which proxies add. It is 0 if there are
// none, or none that can be read. now is the time by the service's clock.
func retryHint(header http.Header, now time.Time) (longest time.Duration) {
	for _, name := range []string{"X-Ratelimit-User-Api", "X-Ratelimit-User"} {
		for _, value := range header[name] {
			longest = max(longest, rateLimitHint(cut(value, maxShortText)))
		}
	}
	for _, value := range header["Retry-After"] {
		longest = max(longest, retryAfterHint(cut(value, maxShortText), header.Get("Date"), now))
	}
	return longest
}

// rateLimitHint reads "Limit:1,Remain:0,TimeLeft:2000,Reset:1234", which is in
// milliseconds.
func rateLimitHint(value string) time.Duration {
	for field := range strings.SplitSeq(value, ",") {
		name, number, _ := strings.Cut(field, ":")
		if strings.EqualFold(strings.TrimSpace(name), "TimeLeft") {
			return parseWait(number, time.Millisecond)
		}
	}
	return 0
}

// retryAfterHint reads seconds or a date (RFC 9110, section 10.2.3), and what
// is sent in place of whole seconds: "1.5", "2s". A date is compared with that of
// the response, both being by the sender's clock, or with now if the sender's
// dates make no sense.
func retryAfterHint(value, date string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	until, err := http.ParseTime(value)
	if err != nil {
		return parseWait(strings.TrimSuffix(value, "s"), time.Second)
	}
	wait := until.Sub(now)
	if sent, err := http.ParseTime(date); err == nil {
		if d := until.Sub(sent); d > 0 && d <= maxHint {
			wait = d
		}
	}
	return min(max(wait, 0), maxHint)
}

// parseWait reads a number of units, fractions included, and rounds up. What is
// negative or no number is 0.
func parseWait(number string, unit time.Duration) time.Duration {
	n, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case errors.Is(err, strconv.ErrSyntax), !(n > 0):
		return 0
	case n >= float64(maxHint)/float64(unit):
		return maxHint
	}
	return time.Duration(math.Ceil(n * float64(unit)))
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
//   - A [*CallError] is temporary if a response broke off, whatever its status
//     was, or if its transport error is, such as a timeout or a reset
//     connection. The error of a CredentialsProvider or a Limiter is
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
// cannot be read may be a gateway's hiccup; one that is too large, or in a coding
// that is not supported, will be so again.
func temporaryAnswer(e *DecodeError) bool {
	var coding *codingError
	if isSuccess(e.StatusCode) {
		return !errors.Is(e, ErrResponseTooLarge) && !errors.As(e, &coding)
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
