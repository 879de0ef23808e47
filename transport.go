package domaintask

import (
	"cmp"
	"maps"
	"net/http"
	"net/netip"
	"net/url"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"
)

// parseEndpoint reads a host, host:port or URL. Its errors never quote the
// text, which may hold a password.
func parseEndpoint(text string, allowHTTP bool) (*url.URL, error) {
	refuse := func(reason string) (*url.URL, error) {
		return nil, &ParamError{Param: "Endpoint", Reason: reason}
	}
	if !strings.Contains(text, "://") {
		text = "https://" + text
	}
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || !validPort(u) || !plainHost(u.Hostname()):
		return refuse("must be a host, host:port or https URL, an international name in its ASCII form")
	case u.User != nil:
		return refuse("must not hold a user or password")
	case u.Path != "" && u.Path != "/":
		return refuse("must not hold a path: the service has none")
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return refuse("must not hold a query or fragment")
	case u.Scheme == "http" && !allowHTTP && !loopback(u.Hostname()):
		return refuse("must be https: plain http exposes the credentials on the network; AllowHTTP permits it nevertheless")
	case u.Scheme != "http" && u.Scheme != "https":
		return refuse("must be https")
	}
	return &url.URL{Scheme: u.Scheme, Host: strings.ToLower(u.Host)}, nil
}

func validPort(u *url.URL) bool {
	if strings.HasSuffix(u.Host, ":") {
		return false
	}
	if u.Port() == "" {
		return true
	}
	n, err := strconv.ParseUint(u.Port(), 10, 16)
	return err == nil && n > 0
}

func plainHost(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	return !strings.ContainsFunc(host, func(r rune) bool {
		return !('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || r == '-' || r == '.' || r == '_')
	})
}

func loopback(host string) bool {
	addr, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// httpClient returns a client that follows no redirects: a redirected request would
// send its signature and token to the host in the redirect.
//
// It is behind a function so that nothing that prints or walks a Client reaches
// its connections, whose buffers hold what was sent.
func httpClient(given *http.Client, timeout time.Duration) func() *http.Client {
	c := new(http.Client)
	if given == nil {
		c.Transport = ownConnections(timeout)
	} else {
		*c = *given
		c.Transport = givenConnections(given.Transport, timeout)
	}
	c.Transport = redirectless{c.Transport}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return func() *http.Client { return c }
}

// redirectless removes the target of a redirect: an http.Client parses it even if
// it does not follow, and quotes it in an error.
type redirectless struct{ http.RoundTripper }

func (t redirectless) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(req)
	if err == nil && resp != nil && resp.Header.Get("Location") != "" {
		resp.Header = maps.Clone(resp.Header)
		resp.Header.Del("Location")
	}
	return resp, err
}

// ownConnections returns the connections of a client without a user's http.Client.
// They are closed when the client has been dropped: no transport refers to them, so
// the cleanup runs although transports have goroutines.
func ownConnections(timeout time.Duration) *connections {
	d := newDialer()
	renew := func(http.RoundTripper) http.RoundTripper { return newTransport(timeout, d) }
	c := newConnections(renew(nil), renew)
	runtime.AddCleanup(c, (*dialer).close, d)
	return c
}

// givenConnections returns the connections of a client with a transport of the
// user's, which is used as it is until a connection fails.
func givenConnections(given http.RoundTripper, timeout time.Duration) *connections {
	if given == nil {
		given = http.DefaultTransport
	}
	return newConnections(given, func(old http.RoundTripper) http.RoundTripper {
		t, ok := old.(*http.Transport)
		if !ok {
			return old
		}
		clone := cloneTransport(t)
		if clone.TLSNextProto["h2"] != nil { // golang.org/x/net/http2, whose connections clones share
			return old
		}
		if t == given {
			readProxy(clone)
		}
		clone.IdleConnTimeout = min(cmp.Or(clone.IdleConnTimeout, idleTimeout), idleTimeout)
		addPings(clone, timeout)
		return clone
	})
}

// idleTimeout is how long connections are kept for the next request. It is
// shorter than the 10 to 15 seconds after which load balancers of the service
// may close them.
const idleTimeout = 9 * time.Second

// newTransport is net/http's default transport with enough idle connections
// for one busy host, where the default of two would reconnect all the time.
func newTransport(timeout time.Duration, d *dialer) *http.Transport {
	t := &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		OnProxyConnectResponse: readProxyResponse,
		DialContext:            d.dial,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           100,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        idleTimeout,
		TLSHandshakeTimeout:    10 * time.Second,
		ExpectContinueTimeout:  time.Second,
	}
	addPings(t, timeout)
	return t
}

// addPings lets HTTP/2 notice a dead connection in about half of timeout, the
// time for one attempt: by a ping after a quarter of it without a frame, and a
// quarter for the response. The bounds are for round trips that take long, and
// for attempts that may take minutes.
func addPings(t *http.Transport, timeout time.Duration) {
	quarter := min(max(timeout/4, time.Second), 15*time.Second)
	if t.HTTP2 == nil {
		t.HTTP2 = new(http.HTTP2Config)
	}
	t.HTTP2.SendPingTimeout = cmp.Or(t.HTTP2.SendPingTimeout, quarter)
	t.HTTP2.PingTimeout = cmp.Or(t.HTTP2.PingTimeout, quarter)
}

// cloneTransport returns a clone of t that speaks HTTP/2 if t does. Clone alone
// forgets a default: it copies a TLS configuration that net/http has made for
// HTTP/2, and net/http takes it for the user's and stays with HTTP/1.1.
func cloneTransport(t *http.Transport) *http.Transport {
	clone := t.Clone()
	if clone.TLSClientConfig != nil && slices.Contains(clone.TLSClientConfig.NextProtos, "h2") {
		clone.ForceAttemptHTTP2 = true
	}
	return clone
}
