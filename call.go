package domaintask

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/domaintask/domaintask/internal/wire"
)

// Call is any operation of the service, for those that have no method here.
type Call struct {
	// Action is the name of the operation, such as QueryRegistrantProfiles.
	Action string
	// Version is that of the operation; "" means APIVersion.
	Version string
	// Params are the operation's own parameters, one value each. Those that
	// every call has, such as Format, Timestamp and Signature, are added.
	Params url.Values
	// Idempotent says that the call may be repeated after it may have arrived.
	Idempotent bool
}

// RawResponse is the answer to a Call: a well-formed document of the service
// without an error in it.
type RawResponse struct {
	StatusCode int
	RequestID  string
	Header     http.Header
	Body       []byte // as sent, decompressed; JSON or XML as Config.Format asked
}

// Do calls any operation of the service. The errors are those of
// [Client.PollTaskResult].
func (c *Client) Do(ctx context.Context, call Call) (*RawResponse, error) {
	params, err := call.params()
	if err != nil {
		return nil, err
	}
	raw := new(RawResponse)
	answer, err := c.do(ctx, operation{
		action:     call.Action,
		version:    call.Version,
		params:     params,
		idempotent: call.Idempotent,
		decode: func(body []byte) (wire.Envelope, error) {
			env, root, err := wire.DecodeEnvelope(body)
			if err == nil && root != "" && root != call.Action+"Response" && !env.Failed() {
				err = errors.New("the root element is not " + call.Action + "Response")
			}
			raw.RequestID, raw.Body = env.RequestID, bytes.Clone(body)
			return env, err
		},
	})
	if err != nil {
		return nil, err
	}
	raw.StatusCode, raw.Header = answer.status, answer.header
	raw.RequestID = cmp.Or(raw.RequestID, answer.header.Get(requestIDHeader))
	return raw, nil
}

func (call Call) params() ([]param, error) {
	if call.Action == "" {
		return nil, &ParamError{Param: "Action", Reason: "is required"}
	}
	var p params
	for name, values := range call.Params {
		switch {
		case name == "":
			p.fail("Params", "holds a parameter without a name")
		case slices.Contains(commonParams, name):
			p.fail(name, "is set by the client")
		case len(values) != 1:
			p.fail(name, "must have one value; lists are written as "+name+".1, "+name+".2 and so on")
		default:
			p.list = append(p.list, param{name, values[0]})
		}
	}
	return p.list, p.err
}

// operation is one call as the methods of Client describe it.
type operation struct {
	action     string
	version    string // "" = APIVersion
	params     []param
	idempotent bool
	// decode reads a 2xx answer. It must not keep body, which is used again.
	decode func(body []byte) (wire.Envelope, error)
}

// answer is what do tells besides what it decoded.
type answer struct {
	status   int
	header   http.Header
	attempts int // how often the call was sent
}

// do is the one way to the service: sign, send, read, classify.
func (c *Client) do(ctx context.Context, op operation) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, &CallError{Action: op.action, Err: err}
	}
	creds, err := c.signingCredentials(ctx)
	if err != nil {
		return answer{}, &CallError{Action: op.action, Err: err}
	}
	attemptCtx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()

	req, signature := c.newRequest(attemptCtx, op, creds, time.Now(), newNonce())
	redact := newRedactor(append(creds.secrets(), signature)...)
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{attempts: 1}, &CallError{Action: op.action, Attempts: 1, Err: c.timedOut(ctx, redact.transport(err))}
	}
	defer resp.Body.Close()

	body := c.bodies.Get().(*bytes.Buffer)
	defer c.recycle(body)
	err = c.timedOut(ctx, readBody(body, resp, c.maxBytes))
	return answer{resp.StatusCode, resp.Header, 1}, c.classify(op, resp, body.Bytes(), err, redact)
}

// signingCredentials asks the provider. Its errors Is ErrCredentials.
func (c *Client) signingCredentials(ctx context.Context) (Credentials, error) {
	creds, err := c.credentials.Credentials(ctx)
	if err == nil {
		err = creds.check(c.signature)
	}
	if err != nil && !errors.Is(err, ErrCredentials) {
		err = fmt.Errorf("%w: %w", ErrCredentials, err)
	}
	return creds, err
}

// timedOut tells the client's own time limit from that of ctx, the caller's.
func (c *Client) timedOut(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return fmt.Errorf("no complete answer within %v: %w", c.timeout, err)
	}
	return err
}

// newRequest builds and signs the request, and returns the signature apart
// for it to be recognised where it must not appear.
//
// Everything travels in the query of a POST without a body, as in the official
// SDKs: POST is what no cache answers and no proxy repeats.
func (c *Client) newRequest(ctx context.Context, op operation, creds Credentials, now time.Time, nonce string) (req *http.Request, signature string) {
	req = (&http.Request{
		Method:     http.MethodPost,
		URL:        &url.URL{Scheme: c.endpoint.Scheme, Host: c.endpoint.Host, Path: "/"},
		Host:       c.endpoint.Host,
		Header:     http.Header{"User-Agent": {c.userAgent}},
		Proto:      "HTTP/1.1",
		ProtoMajor: 1,
		ProtoMinor: 1,
	}).WithContext(ctx)
	call := signedCall{
		method:  http.MethodPost,
		host:    c.endpoint.Host,
		action:  op.action,
		version: cmp.Or(op.version, APIVersion),
		params:  append(slices.Clip(op.params), param{"Format", c.format.String()}),
		time:    now,
		nonce:   nonce,
	}
	if c.signature == SignatureACS3 {
		req.URL.RawQuery, signature = signACS3(call, creds, req.Header)
		req.Header.Set("Accept", acceptHeader[c.format])
	} else {
		req.URL.RawQuery, signature = signRPC(call, creds)
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

// readBody reads the answer into buf, and not a byte beyond max, whatever
// Content-Length promises.
func readBody(buf *bytes.Buffer, resp *http.Response, max int64) error {
	if resp.ContentLength > max {
		return ErrResponseTooLarge
	}
	if resp.ContentLength > 0 {
		// A length is a claim: believe it up to a megabyte, then grow as the
		// bytes come.
		buf.Grow(int(min(resp.ContentLength, 1<<20)) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, max+1))
	if n > max {
		return ErrResponseTooLarge
	}
	return err
}

// maxPooledBytes keeps one large page from pinning its memory for good.
const maxPooledBytes = 2 << 20

func (c *Client) recycle(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooledBytes {
		buf.Reset()
		c.bodies.Put(buf)
	}
}

const requestIDHeader = "X-Acs-Request-Id"

// classify turns what arrived into nil or the error that it amounts to.
// readErr is what kept the body from being complete.
func (c *Client) classify(op operation, resp *http.Response, body []byte, readErr error, redact redactor) error {
	var env wire.Envelope
	err := readErr
	success := resp.StatusCode >= 200 && resp.StatusCode <= 299
	switch {
	case readErr != nil:
		err = redact.transport(readErr)
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
	requestID := redact.text(cmp.Or(env.RequestID, resp.Header.Get(requestIDHeader)))

	switch {
	case err != nil:
		return &DecodeError{
			Action:      op.action,
			StatusCode:  resp.StatusCode,
			ContentType: redact.text(resp.Header.Get("Content-Type")),
			RequestID:   requestID,
			Attempts:    1,
			Body:        redact.body(body),
			Err:         err,
		}
	case !success || env.Failed():
		return &APIError{
			Action:     op.action,
			StatusCode: resp.StatusCode,
			Code:       redact.text(env.Code),
			Message:    redact.text(env.Message),
			RequestID:  requestID,
			HostID:     redact.text(env.HostID),
			Recommend:  redact.text(strings.TrimSpace(env.Recommend)),
			Attempts:   1,
		}
	}
	return nil
}
