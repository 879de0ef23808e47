package domaintask

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"github.com/domaintask/domaintask/internal/redact"
)

// redactor removes the secrets of one request from what came back: by value,
// since a service or a proxy may quote them anywhere, in any encoding.
type redactor struct{ secrets [4]string }

// newRedactor returns that of a request with these credentials and signature.
func newRedactor(creds Credentials, signature string) redactor {
	return redactor{[...]string{creds.AccessKeySecret, creds.SecurityToken, creds.BearerToken, signature}}
}

// text returns s without the secrets.
func (r redactor) text(s string) string { return redact.Text(s, r.secrets[:]...) }

const (
	// maxErrorBody is how much of an unreadable answer a DecodeError keeps.
	maxErrorBody = 1 << 10
	// searchedBody is how much of it is searched for secrets.
	searchedBody = 64 << 10
)

// body returns the start of an answer without the secrets. A secret is
// recognised where the searched part ends within it; were it so full of them
// that this part shrinks to what is kept, none of its end would be shown.
func (r redactor) body(b []byte) []byte {
	s := r.text(string(b[:min(len(b), searchedBody)]))
	return []byte(s[:min(len(s), maxErrorBody)])
}

// transport returns err without the query of the URL and without the secrets.
// What it is, for errors.Is and errors.As, stays unless its text shows one or is
// longer than is kept.
func (r redactor) transport(err error) error {
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		bare, _, _ := strings.Cut(urlErr.URL, "?")
		err = &url.Error{Op: urlErr.Op, URL: bare, Err: urlErr.Err}
	}
	whole := err.Error()
	text := r.text(cut(whole, maxErrorText))
	if text == whole {
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
