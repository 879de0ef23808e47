package domaintasktest

import (
	"cmp"
	"fmt"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Fault is one thing that goes wrong with a request. Functions of this package
// return faults, methods change them, and [Server.Inject] applies them. The zero
// value changes nothing: the request is answered as usual.
//
// A fault that damages the service's own response applies after the operation
// has been performed: it took effect, although the client cannot read the
// response. Other faults apply before that, unless [Fault.AfterProcessing]
// changes it. The doc of the package lists both kinds.
type Fault struct {
	name    string
	action  string                // the only operation that it applies to; "" means all
	before  bool                  // it applies before the operation is performed
	operate func(operate) operate // changes how the operation is performed; nil means not at all
	respond func() document       // replaces the document of a success; nil means not at all
	refusal func(claim) *failure  // replaces the response by an error; nil means not at all
	status  int                   // the HTTP status; 0 means the usual one
	foreign bool                  // the response is not the service's
	silent  bool                  // there is no response
	alter   []func(*reply)        // change the response, in order, before it is sent
	deliver func(*reply)          // sends the response; nil means at once
}

// operate performs an operation.
type operate = func(params url.Values) (document, *failure)

// String returns the name of the fault with its changes, for names of subtests.
func (f Fault) String() string { return cmp.Or(f.name, "none") }

// On returns the fault for requests of one operation. Requests of other
// operations are answered as usual, and leave the fault in the queue of
// [Server.Inject]:
//
//	domaintasktest.Forbidden().On("AcknowledgeTaskResult")                         // polling is allowed
//	domaintasktest.CloseConnection().AfterProcessing().On("AcknowledgeTaskResult") // the response is lost
func (f Fault) On(action string) Fault {
	f = f.with(" on "+action, nil)
	f.action = action
	return f
}

// AfterProcessing returns the fault with the operation performed before it
// applies: an acknowledgement whose response is lost has taken effect. A request
// that the service would have refused is still not performed.
func (f Fault) AfterProcessing() Fault {
	if f.before {
		f.before = false
		f.name += " after processing"
	}
	return f
}

// WithStatus returns the fault with another HTTP status. It changes nothing if
// the fault leaves the client without a response.
func (f Fault) WithStatus(status int) Fault {
	f.status = status
	return f.with(" with status "+strconv.Itoa(status), nil)
}

// WithHeader returns the fault with a header of the response set to these
// values. Without values it removes the header, which also works for Date and
// Content-Length. Without Content-Length, the response is sent in chunks.
func (f Fault) WithHeader(name string, values ...string) Fault {
	key := textproto.CanonicalMIMEHeaderKey(name)
	values = slices.Clone(values)
	note := " with " + key + " " + strings.Join(values, " and ")
	if len(values) == 0 {
		note = " without " + key
	}
	return f.with(note, func(r *reply) { r.header[key] = values })
}

// WithRetryAfter returns the fault with a Retry-After header of d in seconds,
// such as 2 or 1.5. HTTP allows whole seconds only, but some proxies send
// fractions.
func (f Fault) WithRetryAfter(d time.Duration) Fault {
	return f.WithHeader("Retry-After", strconv.FormatFloat(d.Seconds(), 'f', -1, 64))
}

// WithRetryAfterDate returns the fault with a Retry-After header that is a date:
// the time of the response plus d.
func (f Fault) WithRetryAfterDate(d time.Duration) Fault {
	return f.with(fmt.Sprintf(" with a date of Retry-After in %v", d), func(r *reply) {
		r.header.Set("Retry-After", r.now.Add(d).UTC().Format(http.TimeFormat))
	})
}

// WithDate returns the fault with a Date header that differs by d from the clock
// of the service.
func (f Fault) WithDate(d time.Duration) Fault {
	return f.with(fmt.Sprintf(" with Date %+v", d), func(r *reply) {
		r.header.Set("Date", r.now.Add(d).UTC().Format(http.TimeFormat))
	})
}

// with returns the fault with one more change of the response, or nil.
func (f Fault) with(note string, alter func(*reply)) Fault {
	if f.name == "" {
		f.name = "answer"
	}
	f.name += note
	if alter != nil {
		f.alter = append(slices.Clip(f.alter), alter) // other faults may share it
	}
	return f
}

// outcome returns what becomes of the service's response, as far as it is known
// before it is sent.
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

// damaged returns a fault that changes the service's own response.
func damaged(name string, alter func(*reply)) Fault {
	return Fault{name: name, alter: []func(*reply){alter}}
}

// rewritten returns a fault that changes the document of the response.
func rewritten(name string, rewrite func(doc []byte, format string) []byte) Fault {
	return damaged(name, rewriter(rewrite))
}

// rewriter changes the document, if the service sends one.
func rewriter(rewrite func(doc []byte, format string) []byte) func(*reply) {
	return func(r *reply) {
		if r.document != nil {
			r.body = [][]byte{rewrite(slices.Concat(r.body...), r.format)}
		}
	}
}
