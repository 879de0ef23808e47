package domaintasktest

import (
	"net/http"
	"strconv"
	"time"
)

// The faults in this file are in the headers of the service's own response. The
// operation has been performed.

// DuplicateHeaders sends Content-Type, x-acs-request-id and Date twice: first
// the right value, then another one.
func DuplicateHeaders() Fault {
	return damaged("DuplicateHeaders", func(r *reply) {
		r.header.Add("Content-Type", "text/html")
		r.header.Add("X-Acs-Request-Id", "00000000-0000-0000-0000-000000000000")
		r.header.Add("Date", time.Unix(0, 0).UTC().Format(http.TimeFormat))
	})
}

// CachedAnswer sends a response of this age, as a cache does: with an Age header
// of whole seconds, and a Date that is as old.
func CachedAnswer(age time.Duration) Fault {
	return damaged("CachedAnswer "+age.String(), func(r *reply) {
		r.header.Set("Age", strconv.FormatInt(int64(age/time.Second), 10))
		r.header.Set("Date", r.now.Add(-age).UTC().Format(http.TimeFormat))
	})
}

// NoDate omits the Date header.
func NoDate() Fault {
	f := Fault{}.WithHeader("Date")
	f.name = "NoDate"
	return f
}
