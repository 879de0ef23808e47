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
	offset   time.Duration // what the clock added to that of this machine
	started  time.Time
	took     time.Duration
}

// observed returns what is reported of the attempt with the given number.
func (r result) observed(op operation, number int, wait time.Duration) Attempt {
	return Attempt{
		Action: op.action, Number: number, StatusCode: r.status, Code: errorCode(r.err), RequestID: r.requestID,
		Err: r.err, Duration: r.took, Wait: wait,
	}
}

// attempt signs the operation anew, sends it once, and reads and classifies
// the answer.
func (c *Client) attempt(ctx context.Context, op operation, key *signingKey) (r result) {
	r.started = time.Now()
	defer func() { r.took = time.Since(r.started) }()
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	r.signedAt, r.offset = c.clock.now()
	req, signature := c.newRequest(limited, op, key, r.signedAt, newNonce())
	hide := newRedactor(key.Credentials, signature)
	resp, err := c.http.Do(req)
	if err != nil {
		r.err = c.noAnswer(ctx, limited, op, hide.transport(err))
		return r
	}
	defer resp.Body.Close()
	r.status = resp.StatusCode
	buf := c.buffers.get()
	defer c.buffers.put(buf)
	body, err := readBody(buf, resp, c.maxBytes)
	r.header = resp.Header // readBody may have changed it
	if broken := brokenOff(err); broken != nil {
		r.requestID = hide.text(cut(r.header.Get(requestIDHeader), maxShortText))
		r.err = c.noAnswer(ctx, limited, op, &brokenError{hide.transport(broken.err)})
		return r
	}
	r.requestID, r.err = classify(op, resp, body, err, hide)
	return r
}

// noAnswer returns the error of an attempt that err kept from getting one. If
// the context of the caller has ended, that is why, however err puts it.
func (c *Client) noAnswer(ctx, limited context.Context, op operation, err error) error {
	if ctx.Err() != nil {
		return endedCall(ctx, op.action)
	}
	return &CallError{Action: op.action, Err: c.timedOut(limited, err)}
}

// timedOut returns err as the timeout of the attempt if limited, its context,
// has ended: not every transport says so itself.
func (c *Client) timedOut(limited context.Context, err error) error {
	switch {
	case limited.Err() == nil:
		return err
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Errorf("no complete answer within %v: %w", c.timeout, err)
	}
	return fmt.Errorf("no complete answer within %v: %w: %w", c.timeout, context.DeadlineExceeded, err)
}

// newRequest builds and signs the request, and returns the signature apart
// for it to be recognised where it must not appear.
//
// Everything travels in the query of a POST without a body, as in the official
// SDKs: POST is what no cache answers and no proxy repeats.
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
	if c.signature == SignatureACS3 || !c.ownHTTP { // another's transport or cookie jar may add to it
		req.Header = maps.Clone(c.header)
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

// classify turns what arrived into nil or the error that it amounts to, and
// tells the request id. readErr is what kept the body from being complete.
func classify(op operation, resp *http.Response, body []byte, readErr error, hide redactor) (requestID string, err error) {
	var env wire.Envelope
	success := resp.StatusCode >= 200 && resp.StatusCode <= 299
	switch {
	case readErr != nil:
		err = hide.transport(readErr)
	case success:
		env, err = op.decode(body)
	case resp.StatusCode >= 300 && resp.StatusCode <= 399:
		err = errors.New("redirects are not followed, since the request would carry its signature to another host")
	default:
		env, _, err = wire.DecodeEnvelope(body)
		if err == nil && env.Code == "" {
			err = errors.New("neither a success nor an error code")
		}
	}
	requestID = cmp.Or(env.RequestID, resp.Header.Get(requestIDHeader))
	if err == nil && success && !env.Failed() {
		return hide.text(requestID), nil
	}

	requestID = hide.text(requestID)
	if err != nil {
		return requestID, &DecodeError{
			Action:      op.action,
			StatusCode:  resp.StatusCode,
			ContentType: hide.text(resp.Header.Get("Content-Type")),
			RequestID:   requestID,
			Body:        hide.body(body),
			Err:         err,
		}
	}
	return requestID, &APIError{
		Action:     op.action,
		StatusCode: resp.StatusCode,
		Code:       hide.text(env.Code),
		Message:    hide.text(env.Message),
		RequestID:  requestID,
		HostID:     hide.text(env.HostID),
		Recommend:  hide.text(strings.TrimSpace(env.Recommend)),
	}
}
