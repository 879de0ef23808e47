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

// maxReason is how much of the text of a provider's error is kept.
const maxReason = 500

// failure is an error with its text made safe. The error that it was made of
// holds the text as it was, so it is not to be had by errors.Unwrap and
// errors.As; what it is, for errors.Is, is kept.
type failure struct {
	text      string
	is        func(target error) bool // nil = nothing; a function prints as nothing but an address
	temporary bool
}

func (f *failure) Error() string { return f.text }

func (f *failure) Is(target error) bool { return f.is != nil && f.is(target) }

// Temporary is what domaintask.Temporary goes by.
func (f *failure) Temporary() bool { return f.temporary }

// failed is the error of a request that there are no credentials for. Of err,
// whose text may be a provider's own, what was secret before is hidden. A source
// that has given credentials once may do so again, and be it that someone mends
// it.
func failed(err error, last domaintask.Credentials) error {
	text := redact.Text(err.Error(), last.AccessKeySecret.Reveal(), last.SecurityToken.Reveal(), last.BearerToken.Reveal())
	return &failure{
		text: domaintask.ErrCredentials.Error() + ": " + text,
		is:   func(target error) bool { return target == domaintask.ErrCredentials || errors.Is(err, target) },

		temporary: last != domaintask.Credentials{},
	}
}

// explain makes the error of a provider safe to show.
func explain(err error) error {
	return &failure{text: reason(err), is: func(target error) bool {
		// A time limit of the SDK's is not that of the caller's context.
		return target != context.Canceled && target != context.DeadlineExceeded && errors.Is(err, target)
	}}
}

func reason(err error) string {
	var refusal *sdkerrors.ServerError
	if errors.As(err, &refusal) {
		// Its message is left out: that of SignatureDoesNotMatch quotes the
		// request, and that of an answer which is no JSON is the answer.
		return fmt.Sprintf("refused with code %s (HTTP %d, request id %s)", word(refusal.ErrorCode()), refusal.HttpStatus(), word(refusal.RequestId()))
	}
	var urlErr *url.Error
	if errors.As(err, &urlErr) {
		// What stands in quotes is what a server sent.
		cause, quoted, _ := strings.Cut(urlErr.Err.Error(), `"`)
		if quoted != "" {
			cause += redact.Hidden
		}
		return oneLine(urlErr.Op + " " + bareURL(urlErr.URL) + ": " + cause)
	}
	return oneLine(withoutQuotations(err.Error()))
}

// quotations are texts of the SDK and what it quotes behind them, in the order
// of its providers: all of config.json, a line of an ini file, the answer of a
// credentials URI and its address, the answer of the metadata service, a
// refusal of STS that was made a part of another text, an answer that is not
// HTTP, an address that cannot be read, which may have an answer in it, the user
// and the query of a URL. "Credentials from" is also how it says which variable
// is not set.
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

var words = regexp.MustCompile(`^[\w.-]{1,100}$`)

// word is a code or an id as a server sent it, if that is what it looks like.
func word(s string) string {
	switch {
	case s == "":
		return "unknown"
	case !words.MatchString(s):
		return redact.Hidden
	}
	return s
}

// bareURL is an address without what may be secret in it: user and query.
func bareURL(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "a malformed address"
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: u.Path}).String()
}

// oneLine keeps a text from breaking a log line, and from filling it.
func oneLine(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
	if len(text) > maxReason {
		text = text[:maxReason]
		// Between words: failed would not know a part of a secret again.
		text = text[:strings.LastIndexByte(text, ' ')+1] + "…"
	}
	return text
}
