package wire

import (
	"errors"
	"fmt"
)

// Every error of this package matches one of these.
var (
	ErrEmpty       = errors.New("empty document")
	ErrNotDocument = errors.New("neither a JSON object nor an XML document of the service")
	ErrSyntax      = errors.New("malformed document")
	ErrValue       = errors.New("unexpected content") // well-formed, but not this response
	ErrCharset     = errors.New("unsupported charset")
	ErrTooMany     = errors.New("more tasks than a page may hold")
)

// documentError says where and why a document is refused. Its text is one line and
// quotes at most one byte or a short name of the document, because it ends up in
// logs.
type documentError struct {
	kind   error
	offset int // -1 if no single byte is the cause
	reason string
}

func (e *documentError) Error() string {
	if e.offset < 0 {
		return e.kind.Error() + ": " + e.reason
	}
	return fmt.Sprintf("%v: %s at byte %d", e.kind, e.reason, e.offset)
}

func (e *documentError) Unwrap() error { return e.kind }

func syntaxError(offset int, reason string) error {
	return &documentError{ErrSyntax, offset, reason}
}

func valueError(offset int, reason string) error {
	return &documentError{ErrValue, offset, reason}
}

func charsetError(name string) error {
	return &documentError{ErrCharset, -1, quoteName(name, "")}
}

// unexpected returns the error for the byte at pos, or for the end of the document there.
func unexpected(doc []byte, pos int, where string) error {
	if pos >= len(doc) {
		return syntaxError(len(doc), "unexpected end "+where)
	}
	if c := doc[pos]; c > ' ' && c < 0x7F {
		return syntaxError(pos, fmt.Sprintf("unexpected %q %s", c, where))
	}
	return syntaxError(pos, fmt.Sprintf("unexpected byte %#02x %s", doc[pos], where))
}

// quoteName quotes a name of the document, between brackets, if it is short and
// printable.
func quoteName(name, brackets string) string {
	if len(name) > 64 {
		return "a long name"
	}
	for i := range len(name) {
		if name[i] <= ' ' || name[i] >= 0x7F {
			return "an unprintable name"
		}
	}
	return brackets[:len(brackets)/2] + name + brackets[len(brackets)/2:]
}
