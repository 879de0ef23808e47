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
// It matches ErrThrottled, ErrCredentials, ErrForbidden or ErrClockSkew, as Code
// says. HTTP 429 with another Code matches ErrThrottled, too.
//
// No text is longer than 1 KiB, or 16 KiB for Message and
// EncodedDiagnosticMessage: the rest is cut off.
type APIError struct {
	Action     string
	StatusCode int    // of HTTP; 200 is possible
	Code       string // such as Throttling.User
	Message    string // in the language of the request, secrets removed
	RequestID  string // names the call when talking to the vendor's support
	HostID     string
	Recommend  string        // where the service explains the code
	Attempts   int           // how often the call was sent
	RetryAfter time.Duration // how long the service asked to wait; 0 if it did not say

	// AccessDenied says which permission is missing. It is zero unless the
	// service says so, as it does of calls that RAM denies.
	AccessDenied AccessDeniedDetail

	quote quote // see Advice
}

// AccessDeniedDetail says why RAM, the access control of Alibaba Cloud, denied a
// call. The service sends some of the fields, or none.
type AccessDeniedDetail struct {
	AuthAction               string // the permission that is missing, such as domain:QueryDomainTask; its name is not the operation's
	AuthPrincipalType        string // of the caller: SubUser, AssumedRoleUser and so on
	AuthPrincipalDisplayName string // of the caller
	AuthPrincipalOwnerID     string // the account of the caller
	NoPermissionType         string // ImplicitDeny: nothing allows it; ExplicitDeny: a policy forbids it
	PolicyType               string // the kind of policy that decided
	EncodedDiagnosticMessage string // for the operation DecodeDiagnosticMessage of RAM, which shows the policy to those who may see it
}

// maxMessage is how much of Message goes into the text of the error.
const maxMessage = 300

// Error returns the code, the beginning of the message, Advice, the HTTP status,
// the permission that is missing and the request id in one line. A string to sign,
// which the service quotes if a signature does not match, is in Message alone.
func (e *APIError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "domaintask: %s: %s", e.Action, e.Code)
	if text := shortMessage(e.Message); text != "" {
		b.WriteString(": " + text)
	}
	if advice := e.Advice(); advice != "" {
		b.WriteString("; " + advice)
	}
	needs := ""
	if e.AccessDenied.AuthAction != "" {
		needs = ", needs the RAM action " + e.AccessDenied.AuthAction
	}
	fmt.Fprintf(&b, " (HTTP %d%s%s%s)", e.StatusCode, needs, requestIDNote(e.RequestID), attemptsNote(e.Attempts))
	return oneLine(b.String())
}

// shortMessage returns a message without the request that it quotes, cut to
// maxMessage bytes.
func shortMessage(message string) string {
	if start := quoteStart(message); start >= 0 {
		message = strings.TrimRight(message[:start], " .,:;([")
	}
	if len(message) > maxMessage {
		return cut(message, maxMessage) + "…"
	}
	return message
}

// Is reports whether target is the sentinel of this package that e stands for.
// Code decides. HTTP 429 matches ErrThrottled unless Code says that the call is
// refused for another reason.
func (e *APIError) Is(target error) bool {
	rule, known := ruleOf(e.Code)
	if rule.kind == nil && e.StatusCode == http.StatusTooManyRequests && (rule.retry != never || !known) {
		rule.kind = ErrThrottled
	}
	return rule.kind != nil && rule.kind == target
}

// DecodeError is an answer that is not the service's: HTML of a gateway, a
// truncated document, an empty success. What really happened to the call is
// then unknown. HTTP 429 matches ErrThrottled.
type DecodeError struct {
	Action      string
	StatusCode  int
	ContentType string
	RequestID   string        // "" where none could be read
	Attempts    int           // how often the call was sent
	Body        []byte        // its first KiB at most, secrets removed
	Err         error         // what was wrong with it
	RetryAfter  time.Duration // how long it asked to wait; 0 if it did not say
}

// Error returns what is wrong with the response in one line, without its body.
func (e *DecodeError) Error() string {
	contentType := ""
	if e.ContentType != "" {
		contentType = ", " + e.ContentType
	}
	return oneLine(fmt.Sprintf("domaintask: %s: unreadable answer: %s (HTTP %d%s%s%s)", e.Action,
		bare(e.Err), e.StatusCode, contentType, requestIDNote(e.RequestID), attemptsNote(e.Attempts)))
}

// Is reports whether e is HTTP 429 and target is ErrThrottled.
func (e *DecodeError) Is(target error) bool {
	return target == ErrThrottled && e.StatusCode == http.StatusTooManyRequests
}

// Unwrap returns what was wrong with the answer.
func (e *DecodeError) Unwrap() error { return e.Err }

// CallError is a call that ended without a complete answer: no credentials, no
// connection, a timeout, a response that broke off, a canceled context. Err says
// which. If a context ended it, Err matches context.Canceled or
// context.DeadlineExceeded, and the cause of the context.
type CallError struct {
	Action   string
	Attempts int   // how often the call was sent; 0: it never was
	Err      error // why there is no answer
	Last     error // what the attempt before ended with; nil: there was none

	// RetryAfter is how long the service asked to wait, if the call broke off
	// after the headers of a response; 0 if it did not say. The function
	// RetryAfter also checks Last.
	RetryAfter time.Duration
}

// Error returns why there is no response, in one line.
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

// describe completes the error of an attempt: with the number of attempts so
// far, and with how long the service asked to wait.
func describe(err error, attempts int, retryAfter time.Duration) {
	switch e := err.(type) {
	case *APIError:
		e.Attempts, e.RetryAfter = attempts, retryAfter
	case *DecodeError:
		e.Attempts, e.RetryAfter = attempts, retryAfter
	case *CallError:
		e.Attempts, e.RetryAfter = attempts, retryAfter
	}
}

// WalkError is the error of a walk: what went wrong, and at which page.
type WalkError struct {
	PageNum int // the page to resume from, with the same PageSize
	Err     error
}

// Error returns the page and what went wrong there, in one line.
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

// bare is the text of an error, cut and without the name of the package, which stands
// once, at the beginning.
func bare(err error) string {
	if err == nil {
		return "no reason given"
	}
	return strings.TrimPrefix(errorText(err), "domaintask: ")
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
