package credentials

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/internal/redact"
)

// maxReply bounds a response with credentials, which usually has one or two KiB.
const maxReply = 64 << 10

// effort is the timeout of an attempt and the number of attempts.
type effort struct {
	timeout  time.Duration
	attempts int
}

// remote is the effort for services on the internet.
var remote = effort{timeout: 15 * time.Second, attempts: 3}

// firstDelay is the wait before the second attempt. It doubles.
const firstDelay = 200 * time.Millisecond

// reply is a response, read in full.
type reply struct {
	at        string    // the address, without its secret parts
	sent      time.Time // the time of the request, by the local clock
	connected bool      // there was a connection, if there is no response
	status    int
	header    http.Header
	body      []byte
}

// send sends the request that build returns, and retries temporary failures.
func send(ctx context.Context, client *http.Client, e effort, build func(context.Context) (*http.Request, error)) (reply, error) {
	delay := firstDelay
	for n := 1; ; n++ {
		got, err := sendOnce(ctx, client, e.timeout, build)
		if n == e.attempts || !temporary(got, err) {
			return got, explain(err)
		}
		select {
		case <-time.After(delay):
			delay *= 2
		case <-ctx.Done():
			return got, explain(err)
		}
	}
}

var errTooLarge = fmt.Errorf("sent more than %d bytes", maxReply)

// temporary applies the same rules as the client.
func temporary(got reply, err error) bool {
	if err != nil {
		return domaintask.Temporary(&domaintask.CallError{Err: err})
	}
	return got.status != http.StatusOK && domaintask.Temporary(&domaintask.APIError{StatusCode: got.status})
}

func sendOnce(ctx context.Context, client *http.Client, timeout time.Duration, build func(context.Context) (*http.Request, error)) (got reply, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { got.connected = true }})
	req, err := build(ctx)
	if err != nil {
		return got, err
	}
	got.at, got.sent = bareURL(req.URL.String()), time.Now()
	resp, err := client.Do(req)
	if err != nil {
		return got, err
	}
	defer resp.Body.Close()
	got.status, got.header = resp.StatusCode, resp.Header
	got.body, err = io.ReadAll(io.LimitReader(resp.Body, maxReply+1))
	switch {
	case err != nil:
		return got, &url.Error{Op: "Read", URL: req.URL.String(), Err: err}
	case len(got.body) > maxReply:
		return got, fmt.Errorf("%s %w", got.at, errTooLarge)
	}
	return got, nil
}

// refusal returns the error of a response with a status other than 200. It shows
// only a code and a request id from the body, if they look like ones and are not
// among the secrets that were sent.
func (r reply) refusal(sent ...domaintask.Secret) error {
	var body struct{ Code, RequestID string }
	json.Unmarshal(r.body, &body) // invalid fields are unknown
	secrets := make([]string, len(sent))
	for i, secret := range sent {
		secrets[i] = secret.Reveal()
	}
	text := refused(body.Code, r.status, body.RequestID)
	return fmt.Errorf("%s %s", r.at, redact.Text(text, secrets...))
}

// unexpected is refusal for a server whose errors have no known form.
func (r reply) unexpected() error { return fmt.Errorf("%s responded with HTTP %d", r.at, r.status) }

// keys holds credentials as all services send them. The names match in any case.
type keys struct {
	Code            any    // a string or a number, not sent by all
	AccessKeyID     string `json:"AccessKeyId"`
	AccessKeySecret domaintask.Secret
	SecurityToken   *domaintask.Secret
	Expiration      string // RFC 3339

	longLived bool // SecurityToken may be empty
}

// answer converts the credentials in a response. Its error shows nothing of the
// response.
func (k keys) answer(r reply) (answer, error) {
	switch {
	case !k.success():
		return answer{}, fmt.Errorf("%s sent a Code that is not Success", r.at)
	case k.AccessKeyID == "" || k.AccessKeySecret.IsZero() || k.SecurityToken == nil || k.SecurityToken.IsZero() && !k.longLived:
		return answer{}, fmt.Errorf("%s sent no AccessKeyId, AccessKeySecret or SecurityToken", r.at)
	}
	expiration, err := time.Parse(time.RFC3339, k.Expiration)
	if err != nil {
		return answer{}, fmt.Errorf("%s sent no Expiration like 2006-01-02T15:04:05Z", r.at)
	}
	creds := domaintask.Credentials{AccessKeyID: k.AccessKeyID, AccessKeySecret: k.AccessKeySecret, SecurityToken: *k.SecurityToken}
	got, err := dated(creds, expiration, r.header, r.sent)
	if err != nil {
		return answer{}, fmt.Errorf("%s %w", r.at, err)
	}
	return got, nil
}

// success reports whether Code is absent or a code that servers send with
// credentials.
func (k keys) success() bool {
	switch k.Code {
	case nil, "", "Success", "OK", "200", 200.0:
		return true
	}
	return false
}

// decode parses a response in JSON.
func (r reply) decode(into any) error {
	if json.Unmarshal(r.body, into) != nil {
		return fmt.Errorf("%s sent no credentials in JSON", r.at)
	}
	return nil
}
