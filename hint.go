package domaintask

import (
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// RetryAfter returns how long the service, or a proxy before it, asked to wait
// before the next call. It is 0 if err does not say so. If err holds several
// errors, the longest wait counts. It is at most 30 days.
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

// maxHint is the longest wait that is honored. A longer one is cut to it: a broken
// header must not stop a Watch forever, and its sender does not expect a call soon.
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

// retryAfterHint reads seconds or a date (RFC 9110, section 10.2.3), and the values
// that some send instead of whole seconds: "1.5", "2s". A date is compared with the
// Date of the response, which is from the same clock, or with now if the difference
// is not positive or too large.
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

// parseWait parses a number of units, which may be a fraction, and rounds up. A
// negative or invalid number is 0.
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
