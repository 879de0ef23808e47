package domaintask

import (
	"net/http"
	"sync/atomic"
	"time"
)

// clock is the time of the service: that of this machine, and by how much it
// was found to be off.
type clock struct{ offset atomic.Int64 }

// maxSkew is below every difference that the service refuses: documents say 15
// minutes, or 31.
const maxSkew = 5 * time.Minute

func (c *clock) now() time.Time {
	return time.Now().Add(time.Duration(c.offset.Load()))
}

// correct sets the clock by the Date of an answer to a request that was
// refused for its time, and reports whether a new request would give another
// one. It does nothing with a Date that cannot be the service's time of now:
// that of an answer out of a cache, which an Age gives away, or one so near to
// the time of the request that the clock is not what was the matter.
//
// The offset is found from scratch, not added to: calls that fail at once all
// find the same.
func (c *clock) correct(header http.Header, signedAt time.Time) bool {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil || len(header["Age"]) > 0 || len(header["Date"]) != 1 {
		return false
	}
	if date.Sub(signedAt).Abs() < maxSkew {
		return false
	}
	c.offset.Store(int64(time.Until(date)))
	return true
}
