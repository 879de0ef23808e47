package domaintask

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTemporary(t *testing.T) {
	t.Parallel()
	api := func(status int, code string) error { return &APIError{StatusCode: status, Code: code} }
	read := func(status int, err error) error { return &DecodeError{StatusCode: status, Err: err} }
	call := func(err error) error { return &CallError{Attempts: 1, Err: err} }
	odd := errors.New("odd")
	for _, tt := range []struct {
		name string
		err  error
		want bool
	}{
		{"refused, and it may pass", api(503, "ServiceUnavailable"), true},
		{"refused for good", api(403, "Forbidden.RAM"), false},
		{"gateway", read(502, odd), true},
		{"gateway times out", read(504, odd), true},
		{"unreadable 200", read(200, odd), true},
		{"cut off", read(200, io.ErrUnexpectedEOF), true},
		{"cut off by the caller", read(200, context.Canceled), false},
		{"not found, HTML", read(404, odd), false},
		{"redirect", read(302, odd), false},
		{"too large", read(200, ErrResponseTooLarge), false},
		{"reset", call(&net.OpError{Op: "read", Err: syscall.ECONNRESET}), true},
		{"refused", call(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), true},
		{"closed while idle", call(io.EOF), true},
		{"the attempt took too long", call(context.DeadlineExceeded), true},
		{"name server unwell", call(&net.DNSError{IsTemporary: true}), true},
		{"unknown host", call(&net.DNSError{IsNotFound: true}), false},
		{"untrusted certificate", call(&tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}), false},
		{"certificate of another host", call(x509.HostnameError{}), false},
		{"cancelled", call(context.Canceled), false},
		{"credentials", call(fmt.Errorf("%w: sealed", ErrCredentials)), false},
		{"credentials that may come", call(fmt.Errorf("%w: %w", ErrCredentials, mayPass(true))), true},
		{"credentials that will not", call(fmt.Errorf("%w: %w", ErrCredentials, mayPass(false))), false},
		{"credentials, after something temporary", &CallError{Err: ErrCredentials, Last: api(503, "ServiceUnavailable")}, false},
		{"a limiter", call(&providedError{errLimiter, odd}), false},
		{"a limiter that says it may pass", call(&providedError{errLimiter, fmt.Errorf("quota: %w", mayPass(true))}), true},
		{"a limiter that says it will not", call(&providedError{errLimiter, mayPass(false)}), false},
		{"a limiter with a time limit of its own", call(&providedError{errLimiter, context.DeadlineExceeded}), true},
		{"a limiter that was canceled", call(&providedError{errLimiter, context.Canceled}), false},
		{"a limiter, after something temporary", &CallError{Err: &providedError{errLimiter, odd}, Last: api(503, "ServiceUnavailable")}, false},
		{"the deadline of the caller", call(&endedError{err: context.DeadlineExceeded}), false},
		{"the deadline of the caller, in a walk", &WalkError{Err: call(&endedError{err: context.DeadlineExceeded})}, false},
		{"the end of the caller, for a cause that may pass", call(&endedError{context.Canceled, mayPass(true)}), false},
		{"a timeout that nobody explains", context.DeadlineExceeded, false},
		{"in a walk", &WalkError{PageNum: 2, Err: api(503, "ServiceUnavailable")}, true},
		{"parameter refused here", &ParamError{}, false},
		{"something else", odd, false},
	} {
		require.Equal(t, tt.want, Temporary(tt.err), tt.name)
	}
}

// TestDecide states for each attempt that failed when the next one follows; the
// random wait is next to nothing here.
func TestDecide(t *testing.T) {
	t.Parallel()
	const none, forever = time.Duration(-1), time.Duration(math.MaxInt64)
	for _, tt := range []struct {
		name       string
		n          int
		hint, left time.Duration
		wait       time.Duration // none: no attempt follows
	}{
		{"the first of three", 1, 0, forever, 0},
		{"the second", 2, 0, forever, 0},
		{"the last", 3, 0, forever, none},
		{"the last, with a hint", 3, time.Second, forever, none},
		{"a hint", 1, time.Second, forever, time.Second},
		{"a hint of just MaxDelay", 1, 20 * time.Second, forever, 20 * time.Second},
		{"a hint beyond MaxDelay", 1, 20*time.Second + 1, forever, none},
		{"a hint just before the end", 1, time.Second, time.Second + 1, time.Second},
		{"a hint up to the end", 1, time.Second, time.Second, none},
		{"a hint beyond the end", 1, 2 * time.Second, time.Second, none},
		{"no time left", 1, 0, 0, none},
		{"the end has passed", 1, 0, -time.Second, none},
	} {
		wait, again := RetryPolicy{BaseDelay: 1}.withDefaults().decide(tt.n, tt.hint, tt.left)
		require.Equal(t, tt.wait != none, again, tt.name)
		require.Equal(t, max(tt.wait, 0), wait.Truncate(time.Microsecond), tt.name)
	}
}

// TestBackoff: the bound doubles up to the most, and the wait is anything
// between nothing and the bound.
func TestBackoff(t *testing.T) {
	t.Parallel()
	policy := RetryPolicy{MaxDelay: time.Second}.withDefaults()
	for attempt, bound := range []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond, time.Second, time.Second} {
		least, most := time.Hour, time.Duration(0)
		for range 1000 {
			wait := policy.backoff(attempt + 1)
			least, most = min(least, wait), max(most, wait)
		}
		require.LessOrEqual(t, most, bound)
		require.Greater(t, most, bound*9/10)
		require.Less(t, least, bound/10)
	}
	require.LessOrEqual(t, RetryPolicy{BaseDelay: math.MaxInt64 - 1, MaxDelay: math.MaxInt64 - 1}.backoff(1000), time.Duration(math.MaxInt64))
	require.LessOrEqual(t, RetryPolicy{BaseDelay: time.Hour, MaxDelay: time.Second}.backoff(1), time.Second)
}

// mayPass is an error of a provider that tells whether it may.
type mayPass bool

func (mayPass) Error() string     { return "sealed" }
func (m mayPass) Temporary() bool { return bool(m) }
