package domaintasktest

import (
	"context"
	"net"
	"sync"
	"time"
)

// memoryHost is the host of every server without a socket. The name is reserved
// for tests, so only a client of Config reaches a server by it.
const memoryHost = "domaintask.test"

// memoryListener opens connections in memory. They are net.Pipes: for
// testing/synctest, a goroutine that waits on one is durably blocked.
type memoryListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemoryListener() *memoryListener {
	return &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// dial opens a connection. It ignores the address.
func (l *memoryListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.conns <- memoryConn{server}:
		return memoryConn{client}, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept returns the server's end of the next connection.
func (l *memoryListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close makes Accept and dial fail.
func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// memoryConn is one end of a connection.
type memoryConn struct{ net.Conn }

// closeTimeout is the write timeout that crypto/tls uses for the close alert.
const closeTimeout = 5 * time.Second

// SetWriteDeadline shortens the timeout of a close alert. The connection has no
// buffer, so if both ends send an alert at the same time, both wait for a reader.
// The other timeouts here, of net/http for the handshake, are longer and stay as
// they are.
func (c memoryConn) SetWriteDeadline(t time.Time) error {
	if left := time.Until(t); left > 0 && left <= closeTimeout {
		t = time.Now().Add(time.Millisecond)
	}
	return c.Conn.SetWriteDeadline(t)
}

// Addr returns a name, not an address that can be dialed.
func (l *memoryListener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }

func (memoryAddr) String() string { return memoryHost }
