package domaintask

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
)

// connections is the http.RoundTripper of every client. It keeps attempts away
// from connections that have probably died: if a request times out or its
// connection breaks, the requests that start later use a new transport, and so
// a new connection. This also holds while other requests still wait on the old
// connection, which net/http alone would share with them over HTTP/2.
type connections struct {
	// renew returns the transport that replaces old, or old if it cannot be
	// replaced.
	renew func(old http.RoundTripper) http.RoundTripper
	// reached reports whether a response has ever arrived, so the host's name exists.
	reached atomic.Bool

	mu      sync.Mutex
	current *pool
}

// pool is the connections of one transport.
type pool struct {
	transport http.RoundTripper
	answered  atomic.Bool // a response has arrived over one of its connections
	failed    atomic.Bool // the next request replaces it
}

func newConnections(first http.RoundTripper, renew func(old http.RoundTripper) http.RoundTripper) *connections {
	return &connections{renew: renew, current: &pool{transport: first}}
}

// RoundTrip sends req over the current transport.
func (c *connections) RoundTrip(req *http.Request) (*http.Response, error) {
	p := c.pool()
	req, connected := p.trace(req)
	resp, err := p.transport.RoundTrip(req)
	if err != nil {
		p.judge(req.Context(), err, connected())
		return nil, c.explain(p.transport, req, err)
	}
	if resp == nil { // net/http reports it
		return nil, nil
	}
	p.answered.Store(true)
	c.reached.Store(true)
	if resp.Body != nil && resp.Body != http.NoBody {
		resp.Body = &judgedBody{resp.Body, req.Context(), p, c}
	}
	return resp, nil
}

// pool returns the connections for the next request. A failed transport closes
// its idle connections only now: right after a timeout, net/http still counts
// the HTTP/2 connection as in use.
func (c *connections) pool() *pool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current.failed.Load() {
		old := c.current.transport
		if idle, ok := old.(interface{ CloseIdleConnections() }); ok {
			idle.CloseIdleConnections()
		}
		c.current = &pool{transport: c.renew(old)}
	}
	return c.current
}

// trace returns req and a function that reports whether it had a connection,
// or may have had one: not every RoundTripper says so. Once p has answered,
// there are connections, so nothing is traced.
func (p *pool) trace(req *http.Request) (traced *http.Request, connected func() bool) {
	if p.answered.Load() {
		return req, func() bool { return true }
	}
	var wanted, got atomic.Bool
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GetConn: func(string) { wanted.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { got.Store(true) },
	})
	return req.WithContext(ctx), func() bool { return got.Load() || !wanted.Load() }
}

// judge marks p as failed if err, or the end of ctx that caused it, means that
// connections may be dead. A timeout before there was a connection does not: the
// dial continues, and the next attempt may use the result.
func (p *pool) judge(ctx context.Context, err error, connected bool) {
	if ended := ctx.Err(); ended != nil { // err may be no more than its cause
		err = ended
	}
	if connected && brokenConnection(err) {
		p.failed.Store(true)
	}
}

// explain adds information that net/http lacks to err: the proxy that failed, and
// that a missing name existed before.
func (c *connections) explain(transport http.RoundTripper, req *http.Request, err error) error {
	err = nameProxy(transport, req, err)
	var dns *net.DNSError
	if c.reached.Load() && errors.As(err, &dns) && dns.IsNotFound {
		err = &lostNameError{err}
	}
	return err
}

// judgedBody is a response body that may end with the failure of its
// connection. It keeps the connections reachable, so that the cleanup of a
// dropped client does not close them while they are in use.
type judgedBody struct {
	io.ReadCloser
	ctx    context.Context // of the request
	pool   *pool
	client *connections
}

func (b *judgedBody) Read(buf []byte) (int, error) {
	n, err := b.ReadCloser.Read(buf)
	if err != nil && err != io.EOF {
		b.pool.judge(b.ctx, err, true)
	}
	return n, err
}
