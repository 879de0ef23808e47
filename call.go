package domaintask

import (
	"bytes"
	"cmp"
	"context"
	"errors"
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
	// Version is the version of the operation; "" means APIVersion.
	Version string
	// Params are the operation's own parameters, one value each. Those that
	// every call has, such as Format, Timestamp and Signature, are added.
	Params url.Values
	// Idempotent says that the call may be retried even if it may have been
	// performed. Otherwise it is only retried if the connection was not made, or
	// if the service refused it before it performed anything: if it was throttled
	// (by a Code that starts with Throttling or Rejected.Throttling), or refused
	// for its credentials, its time or its nonce.
	// DoPages treats every call as idempotent.
	Idempotent bool
}

// RawResponse is the answer to a Call: a well-formed document of the service
// without an error in it.
type RawResponse struct {
	StatusCode int
	RequestID  string
	Header     http.Header
	Body       []byte // as sent, decompressed and in UTF-8; JSON or XML as Config.Format asked
}

// Do calls any operation of the service. It returns an error if the response is
// not a document of that operation or holds an error, as every method does. See Call.Idempotent for which calls are retried.
func (c *Client) Do(ctx context.Context, call Call) (*RawResponse, error) {
	params, err := call.params()
	if err != nil {
		return nil, err
	}
	raw, _, err := c.doRaw(ctx, call, params, func(body []byte) (wire.Envelope, error) {
		env, root, err := wire.DecodeEnvelope(body)
		if err == nil && root != "" && root != call.Action+"Response" && !env.Failed() {
			err = errors.New("the root element is not " + call.Action + "Response")
		}
		return env, err
	})
	return raw, err
}

// doRaw calls an operation and keeps its answer, of which decode gets a body
// that will not be reused. It also returns the number of attempts.
func (c *Client) doRaw(ctx context.Context, call Call, params []param, decode func(body []byte) (wire.Envelope, error)) (*RawResponse, int, error) {
	raw := new(RawResponse)
	answer, err := c.do(ctx, operation{
		action:     call.Action,
		version:    call.Version,
		params:     params,
		idempotent: call.Idempotent,
		decode: func(body []byte) (wire.Envelope, error) {
			raw.Body = bytes.Clone(body)
			env, err := decode(raw.Body)
			raw.RequestID = env.RequestID
			return env, err
		},
	})
	if err != nil {
		return nil, answer.attempts, err
	}
	raw.StatusCode, raw.Header = answer.status, answer.header
	raw.RequestID = cmp.Or(raw.RequestID, answer.header.Get(requestIDHeader))
	return raw, answer.attempts, nil
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

// answer is what do returns apart from the decoded response.
type answer struct {
	status   int
	header   http.Header
	attempts int // how often the call was sent
}

// do is the one way to the service: attempts, until one succeeds or another
// would be of no use.
func (c *Client) do(caller context.Context, op operation) (answer, error) {
	if err := c.check(); err != nil {
		return answer{}, err
	}
	ctx, cancel := withBudget(caller, c.callTimeout)
	defer cancel()
	op.params = append(op.params, param{"Format", c.format.String()})
	report := observed{observer: c.observer, action: op.action}
	var last error          // what the attempt before ended with
	var renewed *signingKey // with other credentials, after they were refused
	renewals := 0           // attempts that RetryPolicy does not count
	for n := 1; ; n++ {
		key, err := c.ready(ctx, caller, renewed)
		if err != nil {
			return answer{attempts: n - 1}, &CallError{Action: op.action, Attempts: n - 1, Err: err, Last: last}
		}
		values := report.start(ctx, n)
		result := c.attempt(ctx, values, op, key)
		moved := c.setClock(result)
		wait, again := time.Duration(0), false
		renewed = nil
		if result.err != nil {
			now, _ := c.clock.now()
			hint := retryHint(result.header, now)
			describe(result.err, n, hint)
			if call, ok := result.err.(*CallError); ok && ctx.Err() != nil {
				call.Last = last
			}
			switch {
			case renewals == 0 && refusesCredentials(result.err):
				renewals++
				renewed, err = c.renew(ctx, key.Credentials)
				again = renewed != nil
			case moved && mayRetry(result.err, op.idempotent):
				wait, again = c.retry.decide(n-renewals, hint, timeLeft(ctx))
			}
		}
		report.end(values, result.observed(n, again, wait))
		switch {
		case result.err == nil:
			return answer{result.status, result.header, n}, nil
		case err != nil: // there are no other credentials to be had
			return answer{attempts: n}, &CallError{Action: op.action, Attempts: n, Err: err, Last: result.err}
		case !again:
			return answer{attempts: n}, result.err
		case !sleep(ctx, wait):
			return answer{attempts: n}, &CallError{Action: op.action, Attempts: n, Err: ended(ctx), Last: result.err}
		}
		last = result.err
	}
}

// setClock updates the clock after an attempt. It returns false if the request
// was refused for its time and a retry would have the same time.
func (c *Client) setClock(r result) bool {
	switch {
	case r.err == nil:
		c.clock.accepted(r.offset)
	case errors.Is(r.err, ErrClockSkew):
		return c.clock.refused(r.header, r.signedAt, r.offset)
	}
	return true
}

// ready waits for the limiter and returns the key to sign the next attempt with:
// renewed, or else one of the credentials that the provider returns, which may
// have been rotated since the last attempt.
func (c *Client) ready(ctx, caller context.Context, renewed *signingKey) (*signingKey, error) {
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	if c.limiter != nil {
		if err := c.limiter.Wait(patient{ctx, caller}); err != nil {
			return nil, provided(ctx, errLimiter, c.keys.redacted(err))
		}
	}
	if renewed != nil {
		return renewed, nil
	}
	return c.ask(ctx, Credentials{})
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
