package domaintasktest

import (
	"fmt"
	"strconv"
	"time"
)

// The faults in this file are of the connection. Those that hang end when the
// client disconnects or the server is closed.
//
// If the server is mounted in another one, it has no connection of its own. A
// fault that breaks the connection panics with http.ErrAbortHandler then.

// Hang never responds, not even with headers. The operation has not been
// performed.
func Hang() Fault {
	return Fault{name: "Hang", before: true, silent: true, deliver: (*reply).hang}
}

// HangAfter sends the headers and the first n bytes of the response, at most all
// but one, and then hangs. The operation has been performed.
func HangAfter(n int) Fault {
	return Fault{name: fmt.Sprintf("HangAfter %d", n), deliver: func(r *reply) {
		r.writePart(n)
		r.hang()
	}}
}

// SilentConnection silences the connection of the request, as a NAT does that has
// forgotten it: neither this request nor a later one on the connection is
// answered, and with HTTP/2 no ping is. The operation has not been performed.
// See also [Server.SilenceConnections].
func SilentConnection() Fault {
	return Fault{name: "SilentConnection", before: true, silent: true, deliver: (*reply).silence}
}

// Trickle sends the headers at once and then one byte of the response after each
// interval. The operation has been performed.
func Trickle(interval time.Duration) Fault {
	return Fault{name: "Trickle " + interval.String(), deliver: func(r *reply) {
		r.writeHeader()
		r.flush()
		for _, piece := range r.body {
			for i := range piece {
				if !r.pause(interval) {
					r.abort()
					return
				}
				if _, err := r.w.Write(piece[i : i+1]); err != nil {
					return // the client has disconnected
				}
				r.flush()
			}
		}
	}}
}

// CloseAfter sends the headers and the first n bytes of the response, at most
// all but one, and then closes the connection. With HTTP/2, it resets the
// stream. The operation has been performed.
func CloseAfter(n int) Fault {
	return Fault{name: fmt.Sprintf("CloseAfter %d", n), deliver: func(r *reply) {
		r.writePart(n)
		r.abort()
	}}
}

// ResetAfter sends the headers and the first n bytes of the response, at most
// all but one, and then resets the TCP connection, as ResetConnection does. The
// operation has been performed.
func ResetAfter(n int) Fault {
	return Fault{name: fmt.Sprintf("ResetAfter %d", n), deliver: func(r *reply) {
		r.writePart(n)
		r.disconnect(true)
	}}
}

// CloseConnection closes the connection without a response. With HTTP/2, this
// ends the other requests on it. The operation has not been performed.
//
// If this happens on a connection that was used before, net/http resends a GET
// by itself, and so it does an idempotent call of package domaintask.
func CloseConnection() Fault {
	return Fault{name: "CloseConnection", before: true, silent: true, deliver: func(r *reply) { r.disconnect(false) }}
}

// ResetConnection resets the TCP connection without a response. It is like
// CloseConnection otherwise, and in memory, where there are no resets, it is the
// same. See also [Server.ResetConnections].
//
// With HTTP/2, a client that writes before it reads may see a closed connection.
func ResetConnection() Fault {
	return Fault{name: "ResetConnection", before: true, silent: true, deliver: func(r *reply) { r.disconnect(true) }}
}

// WrongLength sends a Content-Length that is delta bytes more than the length of
// the response, or less if delta is negative. The operation has been performed.
//
// If the response is too short, the connection is closed after it. With HTTP/2,
// the stream ends as usual. If it is too long, all of it is sent before the
// connection is closed. With HTTP/2, only Content-Length bytes are sent.
func WrongLength(delta int) Fault {
	f := damaged(fmt.Sprintf("WrongLength %+d", delta), func(r *reply) {
		r.header.Set("Content-Length", strconv.FormatInt(max(r.size()+int64(delta), 0), 10))
		if delta < 0 && r.in.http.ProtoMajor == 1 {
			// If the connection were kept, the client might or might not take
			// the rest for its next response.
			r.header.Set("Connection", "close")
		}
	})
	f.deliver = func(r *reply) {
		said := min(r.size(), max(r.size()+int64(delta), 0))
		r.writeHeader()
		if !r.write(said) || r.in.http.ProtoMajor != 1 {
			return
		}
		r.flush()
		if top, _ := connOf(r.in.http.Context()); top != nil {
			top.Write(r.body[0][said:]) // net/http writes Content-Length bytes at most
		}
		r.abort()
	}
	return f
}

// writePart sends the headers and the first n bytes, at most all but one.
func (r *reply) writePart(n int) {
	r.writeHeader()
	r.write(min(max(int64(n), 0), max(r.size()-1, 0)))
	r.flush()
}
