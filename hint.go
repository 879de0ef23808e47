package domaintask

import (
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// maxHint is the longest wait that is believed. What asks for more is taken
// for nonsense, as are negative times and what is no number.
const maxHint = 24 * time.Hour

// retryHint returns how long the answer asks to wait: the longest of the
// service's own headers, one for the user and one for the user's calls of this
// operation, and of the standard one, which proxies add. 0 = it does not say.
func retryHint(header http.Header) time.Duration {
	var longest time.Duration
	for _, name := range []string{"X-Ratelimit-User-Api", "X-Ratelimit-User"} {
		for _, value := range header[name] {
			longest = max(longest, timeLeft(value))
		}
	}
	for _, value := range header["Retry-After"] {
		longest = max(longest, retryAfter(value, header.Get("Date")))
	}
	return longest
}

// timeLeft reads "Limit:1,Remain:0,TimeLeft:2000,Reset:1234"; milliseconds.
func timeLeft(value string) time.Duration {
	for field := range strings.SplitSeq(value, ",") {
		name, number, _ := strings.Cut(strings.TrimSpace(field), ":")
		if strings.EqualFold(name, "TimeLeft") {
			return hinted(number, time.Millisecond)
		}
	}
	return 0
}

// retryAfter reads seconds or a date (RFC 9110, section 10.2.3). The date is
// compared with that of the answer, both being by the sender's clock.
func retryAfter(value, date string) time.Duration {
	until, err := http.ParseTime(value)
	if err != nil {
		return hinted(value, time.Second)
	}
	now, err := http.ParseTime(date)
	if err != nil {
		now = time.Now()
	}
	return believable(until.Sub(now))
}

func hinted(number string, unit time.Duration) time.Duration {
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/int64(unit) {
		return 0
	}
	return believable(time.Duration(n) * unit)
}

func believable(d time.Duration) time.Duration {
	if d < 0 || d > maxHint {
		return 0
	}
	return d
}
