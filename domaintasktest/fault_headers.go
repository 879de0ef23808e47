package domaintasktest

import (
	"net/http"
	"strconv"
	"time"
)

// Faults of this file are in the headers of the service's own answer, and come
// after the operation was carried out.

// DuplicateHeaders sends Content-Type, x-acs-request-id and Date twice: first
// the service's, then others.
func DuplicateHeaders() Fault {
	return damaged("DuplicateHeaders", func(r *reply) {
		r.header.Add("Content-Type", "text/html")
		r.header.Add("X-Acs-Request-Id", "00000000-0000-0000-0000-000000000000")
		r.header.Add("Date", time.Unix(0, 0).UTC().Format(http.TimeFormat))
	})
}

// CachedAnswer says of the answer that it is of this age: by an Age header of
// whole seconds, and a Date that lies as far back.
func CachedAnswer(age time.Duration) Fault {
	return damaged("CachedAnswer "+age.String(), func(r *reply) {
		r.header.Set("Age", strconv.FormatInt(int64(age/time.Second), 10))
		r.header.Set("Date", r.now.Add(-age).UTC().Format(http.TimeFormat))
	})
}

// NoDate leaves out the Date header.
func NoDate() Fault {
	f := Fault{}.WithHeader("Date")
	f.name = "NoDate"
	return f
}
