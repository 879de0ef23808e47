package domaintasktest

import (
	"fmt"
	"strconv"
	"time"
)

// Faults of this file are of the connection. Those that hang end when the
// client goes away or the server is closed.
//
// Where the server is called without a connection of its own, because it is
// mounted in another one, to break the connection is to panic with
// http.ErrAbortHandler.

// Hang never answers, not even with headers. It hits before the operation is
// carried out.
func Hang() Fault {
	return Fault{name: "Hang", before: true, silent: true, deliver: (*reply).hang}
}

// HangWithin sends the headers and n bytes of the answer, at most all but one,
// and then nothing more. The operation was carried out.
func HangWithin(n int) Fault {
	return Fault{name: fmt.Sprintf("HangWithin %d", n), deliver: func(r *reply) {
		r.writePart(n)
		r.hang()
	}}
}

// Trickle sends the headers at once and then a byte of the answer after each
// interval. The operation was carried out.
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
					return // the client has gone
				}
				r.flush()
			}
		}
	}}
}

// BreakOff sends the headers and n bytes of the answer, at most all but one,
// and then closes the connection; over HTTP/2 it resets the stream. The
// operation was carried out.
func BreakOff(n int) Fault {
	return Fault{name: fmt.Sprintf("BreakOff %d", n), deliver: func(r *reply) {
		r.writePart(n)
		r.abort()
	}}
}

// CloseConnection closes the connection without an answer. It hits before the
// operation is carried out. Over HTTP/2 it ends the other requests on the
// connection as well.
//
// A client of net/http resends a GET by itself when that happens on a connection
// that was used before, and so it does an idempotent call of package domaintask.
func CloseConnection() Fault {
	return Fault{name: "CloseConnection", before: true, silent: true, deliver: func(r *reply) { r.disconnect(false) }}
}

// ResetConnection resets the TCP connection without an answer. In all else it
// is like CloseConnection, and in memory, where there are no resets, it is one.
// Over HTTP/2 the client learns of the reset by what it does first: to read
// fails as reset then, but after a failed write it is as if the connection had
// been closed.
func ResetConnection() Fault {
	return Fault{name: "ResetConnection", before: true, silent: true, deliver: func(r *reply) { r.disconnect(true) }}
}

// WrongLength says in Content-Length that the answer is delta bytes longer than
// it is, or shorter with a negative delta. The operation was carried out.
//
// The answer that is too short ends the connection; over HTTP/2, the stream
// ends as if nothing were wrong. Of the one that is too long, all is sent, and
// the connection closed then; over HTTP/2, only what was announced.
func WrongLength(delta int) Fault {
	f := damaged(fmt.Sprintf("WrongLength %+d", delta), func(r *reply) {
		r.header.Set("Content-Length", strconv.FormatInt(max(r.size()+int64(delta), 0), 10))
		if delta < 0 && r.in.http.ProtoMajor == 1 {
			// On a connection that is kept, whether the client takes the rest
			// for its next answer would be a matter of luck.
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
		if conn := r.conn(); conn != nil {
			conn.Write(r.body[0][said:]) // net/http writes no more than was announced
		}
		r.abort()
	}
	return f
}

// writePart sends the headers and n bytes, at most all but one.
func (r *reply) writePart(n int) {
	r.writeHeader()
	r.write(min(max(int64(n), 0), max(r.size()-1, 0)))
	r.flush()
}
