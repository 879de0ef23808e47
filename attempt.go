package domaintask

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/domaintask/domaintask/internal/wire"
)

// operation is one call as the methods of Client describe it.
type operation struct {
	action     string
	version    string  // "" = APIVersion
	params     []param // its own; do adds Format
	idempotent bool
	// decode reads a 2xx answer. It must not keep body, which is used again.
	decode func(body []byte) (wire.Envelope, error)
}

// result is what one attempt came to.
type result struct {
	status    int // 0 = there was no answer
	header    http.Header
	requestID string
	err       error

	signedAt time.Time     // what the request gave as its time
	offset   time.Duration // of the clock, in signedAt
	started  time.Time
	took     time.Duration
}

// observed returns what is reported of the attempt with the given number.
func (r result) observed(number int, willRetry bool, wait time.Duration) Attempt {
	return Attempt{
		Number: number, StatusCode: r.status, Code: errorCode(r.err), RequestID: r.requestID,
		Err: r.err, Duration: r.took, WillRetry: willRetry, Wait: wait,
	}
}

// attempt signs the operation, sends it once, and reads and classifies the
// response. It ends with ctx, and has the values of the other context.
func (c *Client) attempt(ctx, values context.Context, op operation, key *signingKey) (r result) {
	r.started = time.Now()
	defer func() { r.took = time.Since(r.started) }()
	limited, cancel := context.WithTimeout(attemptContext{ctx, values}, c.timeout)
	defer cancel()

	r.signedAt, r.offset = c.clock.now()
	req, signature := c.newRequest(limited, op, key, r.signedAt, newNonce())
	hide := newRedactor(key, req, signature)
	resp, err := c.http().Do(req)
	if err != nil {
		r.err = c.noAnswer(ctx, limited, op, hide.transport(err))
		return r
	}
	defer resp.Body.Close()
	r.status = resp.StatusCode
	buf := c.buffers.get()
	defer c.buffers.put(buf)
	body, err := readBody(buf, resp, c.maxBytes)
	r.header = resp.Header // after readBody, which may replace it
	if broken := brokenOff(err); broken != nil {
		r.requestID = hide.text(cut(r.header.Get(requestIDHeader), maxShortText))
		r.err = c.noAnswer(ctx, limited, op, &brokenError{hide.transport(broken.err)})
		return r
	}
	r.requestID, r.err = classify(op, req, resp, body, err, hide)
	return r
}

// noAnswer returns the error of an attempt that failed with err before it had a
// complete response. If the context of the caller has ended, the error says so
// even if err does not.
func (c *Client) noAnswer(ctx, limited context.Context, op operation, err error) error {
	if ctx.Err() != nil {
		return endedCall(ctx, op.action)
	}
	return &CallError{Action: op.action, Err: c.timedOut(limited, err)}
}

// timedOut makes err a timeout if limited, the context of the attempt, has
// ended: some transports do not report it as one.
func (c *Client) timedOut(limited context.Context, err error) error {
	switch {
	case limited.Err() == nil:
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no complete answer within %v: %w", c.timeout, err)
	}
	return fmt.Errorf("no complete answer within %v: %w: %w", c.timeout, context.DeadlineExceeded, err)
}

// newRequest builds and signs the request. It also returns the signature, so that
// it can be redacted where it must not appear.
//
// Everything travels in the query of a POST without a body, as in the official
// SDKs: no cache answers a POST, and no proxy repeats one.
func (c *Client) newRequest(ctx context.Context, op operation, key *signingKey, now time.Time, nonce string) (req *http.Request, signature string) {
	req = (&http.Request{
		Method:     http.MethodPost,
		URL:        &url.URL{Scheme: c.endpoint.Scheme, Host: c.endpoint.Host, Path: "/"},
		Host:       c.endpoint.Host,
		Header:     c.header,
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
	}).WithContext(ctx)
	if op.idempotent {
		// A mark that sends nothing: net/http resends a request so marked if an
		// idle connection turns out to be closed, as it does for a GET.
		req.Header = c.repeatable
	}
	if c.signature == SignatureACS3 || !c.ownHTTP { // another's transport or cookie jar may add to it
		req.Header = maps.Clone(req.Header)
	}
	call := signedCall{
		method:  http.MethodPost,
		host:    c.endpoint.Host,
		action:  op.action,
		version: cmp.Or(op.version, APIVersion),
		params:  op.params,
		time:    now,
		nonce:   nonce,
	}
	if c.signature == SignatureACS3 {
		req.URL.RawQuery, signature = signACS3(call, key, req.Header)
		req.Header.Set("Accept", acceptHeader[c.format])
	} else {
		req.URL.RawQuery, signature = signRPC(call, key)
	}
	return req, signature
}

var acceptHeader = map[Format]string{FormatJSON: "application/json", FormatXML: "application/xml"}

// newNonce returns 128 random bits: the service refuses a nonce it has seen.
func newNonce() string {
	var b [16]byte
	rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

const requestIDHeader = "X-Acs-Request-Id"

// classify returns the error of a response to req, or nil for a success, and its
// request id. readErr is why the body is incomplete.
func classify(op operation, req *http.Request, resp *http.Response, body []byte, readErr error, hide redactor) (requestID string, err error) {
	var env wire.Envelope
	success := isSuccess(resp.StatusCode)
	text, charsetErr := wire.ToUTF8(body, resp.Header.Get("Content-Type"))
	switch {
	case !success || readErr != nil:
		env, err = decodeRefusal(resp, text, cmp.Or(readErr, charsetErr))
	case charsetErr != nil:
		err = charsetErr
	default:
		env, err = op.decode(text)
	}
	if err == nil && charsetErr != nil { // Code is ASCII, which comes out of any charset
		env.Message += " (" + charsetErr.Error() + ")"
	}
	short := func(s string) string { return bounded(hide, s, maxShortText) }
	requestID = short(cmp.Or(env.RequestID, resp.Header.Get(requestIDHeader)))
	switch {
	case err != nil:
		return requestID, &DecodeError{
			Action:      op.action,
			StatusCode:  resp.StatusCode,
			ContentType: short(resp.Header.Get("Content-Type")),
			RequestID:   requestID,
			Body:        hide.body(body),
			Err:         hide.error(err),
		}
	case success && readErr == nil && !env.Failed():
		return requestID, nil
	}
	return requestID, &APIError{
		Action:     op.action,
		StatusCode: resp.StatusCode,
		Code:       short(strings.TrimSpace(env.Code)),
		Message:    bounded(hide, env.Message, maxLongText),
		RequestID:  requestID,
		HostID:     short(env.HostID),
		Recommend:  short(strings.TrimSpace(env.Recommend)),
		quote:      quoteOf(env.Code, env.Message, req),
		AccessDenied: AccessDeniedDetail{
			AuthAction:               short(env.Denied.AuthAction),
			AuthPrincipalType:        short(env.Denied.AuthPrincipalType),
			AuthPrincipalDisplayName: short(env.Denied.AuthPrincipalDisplayName),
			AuthPrincipalOwnerID:     short(env.Denied.AuthPrincipalOwnerID),
			NoPermissionType:         short(env.Denied.NoPermissionType),
			PolicyType:               short(env.Denied.PolicyType),
			EncodedDiagnosticMessage: bounded(hide, env.Denied.EncodedDiagnosticMessage, maxLongText),
		},
	}
}

func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

// bounded returns s without secrets and cut to max bytes. It is cut first,
// because searching for secrets is slow.
func bounded(hide redactor, s string, max int) string { return cut(hide.text(cut(s, max)), max) }

// decodeRefusal reads the error of the service in a response that is not a
// success or that is incomplete. If there is none, its own error says what the
// response is instead.
func decodeRefusal(resp *http.Response, body []byte, readErr error) (wire.Envelope, error) {
	env, _, err := wire.DecodeEnvelope(body)
	if err != nil {
		if start, startErr := wire.DecodeEnvelopePrefix(body); startErr == nil {
			env, err = start, nil
		}
	}
	switch {
	case err == nil && env.Code != "" && (env.Failed() || !isSuccess(resp.StatusCode)):
		return env, nil
	case readErr != nil:
		return env, readErr
	case isRedirect(resp.StatusCode):
		return env, errors.New("redirects are not followed, since the request would carry its signature to another host")
	case err == nil:
		return env, errors.New("neither a success nor an error code")
	}
	return env, err
}
