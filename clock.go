package domaintask

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock is the time of the service: the local time plus an offset.
type clock struct{ state atomic.Pointer[skew] } // nil means unknown

// now returns the time of the service, and its offset from the local time.
func (c *clock) now() (now time.Time, offset time.Duration) {
	if s := c.state.Load(); s != nil {
		offset = s.offset
	}
	return time.Now().Add(offset), offset
}

// accepted records that the service accepted the time of a request that was
// signed with offset.
func (c *clock) accepted(offset time.Duration) {
	if old := c.state.Load(); old != nil && old.trial {
		next := old.accepted(offset)
		c.state.CompareAndSwap(old, &next) // otherwise another request has changed it
	}
}

// refused records that the service refused a request for its time, and reports
// whether a retry would have another time. The request was signed at signed,
// which includes offset.
func (c *clock) refused(header http.Header, signed time.Time, offset time.Duration) bool {
	date := dateOf(header)
	for {
		old := c.state.Load()
		var known skew
		if old != nil {
			known = *old
		}
		next, moved := known.refused(timeRefusal{time.Now(), signed, offset, date})
		if next == known || c.state.CompareAndSwap(old, &next) {
			return moved
		}
	}
}

// dateOf returns the Date of a response. It is zero if there is none, if there
// are two, or if the response comes from a cache, which sets Age.
func dateOf(header http.Header) time.Time {
	if len(header["Date"]) != 1 || len(header["Age"]) > 0 {
		return time.Time{}
	}
	date, err := http.ParseTime(header["Date"][0])
	if err != nil {
		return time.Time{}
	}
	return date
}

// skew is the known state of the offset. It is a state machine without a clock: an
// event goes in, the next state comes out.
//
// The Date of a refusal may be wrong, so an offset that is based on it is on
// trial. The first request that is accepted with the offset confirms it. If one
// is refused although the Date agrees with its time, the offset did not help, and
// the previous one is restored. So a wrong Date affects no more than the requests
// up to the next response.
type skew struct {
	offset time.Duration // to add to the local time
	trial  bool          // whether offset is on trial
	known  time.Duration // the offset to restore if the trial fails
}

// timeRefusal is a response that refuses a request for its time.
type timeRefusal struct {
	local  time.Time     // the local time of the response
	signed time.Time     // the time in the request
	offset time.Duration // the offset in signed
	date   time.Time     // the Date of the response; zero if there is none
}

// maxSkew is below every difference that the service refuses: documents say 15
// minutes, or 31.
const maxSkew = 5 * time.Minute

func near(a, b time.Duration) bool { return (a - b).Abs() < maxSkew }

// refused returns the next state, and whether a request that is signed with it
// has another time than the one that was refused.
//
// The offset is computed from scratch, not added to, so that calls that fail
// together agree on it.
func (s skew) refused(r timeRefusal) (next skew, moved bool) {
	believed := believable(r.date, r.local)
	agrees := believed && r.date.Sub(r.signed).Abs() < maxSkew // so the clock is not the cause
	switch {
	case believed && !agrees:
	case s.trial && near(r.offset, s.offset):
		return skew{offset: s.known}, !agrees && !near(s.known, s.offset)
	default:
		return s, false
	}
	offset := r.date.Sub(r.local)
	switch {
	case near(offset, s.offset): // another call found it, or the local clock was set
		return s, true
	case !s.trial:
		s.known = s.offset
	}
	return skew{offset: offset, trial: true, known: s.known}, true
}

// accepted returns the state after a request with this offset was accepted.
func (s skew) accepted(offset time.Duration) skew {
	if !s.trial {
		return s
	}
	return skew{offset: offset}
}

// believable reports whether the Date of a response can be the time of the
// service: it is in the lifetime of this version, or close to the local time,
// which in a simulation can be any. The local time does not decide alone, since
// some devices start in 1970.
func believable(date, local time.Time) bool {
	switch {
	case date.IsZero():
		return false
	case date.After(released) && date.Before(released.Add(lifetime)):
		return true
	}
	return date.Sub(local).Abs() <= year
}

const (
	year = 366 * 24 * time.Hour
	// lifetime is how long a version may be in use after its release.
	lifetime = 50 * year
)

// released is before the release of this version.
var released = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)
