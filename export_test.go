package domaintask

import (
	"context"
	"net/http"
)

// BuildRequest does what a call does before it sends: it checks, builds and
// signs.
func BuildRequest(ctx context.Context, c *Client, req PollTaskResultRequest) (*http.Request, error) {
	params, err := req.params()
	if err != nil {
		return nil, err
	}
	key, err := c.ready(ctx, nil)
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
	_, err = page.decode(body)
	return page, err
}

// NewTransport is what a client has that was given none.
var NewTransport = newTransport
