package domaintask

import (
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
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
		return refuse("must be https: over plain http anyone on the way reads the credentials; AllowHTTP permits it all the same")
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

// httpClient returns a client that follows no redirects: a redirected request
// would hand its signature, and its token, to whatever host is named.
//
// It is behind a function so that nothing that prints or walks a Client reaches
// its connections, whose buffers hold what was sent.
func httpClient(given *http.Client) func() *http.Client {
	c := new(http.Client)
	if given != nil {
		*c = *given
	}
	if given == nil {
		c.Transport = newTransport()
	}
	if c.Transport == nil {
		c.Transport = http.DefaultTransport
	}
	c.Transport = redirectless{c.Transport}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return func() *http.Client { return c }
}

// redirectless sends without saying where a redirect leads: an http.Client
// parses that even if it does not follow, and quotes it in an error.
type redirectless struct{ http.RoundTripper }

func (t redirectless) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.RoundTripper.RoundTrip(req)
	if err == nil && resp != nil && resp.Header.Get("Location") != "" {
		resp.Header = maps.Clone(resp.Header)
		resp.Header.Del("Location")
	}
	return resp, err
}

// newTransport is net/http's default transport with enough idle connections
// for one busy host, where the default of two would reconnect all the time.
func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          100,
		MaxIdleConnsPerHost:   64,
		IdleConnTimeout:       90 * time.Second,
		TLSHandshakeTimeout:   10 * time.Second,
		ExpectContinueTimeout: time.Second,
	}
}
