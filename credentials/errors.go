package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode"

	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/internal/redact"
)

// maxReason bounds the text of a provider's error, in bytes.
const maxReason = 500

// failure is an error with a safe text. It does not wrap the original error, which
// holds the original text, but errors.Is matches the same targets.
type failure struct {
	text      string
	is        func(target error) bool // a function, so that nothing reaches the error
	temporary bool
}

func (f *failure) Error() string { return f.text }

// Is reports whether the original error matches target.
func (f *failure) Is(target error) bool { return f.is(target) }

// Temporary is called by domaintask.Temporary.
func (f *failure) Temporary() bool { return f.temporary }

// failed returns the error of a request without credentials. It hides the secrets
// of last in err, whose text may come from a provider. A source that has provided
// credentials may recover, perhaps once someone fixes it.
func failed(err error, last domaintask.Credentials) error {
	prefix := domaintask.ErrCredentials.Error() + ": "
	text := redact.Text(err.Error(), last.AccessKeySecret.Reveal(), last.SecurityToken.Reveal(), last.BearerToken.Reveal())
	return &failure{
		text:      prefix + strings.TrimPrefix(oneLine(text), prefix),
		is:        func(target error) bool { return target == domaintask.ErrCredentials || errors.Is(err, target) },
		temporary: last != domaintask.Credentials{},
	}
}

// explain makes the error of a provider safe to show. It returns nil if err is safe.
func explain(err error) error {
	if err == nil {
		return nil
	}
	return &failure{text: reason(err), is: func(target error) bool {
		// A timeout of the provider does not end the caller's context.
		return target != context.Canceled && target != context.DeadlineExceeded && errors.Is(err, target)
	}}
}

func reason(err error) string {
	var theirs *sdkerrors.ServerError
	if errors.As(err, &theirs) {
		// Its message is omitted: for SignatureDoesNotMatch it quotes the request,
		// and for a response that is not JSON it is the response.
		return refused(theirs.ErrorCode(), theirs.HttpStatus(), theirs.RequestId())
	}
	var ours *domaintask.APIError
	if errors.As(err, &ours) {
		return refused(ours.Code, ours.StatusCode, ours.RequestID)
	}
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		// The text in quotes is from a server.
		cause, quoted, _ := strings.Cut(urlErr.Err.Error(), `"`)
		if quoted != "" {
			cause += redact.Hidden
		}
		return short(oneLine(urlErr.Op + " " + bareURL(urlErr.URL) + ": " + cause))
	}
	return short(oneLine(withoutQuotations(strings.TrimPrefix(err.Error(), "domaintask: "))))
}

// quotations match texts of the SDK and the content that it quotes after them, in
// the order of its providers: all of config.json, a line of an ini file, the
// response of a credentials URI and its address, the response of the metadata
// service, a refusal of STS within another text, a response that is not HTTP, an
// invalid address, which may contain a response, the user and the query of a URL.
// "Credentials from" also begins its errors about unset variables.
var quotations = []*regexp.Regexp{
	regexp.MustCompile(`(?s)(unmarshal aliyun cli config from '.*?' failed: ).+`),
	regexp.MustCompile(`(?s)(ERROR: Can not open file).+`),
	regexp.MustCompile(`(?s)((?:get|refresh) credentials from )\S*:.+`),
	regexp.MustCompile(`(?s)(refresh Ecs sts token err, httpStatus: \d+, message = ).+`),
	regexp.MustCompile(`(?s)(SDK\.ServerError\nErrorCode: (?:[\w.-]{1,100}\n)?).+`),
	regexp.MustCompile(`(?s)((?:malformed|failed to parse) [^"]*").+`),
	regexp.MustCompile(`(?s)(parse ")[\w.+-]*://.+`),
	regexp.MustCompile(`(://)[^/?#\s"']*@`),
	regexp.MustCompile(`(://[^?#\s"']*[?#])[^\s"']+`),
}

func withoutQuotations(text string) string {
	for _, quotation := range quotations {
		text = quotation.ReplaceAllString(text, "${1}"+redact.Hidden)
	}
	return text
}

// refused returns the text of a refusal.
func refused(code string, status int, requestID string) string {
	return fmt.Sprintf("refused with code %s (HTTP %d, request id %s)", word(code), status, word(requestID))
}

var words = regexp.MustCompile(`^[\w.-]{1,100}$`)

// word returns a code or an id from a server, if it looks like one.
func word(s string) string {
	switch {
	case s == "":
		return "unknown"
	case !words.MatchString(s):
		return redact.Hidden
	}
	return s
}

// bareURL returns an address without its user and query, which may be secret.
func bareURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Opaque != "" {
		return "a malformed address"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// oneLine returns text as one line, for logs.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// short cuts a long text, for logs. It cuts between words: failed would not
// recognize a part of a secret.
func short(text string) string {
	if len(text) <= maxReason {
		return text
	}
	text = text[:maxReason]
	return text[:strings.LastIndexByte(text, ' ')+1] + "…"
}
