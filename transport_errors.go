package domaintask

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"net"
	"slices"
	"strings"
)

// temporaryTransport reports whether a call that ended with err, without a
// response, may succeed if retried. These errors are temporary, and no others:
//
//   - a timeout of an attempt, a dial, a TLS handshake or a read;
//   - a connection that was refused, reset, closed or lost, as reported by the
//     operating system (except "permission denied"), by io.EOF,
//     io.ErrUnexpectedEOF or net.ErrClosed, or by net/http;
//   - an HTTP/2 GOAWAY or stream reset with a code of temporaryHTTP2;
//   - a name that could not be looked up, or that does not exist although this
//     client has reached it before;
//   - a proxy that refused with a temporary status, or could not reach the
//     service.
//
// So a name that does not exist, an untrusted certificate, a TLS alert, a
// server that speaks no TLS or no HTTP, and anything unknown are final.
func temporaryTransport(err error) bool {
	var proxy *ProxyError
	var lost *lostNameError
	var dns *net.DNSError
	switch {
	case refusedByTLS(err): // even if it wraps something temporary
		return false
	case errors.As(err, &proxy) && proxy.StatusCode != 0:
		return temporaryStatus(proxy.StatusCode)
	case errors.As(err, &lost):
		return true
	case errors.As(err, &dns):
		return !dns.IsNotFound
	}
	return brokenConnection(err) || isTimeout(err) || socketError(err) || temporaryHTTP2(err) || temporarySOCKS(err)
}

// refusedByTLS reports whether a certificate was not accepted, or one side ended
// the handshake with an alert.
func refusedByTLS(err error) bool {
	var certificate *tls.CertificateVerificationError
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	return errors.As(err, &certificate) || errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid) ||
		ofOperation(err, "remote error") || ofOperation(err, "local error") // an alert
}

// brokenConnection reports whether err is about a connection that existed, so
// that other connections made before may be dead, too.
func brokenConnection(err error) bool {
	switch {
	case errors.Is(err, context.Canceled), ofOperation(err, "dial"):
		return false
	case isTimeout(err), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed), closedByHTTP(err):
		return true
	}
	return socketError(err)
}

// ofOperation reports whether err is or wraps a net.OpError with the given Op.
func ofOperation(err error, op string) bool {
	return anyError(err, func(err error) bool {
		e, ok := err.(*net.OpError)
		return ok && e.Op == op
	})
}

// isTimeout reports whether err or an error that it wraps is a timeout. It looks
// at each, since the outer errors of net/http do not always ask the inner ones.
func isTimeout(err error) bool {
	return anyError(err, func(err error) bool {
		timeout, ok := err.(interface{ Timeout() bool })
		return ok && timeout.Timeout()
	})
}

// socketError reports whether err comes from the operating system. The
// interface is what syscall.Errno and Plan 9's syscall.ErrorString have in
// common; the numbers differ too much to list them, above all on Windows.
func socketError(err error) bool {
	var errno interface {
		error
		Is(error) bool
		Temporary() bool
		Timeout() bool
	}
	var file *fs.PathError
	return errors.As(err, &errno) && !errors.As(err, &file) && !errors.Is(err, fs.ErrPermission)
}

// closedByHTTP reports whether net/http gave up the connection. It exports no
// values for these errors.
func closedByHTTP(err error) bool {
	return anyError(err, func(err error) bool {
		switch err.Error() {
		case "http: server closed idle connection",
			"http: CloseIdleConnections called",
			"http: idle connection timeout",
			"http2: client connection lost", // no response to a ping
			"http2: client conn is closed",
			"http2: client conn not usable",
			"http2: client conn could not be established",
			"http2: no cached connection was available":
			return true
		}
		return false
	})
}

// temporaryHTTP2 reports whether err is a GOAWAY or a reset of a stream with a
// code that may not come back on another connection. A code that finds fault
// with the request or the protocol would.
func temporaryHTTP2(err error) bool {
	return anyError(err, func(err error) bool {
		var code string
		text := err.Error()
		switch {
		case text == "http2: Transport received Server's graceful shutdown GOAWAY":
			return true
		case strings.HasPrefix(text, "http2: Transport received GOAWAY from server ErrCode:"):
			_, code, _ = strings.Cut(text, "ErrCode:")
		case strings.HasPrefix(text, "http2: server sent GOAWAY and closed the connection;"):
			_, code, _ = strings.Cut(text, "ErrCode=")
			code, _, _ = strings.Cut(code, ",")
		case strings.HasPrefix(text, "stream error: stream ID "):
			_, code, _ = strings.Cut(text, "; ")
			code, _, _ = strings.Cut(code, ";")
		}
		return slices.Contains([]string{"NO_ERROR", "INTERNAL_ERROR", "REFUSED_STREAM", "CANCEL", "ENHANCE_YOUR_CALM"}, code)
	})
}

// temporarySOCKS reports whether a SOCKS proxy could not reach the service, as
// opposed to refusing to (RFC 1928, section 6).
func temporarySOCKS(err error) bool {
	return anyError(err, func(err error) bool {
		switch err.Error() {
		case "unknown error general SOCKS server failure", "unknown error network unreachable", "unknown error host unreachable",
			"unknown error connection refused", "unknown error TTL expired":
			return true
		}
		return false
	})
}

// lostNameError is the lookup of a name that does not exist, from a client that
// has reached it before: the name service is more likely to be wrong.
type lostNameError struct{ err error }

func (e *lostNameError) Error() string { return e.err.Error() + " (it was reached before)" }

func (e *lostNameError) Unwrap() error { return e.err }

// anyError reports whether is holds for err or for an error that it wraps.
func anyError(err error, is func(error) bool) bool {
	if err == nil || is(err) {
		return err != nil
	}
	switch err := err.(type) {
	case interface{ Unwrap() error }:
		return anyError(err.Unwrap(), is)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(err.Unwrap(), func(err error) bool { return anyError(err, is) })
	}
	return false
}
