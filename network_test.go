package domaintask_test

import (
	"crypto/tls"
	"crypto/x509"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// network is a listener whose connections fail as the network would make them:
// without a word to the server.
type network struct {
	net.Listener
	over chan struct{} // closed when the test ends
	hits chan struct{} // one value for each packet of a client that a failed connection swallowed

	mu       sync.Mutex
	accepted []*networkConn
	gate     chan struct{} // what new connections wait for; nil: nothing
}

// fate is what happens to a connection when the client next uses it.
type fate int32

const (
	healthy fate = iota
	reset        // it is reset
	silent       // its packets vanish
)

// networkConn is the server's side of a connection.
type networkConn struct {
	*net.TCPConn
	network *network
	gate    chan struct{}
	fate    atomic.Int32
}

func (n *network) Accept() (net.Conn, error) {
	conn, err := n.Listener.Accept()
	if err != nil {
		return nil, err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	c := &networkConn{TCPConn: conn.(*net.TCPConn), network: n, gate: n.gate}
	n.accepted = append(n.accepted, c)
	return c, nil
}

// hold keeps back what the client sends on connections to come until the
// returned function is called.
func (n *network) hold() (release func()) {
	n.mu.Lock()
	defer n.mu.Unlock()
	gate := make(chan struct{})
	n.gate = gate
	return func() { close(gate) }
}

// fail lets all connections so far meet their fate.
func (n *network) fail(f fate) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, conn := range n.accepted {
		conn.fate.Store(int32(f))
	}
}

// opened returns how many connections there have been.
func (n *network) opened() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.accepted)
}

func (c *networkConn) Read(b []byte) (int, error) {
	if c.gate != nil {
		select {
		case <-c.gate:
		case <-c.network.over:
		}
	}
	for {
		n, err := c.TCPConn.Read(b)
		if err != nil || fate(c.fate.Load()) == healthy {
			return n, err
		}
		select {
		case c.network.hits <- struct{}{}:
		default:
		}
		if fate(c.fate.Load()) == reset {
			c.SetLinger(0)
			c.TCPConn.Close()
		}
	}
}

func (c *networkConn) Write(b []byte) (int, error) {
	if fate(c.fate.Load()) == silent {
		return len(b), nil
	}
	return c.TCPConn.Write(b)
}

// protocol is how a server is spoken to.
type protocol string

const (
	http1 protocol = "HTTP/1.1"
	http2 protocol = "HTTP/2.0"
)

// startNetwork serves handler with TLS behind a network that can fail. An
// HTTP/2 connection carries one request at a time unless shared is set.
func startNetwork(t *testing.T, p protocol, shared bool, handler http.HandlerFunc) (*httptest.Server, *network) {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Proto != string(p) {
			t.Errorf("the request came as %s", r.Proto)
		}
		handler(w, r)
	}))
	n := &network{Listener: server.Listener, over: make(chan struct{}), hits: make(chan struct{}, 100)}
	server.Listener = n
	server.EnableHTTP2 = p == http2
	if !shared {
		server.Config.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 1}
	}
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // of handshakes that were given up
	server.StartTLS()
	t.Cleanup(func() {
		close(n.over)
		n.mu.Lock()
		for _, conn := range n.accepted {
			conn.TCPConn.Close()
		}
		n.mu.Unlock()
		server.Close()
	})
	return server, n
}

// transports are those that a client may have: its own, or one that it was
// given.
var transports = []string{"own", "given"}

// eachConnection runs test for each protocol and kind of transport.
func eachConnection(t *testing.T, test func(t *testing.T, p protocol, transport string)) {
	for _, p := range []protocol{http1, http2} {
		for _, transport := range transports {
			t.Run(string(p)+"/"+transport, func(t *testing.T) {
				t.Parallel()
				test(t, p, transport)
			})
		}
	}
}

// eachFailure does so for each way in which a connection fails, too.
func eachFailure(t *testing.T, test func(t *testing.T, p protocol, transport string, fate fate)) {
	for name, fate := range map[string]fate{"reset": reset, "silent": silent} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachConnection(t, func(t *testing.T, p protocol, transport string) { test(t, p, transport, fate) })
		})
	}
}

// newClientOver returns a client with a transport of the given kind, which set
// has set up.
func newClientOver(t *testing.T, transport string, config domaintask.Config, set func(*http.Transport)) *domaintask.Client {
	t.Helper()
	if transport == "own" {
		client := newClient(t, config)
		domaintask.SetTransport(client, set)
		return client
	}
	given := &http.Transport{ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 64}
	set(given)
	t.Cleanup(given.CloseIdleConnections)
	config.HTTPClient = &http.Client{Transport: given}
	return newClient(t, config)
}

// newTLSClient returns such a client that trusts server.
func newTLSClient(t *testing.T, server *httptest.Server, transport string, config domaintask.Config) *domaintask.Client {
	t.Helper()
	config.Endpoint = server.URL
	return newClientOver(t, transport, config, func(t *http.Transport) {
		t.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
		t.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	})
}

// listen serves connections with serve, which are closed after it, and counts
// them.
func listen(t *testing.T, serve func(net.Conn)) (address string, connections *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { listener.Close() })
	connections = new(atomic.Int64)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			connections.Add(1)
			go func() {
				defer conn.Close()
				serve(conn)
			}()
		}
	}()
	return listener.Addr().String(), connections
}

// together returns a handler that answers n requests once all of them are
// there, and every later one at once, and a function that sends them.
func together(t *testing.T, n int) (handler http.HandlerFunc, send func(*domaintask.Client)) {
	t.Helper()
	var asked atomic.Int64
	all := make(chan struct{})
	handler = func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == int64(n) {
			close(all)
		}
		select {
		case <-all:
			w.Write([]byte(emptyPage))
		case <-r.Context().Done():
		}
	}
	send = func(client *domaintask.Client) {
		var wg sync.WaitGroup
		for range n {
			wg.Go(func() {
				_, err := domaintask.WithTimeout(client, time.Minute).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		require.False(t, t.Failed())
	}
	return handler, send
}
