package domaintask

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock is the time of the service: that of this machine, corrected by how far
// it was found to be off.
type clock struct{ state atomic.Pointer[skew] } // nil means that nothing is known

// now returns the time of the service, and by how much it differs from that of
// this machine.
func (c *clock) now() (now time.Time, offset time.Duration) {
	if s := c.state.Load(); s != nil {
		offset = s.offset
	}
	return time.Now().Add(offset), offset
}

// accepted learns that the service took a request signed with offset.
func (c *clock) accepted(offset time.Duration) {
	if old := c.state.Load(); old != nil && old.trial {
		next := old.accepted(offset)
		c.state.CompareAndSwap(old, &next) // else others know more by now
	}
}

// refused learns that the service refused a request for its time, and reports
// whether another one would have another time. signed is the time of the
// request, and offset what was in it.
func (c *clock) refused(header http.Header, signed time.Time, offset time.Duration) bool {
	date := dateOf(header)
	for {
		old := c.state.Load()
		var known skew
		if old != nil {
			known = *old
		}
		next, moved := known.refused(timeRefusal{local: time.Now(), signed: signed, offset: offset, date: date})
		if next == known || c.state.CompareAndSwap(old, &next) {
			return moved
		}
	}
}

// dateOf returns the Date of a response; zero if it has none that is its own:
// two are not, nor is that of a response from a cache, which has an Age.
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

// skew is what is known of how far the clock of this machine is off. It is a
// machine without a clock of its own: what happened goes in, what is known then
// comes out.
//
// The Date of a refusal may be wrong, so an offset that was taken from one is on
// trial. The first request that is accepted with it confirms it; one that is
// refused with it, by a service whose Date agrees with the request, ends the
// trial, and what was known before holds again. So no Date, however wrong, does
// harm for longer than the request after it.
type skew struct {
	offset time.Duration // what to add to the time of this machine
	trial  bool          // offset is on trial
	known  time.Duration // the offset before the trial
}

// timeRefusal is a response that refuses a request for its time.
type timeRefusal struct {
	local  time.Time     // the time of this machine at the response
	signed time.Time     // the time in the request
	offset time.Duration // what was added to that of this machine
	date   time.Time     // the Date of the response; zero if there is none
}

// maxSkew is below every difference that the service refuses: documents say 15
// minutes, or 31.
const maxSkew = 5 * time.Minute

func near(a, b time.Duration) bool { return (a - b).Abs() < maxSkew }

// refused returns what is known after a refusal, and whether a request that is
// signed now has another time than the one that was refused.
//
// The offset is computed from scratch, not added to, so that calls that fail
// together agree on it.
func (s skew) refused(r timeRefusal) (next skew, moved bool) {
	believed := believable(r.date, r.local)
	agrees := believed && r.date.Sub(r.signed).Abs() < maxSkew // the clock is not the cause
	switch {
	case believed && !agrees:
	case s.trial && near(r.offset, s.offset):
		return skew{offset: s.known}, !agrees && !near(s.known, s.offset)
	default:
		return s, false
	}
	offset := r.date.Sub(r.local)
	switch {
	case near(offset, s.offset): // found by another call, or this machine's clock was set
		return s, true
	case !s.trial:
		s.known = s.offset
	}
	return skew{offset: offset, trial: true, known: s.known}, true
}

// accepted returns what is known after a request with this offset was accepted.
func (s skew) accepted(offset time.Duration) skew {
	if !s.trial {
		return s
	}
	return skew{offset: offset}
}

// believable reports whether the Date of a response can be the time of the
// service, which is called in the lifetime of this version or, in a simulation,
// about when the clock of this machine says. That clock does not decide alone:
// there are devices on which it is 1970 after every start.
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
	// lifetime is for how long after its release a version may be in use.
	lifetime = 50 * year
)

// released is before the release of this version.
var released = time.Date(2025, time.January, 1, 0, 0, 0, 0, time.UTC)
