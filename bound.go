package domaintask

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// How much is kept of a text that comes from elsewhere. It is cut before
// anything else is done with it: whoever sends megabytes must not cost more than
// reading them.
const (
	// maxLongText bounds Message and EncodedDiagnosticMessage: a message may
	// quote a whole request, and a diagnosis is of use only as a whole.
	maxLongText = 16 << 10
	// maxShortText bounds every other field.
	maxShortText = 1 << 10
	// maxErrorText bounds the text of an error of a transport, a limiter, a
	// CredentialsProvider or a handler.
	maxErrorText = 4 << 10
)

// cut returns s up to max bytes, in memory of its own if it is shorter for it.
// It does not cut within a character.
func cut(s string, max int) string {
	if len(s) <= max {
		return s
	}
	for i := max; i > max-utf8.UTFMax; i-- {
		if utf8.RuneStart(s[i]) {
			return strings.Clone(s[:i])
		}
	}
	return strings.Clone(s[:max]) // not UTF-8
}

// errorText returns the text of an error from elsewhere, within bounds.
func errorText(err error) string { return cut(err.Error(), maxErrorText) }

// errLimiter is the kind of a providedError that a Limiter returned.
var errLimiter = errors.New("refused by the limiter")

// providedError is the error of a part that the program provided: the Limiter
// or the CredentialsProvider. Nothing was sent.
type providedError struct{ kind, err error } // errLimiter or ErrCredentials, and the error

// Error returns both texts.
func (e *providedError) Error() string { return e.kind.Error() + ": " + errorText(e.err) }

// Unwrap returns both errors.
func (e *providedError) Unwrap() []error { return []error{e.kind, e.err} }

// saysTemporary reports whether err has a method Temporary that returns true.
func saysTemporary(err error) bool {
	var e interface{ Temporary() bool }
	return errors.As(err, &e) && e.Temporary()
}
