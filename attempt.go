package domaintask

import (
	"bytes"
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

// result is what one attempt came to.
type result struct {
	status    int // 0 = there was no answer
	header    http.Header
	requestID string
	err       error

	signedAt time.Time // what the request gave as its time
	started  time.Time
	took     time.Duration
}

// attempt signs the operation anew, sends it once, and reads and classifies
// the answer.
func (c *Client) attempt(ctx context.Context, op operation, key *signingKey) (r result) {
	r.started = time.Now()
	defer func() { r.took = time.Since(r.started) }()
	limited, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	r.signedAt = c.clock.now()
	req, signature := c.newRequest(limited, op, key, r.signedAt, newNonce())
	hide := newRedactor(key.Credentials, signature)
	resp, err := c.http.Do(req)
	if err != nil {
		r.err = &CallError{Action: op.action, Err: c.timedOut(ctx, limited, hide.transport(err))}
		return r
	}
	defer resp.Body.Close()
	r.status, r.header = resp.StatusCode, resp.Header

	buf := c.buffers.Get().(*bytes.Buffer)
	defer c.recycle(buf)
	body, err := readBody(buf, resp, c.maxBytes)
	switch {
	case err != nil && ctx.Err() != nil: // the caller's doing, whatever had come by then
		r.err = &CallError{Action: op.action, Err: ctx.Err()}
	default:
		r.requestID, r.err = classify(op, resp, body, c.timedOut(ctx, limited, err), hide)
	}
	return r
}

// timedOut tells the client's own time limit from that of ctx, the caller's.
func (c *Client) timedOut(ctx, limited context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && limited.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("no complete answer within %v: %w", c.timeout, err)
	}
	return err
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
