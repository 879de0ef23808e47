package domaintask

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
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

// Do calls any operation of the service. An answer that is not a document of
// that operation, or that has an error in it, is an error here as for every
// method. A call that is not Idempotent is repeated only where it surely was not
// sent.
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
	switch {
	case call.Action == "":
		return nil, &ParamError{Param: "Action", Reason: "is required"}
	case !plainName(call.Action):
		return nil, &ParamError{Param: "Action", Reason: "may hold letters, digits and hyphens only"}
	case !plainName(call.Version):
		return nil, &ParamError{Param: "Version", Reason: "may hold letters, digits and hyphens only"}
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

func plainName(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-')
	})
}

// operation is one call as the methods of Client describe it.
type operation struct {
	action     string
	version    string  // "" = APIVersion
	params     []param // its own; do adds Format
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

// do is the one way to the service: attempts, until one succeeds or another
// would be of no use.
func (c *Client) do(ctx context.Context, op operation) (answer, error) {
	if err := c.check(); err != nil {
		return answer{}, err
	}
	op.params = append(op.params, param{"Format", c.format.String()})
	var last error // what the attempt before ended with
	for n := 1; ; n++ {
		key, err := c.ready(ctx)
		if err != nil {
			return answer{attempts: n - 1}, &CallError{Action: op.action, Attempts: n - 1, Err: err, Last: last}
		}
		result := c.attempt(ctx, op, key)
		if result.err == nil {
			c.report(ctx, op, n, result, 0, false)
			return answer{result.status, result.header, n}, nil
		}
		setAttempts(result.err, n)
		wait, again := c.again(ctx, op, n, &result)
		c.report(ctx, op, n, result, wait, again)
		if !again {
			return answer{attempts: n}, result.err
		}
		if !sleep(ctx, wait) {
			return answer{attempts: n}, &CallError{Action: op.action, Attempts: n, Err: ctx.Err(), Last: result.err}
		}
		last = result.err
	}
}

// ready waits for the limiter and asks for credentials, anew for each attempt:
// they may have been rotated.
func (c *Client) ready(ctx context.Context) (*signingKey, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if c.limiter != nil {
		if err := c.limiter.Wait(ctx); err != nil {
			return nil, fmt.Errorf("limiter: %w", c.keys.redacted(err))
		}
	}
	creds, err := c.credentials.Credentials(ctx)
	var key *signingKey
	if err == nil {
		key, err = c.keys.of(creds)
	}
	switch {
	case err == nil:
		return key, nil
	case errors.Is(err, ErrCredentials):
		return nil, c.keys.redacted(err)
	}
	return nil, fmt.Errorf("%w: %w", ErrCredentials, c.keys.redacted(err))
}

// sleep returns after d, or false at once when ctx ends.
func sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
