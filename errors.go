package domaintask

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/domaintask/domaintask/internal/paging"
)

// What went wrong, for errors.Is. The details are in the error types.
var (
	ErrThrottled        = errors.New("domaintask: throttled by the service")
	ErrCredentials      = errors.New("domaintask: credentials missing or not accepted")
	ErrForbidden        = errors.New("domaintask: not permitted")
	ErrClockSkew        = errors.New("domaintask: the clock differs too much from the service's")
	ErrPaging           = paging.Err
	ErrResponseTooLarge = errors.New("domaintask: the response is larger than MaxResponseBytes")
)

// ParamError is a parameter or a setting that was refused here: nothing was
// sent.
type ParamError struct {
	Param  string // the service's name of the parameter, or the field of Config
	Reason string
}

// Error says which parameter was refused and why.
func (e *ParamError) Error() string { return "domaintask: " + e.Param + " " + e.Reason }

// APIError is the service's own refusal.
//
// It Is ErrThrottled, ErrCredentials, ErrForbidden or ErrClockSkew where Code
// says so.
type APIError struct {
	Action     string
	StatusCode int    // of HTTP; 200 is possible
	Code       string // such as Throttling.User
	Message    string // in the language of the request, secrets removed
	RequestID  string // names the call when talking to the vendor's support
	HostID     string
	Recommend  string        // where the service explains the code
	Attempts   int           // how often the call was sent
	RetryAfter time.Duration // what the service asked to wait; 0 where it did not say
}

// maxMessage is how much of Message goes into the text of the error.
const maxMessage = 300

// Error tells code, the beginning of the message, HTTP status and request id in one line.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "domaintask: %s: %s", e.Action, e.Code)
	if e.Message != "" {
		// SignatureDoesNotMatch quotes whole requests: that is for Message.
		text, more := e.Message, ""
		if len(text) > maxMessage {
			text, more = strings.ToValidUTF8(text[:maxMessage], ""), "…"
		}
		b.WriteString(": " + text + more)
	}
	fmt.Fprintf(&b, " (HTTP %d%s%s)", e.StatusCode, requestIDNote(e.RequestID), attemptsNote(e.Attempts))
	return oneLine(b.String())
}

// Is reports whether e is of the kind that target, one of the sentinels of
// this package, stands for.
func (e *APIError) Is(target error) bool {
	switch target {
	case ErrThrottled:
		return throttlingCode(e.Code) || e.StatusCode == http.StatusTooManyRequests
	case ErrCredentials:
		return hasCode(e.Code, "InvalidAccessKeyId", "InvalidSecurityToken", "IncompleteSignature", "SignatureDoesNotMatch", "MissingAccessKeyId", "InvalidBearerToken", "MissingSecurityToken")
	case ErrForbidden:
		return hasCode(e.Code, "Forbidden", "NoPermission")
	case ErrClockSkew:
		return hasCode(e.Code, "InvalidTimeStamp", "IllegalTimestamp")
	}
	return false
}

// throttlingCode reports whether code asks to slow down. The service starts
// such codes this way, with and without a dot behind.
func throttlingCode(code string) bool {
	return strings.HasPrefix(code, "Throttling") || strings.HasPrefix(code, "Rejected.Throttling")
}

// hasCode reports whether code is one of the given ones or a kind of one:
// Forbidden.RAM is a kind of Forbidden.
func hasCode(code string, kinds ...string) bool {
	for _, kind := range kinds {
		if rest, ok := strings.CutPrefix(code, kind); ok && (rest == "" || rest[0] == '.') {
			return true
		}
	}
	return false
}

// DecodeError is an answer that is not the service's: HTML of a gateway, a
// truncated document, an empty success. What really happened to the call is
// then unknown.
type DecodeError struct {
	Action      string
	StatusCode  int
	ContentType string
	RequestID   string // "" where none could be read
	Attempts    int    // how often the call was sent
	Body        []byte // its first KiB at most, secrets removed
	Err         error  // what was wrong with it
}

// Error tells what was wrong with the answer in one line, without its body.
func (e *DecodeError) Error() string {
	contentType := ""
	if e.ContentType != "" {
		contentType = ", " + e.ContentType
	}
	return oneLine(fmt.Sprintf("domaintask: %s: unreadable answer: %s (HTTP %d%s%s%s)", e.Action,
		bare(e.Err), e.StatusCode, contentType, requestIDNote(e.RequestID), attemptsNote(e.Attempts)))
}

// Unwrap returns what was wrong with the answer.
func (e *DecodeError) Unwrap() error { return e.Err }

// CallError is a call that ended without any answer: no credentials, no
// connection, a time-out, a cancelled context. Err tells which.
type CallError struct {
	Action   string
	Attempts int   // how often the call was sent; 0: it never was
	Err      error // why there is no answer
	Last     error // what the attempt before ended with; nil: there was none
}

// Error tells why there is no answer, in one line.
func (e *CallError) Error() string {
	var b strings.Builder
	b.WriteString("domaintask: " + e.Action + ": " + bare(e.Err))
	switch {
	case e.Last != nil:
		fmt.Fprintf(&b, " (after: %s)", strings.TrimPrefix(e.Last.Error(), "domaintask: "+e.Action+": "))
	case e.Attempts > 1:
		fmt.Fprintf(&b, " (%d attempts)", e.Attempts)
	}
	return oneLine(b.String())
}

// Unwrap returns Err, and Last where there is one.
func (e *CallError) Unwrap() []error {
	if e.Last == nil {
		return []error{e.Err}
	}
	return []error{e.Err, e.Last}
}

// setAttempts tells an error of one attempt how many there have been.
func setAttempts(err error, n int) {
	switch e := err.(type) {
	case *APIError:
		e.Attempts = n
	case *DecodeError:
		e.Attempts = n
	case *CallError:
		e.Attempts = n
	}
}

// WalkError is the error of a walk: what went wrong, and at which page.
type WalkError struct {
	PageNum int // the page to resume from, with the same PageSize
	Err     error
}

// Error tells the page and what went wrong there, in one line.
func (e *WalkError) Error() string {
	return oneLine("domaintask: page " + strconv.Itoa(e.PageNum) + ": " + bare(e.Err))
}

// Unwrap returns what went wrong at the page.
func (e *WalkError) Unwrap() error { return e.Err }

// errorList is several errors in one line. It is an error by its address: one
// that is a slice would panic where errors are compared.
type errorList []error

func (l *errorList) Error() string {
	texts := make([]string, len(*l))
	for i, err := range *l {
		texts[i] = bare(err)
	}
	return "domaintask: " + strings.Join(texts, "; ")
}

func (l *errorList) Unwrap() []error { return *l }

// bare is the text of an error without the name of the package, which stands
// once, at the beginning.
func bare(err error) string {
	if err == nil {
		return "no reason given"
	}
	return strings.TrimPrefix(err.Error(), "domaintask: ")
}

func requestIDNote(id string) string {
	if id == "" {
		return ""
	}
	return ", request id " + id
}

func attemptsNote(n int) string {
	if n <= 1 {
		return ""
	}
	return ", " + strconv.Itoa(n) + " attempts"
}

// oneLine keeps what a server sent from breaking a log line.
func oneLine(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}
