package domaintasktest

import (
	"context"
	"crypto/tls"
	"net"
	"sync"
	"sync/atomic"
)

// ResetConnections resets every connection that is open now as soon as the
// client uses it again, as a load balancer does that has dropped its idle
// connections. New connections work. It returns the number of connections.
//
// In memory, where there are no resets, the connections are closed.
func (s *Server) ResetConnections() int {
	return s.conns.each(func(c *conn) { c.resets.Store(true) })
}

// SilenceConnections silences every connection that is open now, as a NAT does
// that has forgotten them: the server does not receive what the client sends
// and sends nothing, responses in progress included. New connections work. It
// returns the number of connections.
func (s *Server) SilenceConnections() int {
	return s.conns.each((*conn).silence)
}

// Connections returns the number of open connections. A connection counts until
// the server notices that the client has closed it.
func (s *Server) Connections() int {
	return s.conns.each(func(*conn) {})
}

// FailDial makes new connections of the clients of Config fail with err, such as
// a *net.DNSError. Open connections keep working. If err is nil, new ones work
// again.
func (s *Server) FailDial(err error) {
	s.conns.mu.Lock()
	defer s.conns.mu.Unlock()
	s.conns.dialErr = err
}

// conns are the open connections of a server.
type conns struct {
	mu      sync.Mutex
	open    map[*conn]struct{}
	last    int // the number of the latest connection
	dialErr error
}

func (l *conns) each(do func(*conn)) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for c := range l.open {
		do(c)
	}
	return len(l.open)
}

func (l *conns) add(c net.Conn) *conn {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	added := &conn{Conn: c, all: l, num: l.last}
	if l.open == nil {
		l.open = map[*conn]struct{}{}
	}
	l.open[added] = struct{}{}
	return added
}

// dialer returns dial, which fails while FailDial says so.
func (l *conns) dialer(dial dialFunc) dialFunc {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		l.mu.Lock()
		err := l.dialErr
		l.mu.Unlock()
		if err != nil {
			return nil, err
		}
		return dial(ctx, network, address)
	}
}

type dialFunc = func(ctx context.Context, network, address string) (net.Conn, error)

// connListener adds the connections that it accepts to conns.
type connListener struct {
	net.Listener
	conns *conns
}

func (l connListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return l.conns.add(c), nil
}

// conn is the server's end of a connection, below TLS.
type conn struct {
	net.Conn
	all    *conns
	num    int // from 1, in the order of acceptance
	silent atomic.Bool
	resets atomic.Bool // at the next use
}

func (c *conn) silence() { c.silent.Store(true) }

// Read drops the data on a silent connection. It still ends with the client.
func (c *conn) Read(b []byte) (int, error) {
	for {
		n, err := c.Conn.Read(b)
		switch {
		case err != nil:
			return n, err
		case c.silent.Load():
			continue
		case c.resets.Load():
			c.reset()
			return 0, net.ErrClosed
		}
		return n, nil
	}
}

// Write drops the data on a silent connection.
func (c *conn) Write(b []byte) (int, error) {
	if c.silent.Load() {
		return len(b), nil
	}
	return c.Conn.Write(b)
}

// reset closes the connection. TCP drops the data that was not read yet and
// sends a reset.
func (c *conn) reset() {
	if tcp, ok := c.Conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}

func (c *conn) Close() error {
	c.all.mu.Lock()
	delete(c.all.open, c)
	c.all.mu.Unlock()
	return c.Conn.Close()
}

// connKey is the key of the connection in the context of a request.
type connKey struct{}

func withConn(ctx context.Context, c net.Conn) context.Context {
	return context.WithValue(ctx, connKey{}, c)
}

// connOf returns the connection of a request and, below TLS if there is any, the
// conn. Both are nil if the server is mounted in another one.
func connOf(ctx context.Context) (net.Conn, *conn) {
	top, _ := ctx.Value(connKey{}).(net.Conn)
	below := top
	if secure, ok := top.(*tls.Conn); ok {
		below = secure.NetConn()
	}
	c, _ := below.(*conn)
	return top, c
}

// connNum returns the number of the connection of a request, or 0.
func connNum(ctx context.Context) int {
	if _, c := connOf(ctx); c != nil {
		return c.num
	}
	return 0
}
