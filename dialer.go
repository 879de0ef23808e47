package domaintask

import (
	"context"
	"net"
	"sync"
	"time"
)

// dialer makes the connections of a client and closes those that are left when
// the client has been dropped. It closes sockets rather than calling
// CloseIdleConnections, since the cleanup of the runtime runs outside any
// bubble of testing/synctest, where it must not touch the channels of a
// transport that lives in one.
type dialer struct {
	net net.Dialer

	mu     sync.Mutex
	open   map[*dialedConn]struct{}
	closed bool
}

func newDialer() *dialer {
	return &dialer{
		net:  net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second},
		open: map[*dialedConn]struct{}{},
	}
}

func (d *dialer) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.net.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	dialed := &dialedConn{Conn: conn, dialer: d}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed { // net/http dials on after the request that needed it
		conn.Close()
		return nil, net.ErrClosed
	}
	d.open[dialed] = struct{}{}
	return dialed, nil
}

// close closes all connections, open and to come.
func (d *dialer) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	for conn := range d.open {
		conn.Conn.Close()
	}
	clear(d.open)
}

// dialedConn is a connection that its dialer forgets once it is closed.
type dialedConn struct {
	net.Conn
	dialer *dialer
}

func (c *dialedConn) Close() error {
	c.dialer.mu.Lock()
	delete(c.dialer.open, c)
	c.dialer.mu.Unlock()
	return c.Conn.Close()
}
