package domaintasktest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is something that goes wrong with one request. The functions of this
// package that return one make it, its methods make others from it, and
// [Server.Inject] lets it happen. The zero value is no fault at all: the
// request is answered as ever, unless a method says otherwise.
//
// Faults that damage the service's own answer come after the operation was
// carried out: what the client cannot read has happened all the same. The
// others hit before it was, unless [Fault.AfterProcessing] says otherwise.
// Which of the two a fault does is said with each.
type Fault struct {
	name    string
	before  bool                 // it hits before the operation is carried out
	refusal func(claim) *failure // what the service answers; nil: what it would
	status  int                  // of HTTP; 0: that of the answer
	foreign bool                 // it is not the service that answers
	silent  bool                 // nobody does
	alter   []func(*reply)       // done to the answer, in order, before it is sent
	deliver func(*reply)         // how it is sent; nil: whole, at once
}

// String names the fault and what was made of it, for the names of subtests.
func (f Fault) String() string { return cmp.Or(f.name, "none") }

// AfterProcessing is the fault with the operation carried out before it hits:
// an acknowledgement whose answer is lost has happened. A request that the
// service would have refused is not carried out by that.
func (f Fault) AfterProcessing() Fault {
	if f.before {
		f.before = false
		f.name += " after processing"
	}
	return f
}

// WithStatus is the fault with another HTTP status. It changes nothing in a
// fault that leaves the client without an answer.
func (f Fault) WithStatus(status int) Fault {
	f.status = status
	return f.with(" with status "+strconv.Itoa(status), nil)
}

// WithHeader is the fault with a header of the answer set to these values, in
// place of those it had. Without values the header is left out, Date and
// Content-Length included: without a length, the answer is sent in chunks.
func (f Fault) WithHeader(name string, values ...string) Fault {
	key := textproto.CanonicalMIMEHeaderKey(name)
	values = slices.Clone(values)
	note := " with " + key + " " + strings.Join(values, " and ")
	if len(values) == 0 {
		note = " without " + key
	}
	return f.with(note, func(r *reply) { r.header[key] = values })
}

// WithRetryAfter is the fault with a Retry-After header of whole seconds.
func (f Fault) WithRetryAfter(d time.Duration) Fault {
	return f.WithHeader("Retry-After", strconv.FormatInt(int64(d/time.Second), 10))
}

// WithRetryAfterDate is the fault with a Retry-After header that names the
// moment, which is d after the Date of the answer.
func (f Fault) WithRetryAfterDate(d time.Duration) Fault {
	return f.with(fmt.Sprintf(" with a date of Retry-After in %v", d), func(r *reply) {
		r.header.Set("Retry-After", r.now.Add(d).UTC().Format(http.TimeFormat))
	})
}

// with is the fault with one more alteration.
func (f Fault) with(note string, alter func(*reply)) Fault {
	if f.name == "" {
		f.name = "answer"
	}
	f.name += note
	if alter != nil {
		f.alter = append(slices.Clip(f.alter), alter) // f may have other descendants
	}
	return f
}

// outcome is what becomes of the service's answer, as far as it is known
// before anything is sent.
func (f Fault) outcome(a answer) answer {
	switch {
	case f.silent:
		return answer{}
	case f.foreign:
		return answer{status: f.status, format: a.format}
	}
	a.status = cmp.Or(f.status, a.status)
	return a
}

// damaged is a fault that alters the service's own answer.
func damaged(name string, alter func(*reply)) Fault {
	return Fault{name: name, alter: []func(*reply){alter}}
}
