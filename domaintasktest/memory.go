package domaintasktest

import (
	"context"
	"net"
	"sync"
	"time"
)

// memoryHost is the address of every server without a socket. The name is
// reserved for tests: a client that is not that of Config finds nothing there.
const memoryHost = "domaintask.test"

// memoryListener hands out connections that exist in memory only. They are
// net.Pipes, on which testing/synctest sees a waiting goroutine as waiting.
type memoryListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newMemoryListener() *memoryListener {
	return &memoryListener{conns: make(chan net.Conn), closed: make(chan struct{})}
}

// dial opens a connection, whatever address is asked for.
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

// Close lets Accept and dial fail from now on.
func (l *memoryListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

// memoryConn is one end of a connection.
type memoryConn struct{ net.Conn }

// goodbye is how long crypto/tls grants itself to tell the other end that it
// closes the connection.
const goodbye = 5 * time.Second

// SetWriteDeadline cuts a goodbye short. There is no buffer to leave it in, so
// that where both ends say it at the same time, neither listens. The other
// deadlines here, of net/http for the handshake, are longer and left alone.
func (c memoryConn) SetWriteDeadline(t time.Time) error {
	if left := time.Until(t); left > 0 && left <= goodbye {
		t = time.Now().Add(time.Millisecond)
	}
	return c.Conn.SetWriteDeadline(t)
}

// Addr is the address in name only.
func (l *memoryListener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }

func (memoryAddr) String() string { return memoryHost }
