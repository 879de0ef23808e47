package domaintask

import (
	"context"
	"net/http"
	"time"
)

// BuildRequest does what a call does before it sends: it checks, builds and
// signs.
func BuildRequest(ctx context.Context, c *Client, req PollTaskResultRequest) (*http.Request, error) {
	params, err := req.params()
	if err != nil {
		return nil, err
	}
	key, err := c.ready(ctx, ctx, nil)
	if err != nil {
		return nil, err
	}
	op := operation{action: "PollTaskResult", params: append(params, param{"Format", c.format.String()})}
	now, _ := c.clock.now()
	r, _ := c.newRequest(ctx, op, key, now, newNonce())
	return r, nil
}

// ReadPage does what a call does with a 2xx answer.
func ReadPage(c *Client, resp *http.Response) (*PollTaskResultResponse, error) {
	buf := c.buffers.get()
	defer c.buffers.put(buf)
	body, err := readBody(buf, resp, c.maxBytes)
	if err != nil {
		return nil, err
	}
	page := new(PollTaskResultResponse)
	_, err = page.decode("PollTaskResultResponse", body)
	return page, err
}

// NewTransport is what a client has that was given none.
func NewTransport() *http.Transport { return newTransport(DefaultTimeout, newDialer()) }

// SetTransport calls set with every transport of a client that was given none.
func SetTransport(c *Client, set func(*http.Transport)) {
	own := c.http().Transport.(redirectless).RoundTripper.(*connections)
	renew := own.renew
	own.renew = func(old http.RoundTripper) http.RoundTripper {
		t := renew(old)
		set(t.(*http.Transport))
		return t
	}
	set(own.current.transport.(*http.Transport))
}

// WithTimeout returns a client that shares its connections with c.
func WithTimeout(c *Client, timeout time.Duration) *Client {
	other := *c
	other.timeout = timeout
	return &other
}

// CloneTransport is how the transport of a user is cloned.
var CloneTransport = cloneTransport
