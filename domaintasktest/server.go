package domaintasktest

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/domaintask/domaintask"
)

// Server is a service in memory. Its methods may be called by several goroutines
// at a time, before and after Close.
type Server struct {
	// URL is the endpoint of the server, such as https://127.0.0.1:45678. It does
	// not change.
	URL string

	opts   Options
	cert   *x509.Certificate // nil with PlainHTTP
	dial   dialFunc
	http   *http.Server
	cancel context.CancelFunc // ends responses in progress
	closed <-chan struct{}    // closed by cancel
	faults faults
	conns  conns
	busy   sync.WaitGroup // counts the accept loop and the open connections

	mu      sync.Mutex // guards state and actions
	state   state
	actions map[operation]responder // added by Handle
}

// NewServer starts a server that lists these finished tasks, on a loopback port,
// with https and a certificate of its own. It must be closed.
//
// Like httptest, it panics if no loopback port is available.
func NewServer(tasks ...domaintask.TaskDetail) *Server {
	return NewServerWith(Options{}, tasks...)
}

// NewServerWith is NewServer with options. It panics if it cannot listen on
// Options.Addr.
func NewServerWith(opts Options, tasks ...domaintask.TaskDetail) *Server {
	s := &Server{opts: opts.withDefaults()}
	s.state.token, s.state.tokenExpires = opts.SecurityToken, opts.SecurityTokenExpires
	s.Add(tasks...)

	var listener net.Listener
	host := memoryHost
	if opts.InMemory {
		memory := newMemoryListener()
		listener, s.dial = memory, memory.dial
	} else {
		listener, s.dial = listen(s.opts.Addr), new(net.Dialer).DialContext
		host = reachable(listener.Addr().(*net.TCPAddr))
	}
	s.start(listener, host)
	return s
}

// Close stops the server. It drops responses in progress and closes connections.
// When it returns, no goroutine of the server is blocked. A second call does
// nothing.
func (s *Server) Close() {
	s.cancel()
	s.http.Close()
	s.busy.Wait()
}

// Config returns a configuration that reaches the server: its URL, credentials
// that it accepts and an HTTP client that trusts its certificate. Each call
// returns a new one, which may be changed.
func (s *Server) Config() domaintask.Config {
	return domaintask.Config{
		Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { return s.credentials(), nil }),
		Endpoint:    s.URL,
		AllowHTTP:   s.opts.PlainHTTP,
		HTTPClient:  &http.Client{Transport: s.newTransport()},
	}
}

// Certificate returns the self-signed certificate of the server, which clients
// other than those of Config must trust. It is nil with Options.PlainHTTP.
func (s *Server) Certificate() *x509.Certificate { return s.cert }

// listen listens on addr or, if it is empty, on a free loopback port, of IPv6 if
// there is no IPv4.
func listen(addr string) net.Listener {
	listener, err := net.Listen("tcp", cmp.Or(addr, "127.0.0.1:0"))
	if err != nil && addr == "" {
		if listener, err6 := net.Listen("tcp6", "[::1]:0"); err6 == nil {
			return listener
		}
	}
	if err != nil {
		panic("domaintasktest: " + err.Error())
	}
	return listener
}

// reachable returns an address that a client can use.
func reachable(addr *net.TCPAddr) string {
	if addr.IP.IsUnspecified() {
		return net.JoinHostPort("localhost", strconv.Itoa(addr.Port))
	}
	return addr.String()
}

func (s *Server) start(listener net.Listener, host string) {
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel, s.closed = cancel, ctx.Done()
	s.http = &http.Server{
		Handler:     s,
		BaseContext: func(net.Listener) context.Context { return ctx },
		ConnContext: withConn,
		ConnState:   func(conn net.Conn, state http.ConnState) { s.countConn(ctx, conn, state) },
		ErrorLog:    log.New(io.Discard, "", 0),
		// A client that connects and sends nothing must not outlast its test.
		ReadHeaderTimeout: time.Minute,
		Protocols:         s.protocols(),
	}
	serve := s.http.Serve
	s.URL = "http://" + host
	if !s.opts.PlainHTTP {
		s.URL = "https://" + host
		pair, leaf := newCertificate()
		s.cert = leaf
		s.http.TLSConfig = &tls.Config{
			Certificates: []tls.Certificate{pair},
			// A ticket is written right after the handshake. On a connection in
			// memory, which has no buffer, that would wait for a client that is
			// waiting to write.
			SessionTicketsDisabled: true,
		}
		serve = func(l net.Listener) error { return s.http.ServeTLS(l, "", "") }
	}
	s.busy.Go(func() { serve(connListener{listener, &s.conns}) }) // returns ErrServerClosed
}

// protocols returns HTTP/1.1 and HTTP/2. In memory, there is no HTTP/2: in Go
// 1.25, net/http's HTTP/2 shares channels between the bubbles of
// testing/synctest, which must not be shared. A proxy has none either, since
// net/http sends every CONNECT with HTTP/1.1.
func (s *Server) protocols() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	p.SetHTTP2(!s.opts.InMemory && s.proxy() == nil)
	return p
}

// countConn counts open connections in busy. The accept loop, which adds them, is
// counted itself, so busy never rises from zero while Close waits.
func (s *Server) countConn(ctx context.Context, conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.busy.Add(1)
		if ctx.Err() != nil {
			// Accepted while Close closed the others. net/http would keep this
			// one open.
			conn.Close()
		}
	case http.StateClosed, http.StateHijacked:
		s.busy.Done()
	}
}

func (s *Server) newTransport() *http.Transport {
	transport := &http.Transport{
		DialContext:         s.conns.dialer(s.dial),
		Protocols:           s.protocols(),
		MaxIdleConnsPerHost: 64, // tests with many goroutines need not reconnect
		IdleConnTimeout:     90 * time.Second,
	}
	if proxy := s.proxy(); proxy != nil {
		transport.Proxy = http.ProxyURL(proxy)
	}
	if s.cert != nil {
		pool := x509.NewCertPool()
		pool.AddCert(s.cert)
		transport.TLSClientConfig = &tls.Config{RootCAs: pool}
	}
	return transport
}
