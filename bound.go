package domaintask

import (
	"errors"
	"strings"
	"unicode/utf8"
)

// How much is kept of a text that a server or another package produced. It is
// cut before it is processed, so that a text of megabytes costs no more than
// reading it.
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

// cut returns the first max bytes of s, or fewer in order not to split a
// character. The result does not keep the rest in memory.
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

// errorText returns the text of err, cut to maxErrorText.
func errorText(err error) string { return cut(err.Error(), maxErrorText) }

// errLimiter is the kind of a providedError that a Limiter returned.
var errLimiter = errors.New("refused by the limiter")

// providedError is an error that the Limiter or the CredentialsProvider of the
// program returned. Nothing was sent.
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
