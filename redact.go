package domaintask

import (
	"context"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
)

// redactor removes the secrets of one request from what came back: by value,
// since a service or a proxy may quote them anywhere, in any encoding.
type redactor struct{ secrets []string }

func newRedactor(secrets ...string) redactor { return redactor{secrets} }

// text returns s without the secrets.
func (r redactor) text(s string) string {
	for _, secret := range r.secrets {
		if secret == "" {
			continue
		}
		// A string-to-sign is encoded twice; the plain value goes last, being
		// the part that the encoded ones may contain.
		once := percentEncode(secret)
		for _, form := range []string{percentEncode(once), once, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), secret} {
			s = strings.ReplaceAll(s, form, hidden)
		}
	}
	return s
}

// maxErrorBody is how much of an unreadable answer a DecodeError keeps.
const maxErrorBody = 1 << 10

// body returns the start of an answer without the secrets. The cut comes
// last: before it, half a secret at the end would not be recognised.
func (r redactor) body(b []byte) []byte {
	longest := 0
	for _, secret := range r.secrets {
		longest = max(longest, len(percentEncode(percentEncode(secret))))
	}
	s := r.text(string(b[:min(len(b), maxErrorBody+longest)]))
	return []byte(s[:min(len(s), maxErrorBody)])
}

// transport returns err without the query of the URL and without the secrets.
// What it is, for errors.Is and errors.As, stays unless its text shows one.
func (r redactor) transport(err error) error {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		bare, _, _ := strings.Cut(urlErr.URL, "?")
		err = &url.Error{Op: urlErr.Op, URL: bare, Err: urlErr.Err}
	}
	text := r.text(err.Error())
	if text == err.Error() {
		return err
	}
	for _, cause := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, cause) {
			return &redactedError{text, cause}
		}
	}
	return errors.New(text)
}

// redactedError keeps the text of an error and the one cause of it that
// callers match; the error itself, which holds a secret, is let go.
type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string { return e.text }

func (e *redactedError) Unwrap() error { return e.cause }
