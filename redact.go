package domaintask

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"

	"github.com/domaintask/domaintask/internal/redact"
)

// redactor removes the secrets of one request from texts that came back: by
// value, since a service or a proxy may quote them anywhere, in any encoding.
type redactor struct {
	key       *signingKey // nil: none was used yet
	signature string
	signed    string // the query or the header that the signature is in
}

// newRedactor returns the redactor of a request.
func newRedactor(key *signingKey, req *http.Request, signature string) redactor {
	r := redactor{key: key, signature: signature, signed: req.Header.Get("Authorization")}
	if r.signed == "" {
		r.signed = req.URL.RawQuery
	}
	return r
}

// text returns s without the secrets of the request.
func (r redactor) text(s string) string {
	if r.key == nil || redact.IsHarmless(s) {
		return s
	}
	return r.key.hide().With(r.signature).WithWhole(r.signed).Text(s)
}

const (
	// maxErrorBody is how much of an unreadable answer a DecodeError keeps.
	maxErrorBody = 1 << 10
	// searchedBody is how much of it is searched for secrets.
	searchedBody = 64 << 10
)

// body returns the start of an answer without the secrets. A secret is
// recognized where the searched part ends within it; were it so full of them
// that this part shrinks to what is kept, none of its end would be shown.
func (r redactor) body(b []byte) []byte {
	s := r.text(string(b[:min(len(b), searchedBody)]))
	return []byte(s[:min(len(s), maxErrorBody)])
}

// transport returns the error of an http.Client without the query of the URL
// and without the secrets.
func (r redactor) transport(err error) error {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		bare, _, _ := strings.Cut(urlErr.URL, "?")
		err = &url.Error{Op: urlErr.Op, URL: bare, Err: urlErr.Err}
	}
	return r.error(err)
}

// error returns err without the secrets, and without the passwords of other
// URLs. It returns err itself unless the text of err, or of an error in it, shows
// one or is longer than is kept.
func (r redactor) error(err error) error {
	if !r.shownBy(err, maxErrorDepth) {
		return err
	}
	return &redactedError{
		text: r.errorText(err),
		is:   func(target error) bool { return errors.Is(err, target) },
		as:   func(target any) bool { return errors.As(err, target) },
	}
}

// maxErrorDepth is how deep errors are searched that hold errors.
const maxErrorDepth = 32

func (r redactor) shownBy(err error, depth int) bool {
	if err == nil {
		return false
	}
	if depth == 0 || r.errorText(err) != err.Error() {
		return true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		return r.shownBy(e.Unwrap(), depth-1)
	case interface{ Unwrap() []error }:
		for _, part := range e.Unwrap() {
			if r.shownBy(part, depth-1) {
				return true
			}
		}
	}
	return false
}

// errorText returns what may be shown of the text of err, within bounds.
func (r redactor) errorText(err error) string {
	return r.text(redact.Passwords(cut(err.Error(), maxErrorText)))
}

// redactedError is an error whose text had to be changed. It matches what the
// error does that it stands for, and gives out nothing of it. That one is behind
// functions, which nothing prints.
type redactedError struct {
	text string
	is   func(error) bool
	as   func(any) bool
}

func (e *redactedError) Error() string { return e.text }

func (e *redactedError) Is(target error) bool { return e.is(target) }

// As gives out errors that hold nothing of a request, by which it is decided
// whether to retry.
func (e *redactedError) As(target any) bool {
	switch target.(type) {
	case **net.DNSError, **tls.CertificateVerificationError, *tls.RecordHeaderError, *x509.UnknownAuthorityError, *x509.HostnameError:
		return e.as(target)
	}
	return false
}

// Temporary reports whether the error says so of itself.
func (e *redactedError) Temporary() bool {
	var temporary interface{ Temporary() bool }
	return e.as(&temporary) && temporary.Temporary()
}

// Timeout reports whether the error says so of itself.
func (e *redactedError) Timeout() bool {
	var timeout interface{ Timeout() bool }
	return e.as(&timeout) && timeout.Timeout()
}
