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

// Server is a PollTaskResult service in memory. Its methods may be called at
// any time, before and after Close, by any number of goroutines.
type Server struct {
	// URL is where the server is reached, such as https://127.0.0.1:45678. It
	// does not change.
	URL string

	opts   Options
	cert   *x509.Certificate // nil with PlainHTTP
	dial   dialFunc
	http   *http.Server
	cancel context.CancelFunc // ends the answers that are being held back
	closed <-chan struct{}    // when cancel was called
	faults faults
	conns  conns
	busy   sync.WaitGroup // the loop that accepts connections, and the connections

	mu      sync.Mutex // guards state and actions
	state   state
	actions map[operation]responder // added by Handle
}

// NewServer starts a server on a loopback port, with https and a certificate
// of its own, that lists the given tasks. It must be closed.
//
// As with httptest, that the machine gives no loopback port is a panic.
func NewServer(tasks ...domaintask.TaskDetail) *Server {
	return NewServerWith(Options{}, tasks...)
}

// NewServerWith is NewServer with other than the usual options.
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

// Close ends the server: answers that are held back are dropped, connections
// are closed. When it returns, no goroutine of the server is left that waits
// for anything. To close twice is harmless.
func (s *Server) Close() {
	s.cancel()
	s.http.Close()
	s.busy.Wait()
}

// Config is a configuration that reaches the server: with its address, its
// credentials and an HTTP client of its own that trusts its certificate. Each
// call returns a fresh one, to be changed at will.
func (s *Server) Config() domaintask.Config {
	return domaintask.Config{
		Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { return s.credentials(), nil }),
		Endpoint:    s.URL,
		AllowHTTP:   s.opts.PlainHTTP,
		HTTPClient:  &http.Client{Transport: s.newTransport()},
	}
}

// Certificate is what the server shows to https clients: self-signed, for
// clients other than that of Config to trust. It is nil with
// Options.PlainHTTP.
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
		// A peer that connects and says nothing must not outlast its test.
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
			// A ticket is written right after the handshake. On a connection
			// without a buffer, as those in memory are, it would wait for a
			// client that is itself waiting to write.
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

// countConn keeps busy at the number of open connections. Connections come
// from the accepting loop, which is counted itself, so that busy never rises
// from zero while Close waits.
func (s *Server) countConn(ctx context.Context, conn net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.busy.Add(1)
		if ctx.Err() != nil {
			// Accepted while Close went through the others; net/http would
			// let this one live.
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
		MaxIdleConnsPerHost: 64, // a test with many goroutines is not about reconnecting
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
