package domaintask

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/domaintask/domaintask/internal/redact"
)

// ProxyError is the failure of a request that goes through a proxy, in the Err
// of a CallError. Nothing was sent to the service.
//
// A refusal is final, since a wrong password may lock an account, unless
// StatusCode says that the proxy is overloaded or could not reach the service:
// 408, 429, 500, 502, 503 or 504.
type ProxyError struct {
	Proxy      string // host:port, without user and password; "" if unknown
	StatusCode int    // of the response to CONNECT; 0 if there was none
	Err        error  // the cause if StatusCode is 0
}

// Error returns the proxy and the cause, without user and password.
func (e *ProxyError) Error() string {
	cause := bare(e.Err)
	if e.StatusCode != 0 {
		cause = strings.TrimSpace("refused to connect: " + strconv.Itoa(e.StatusCode) + " " + http.StatusText(e.StatusCode))
	}
	if e.StatusCode == http.StatusProxyAuthRequired {
		cause += " (check the user and password of the proxy)"
	}
	return strings.TrimSpace("proxy "+e.Proxy) + ": " + cause
}

// Unwrap returns Err.
func (e *ProxyError) Unwrap() error { return e.Err }

// readProxyResponse is an http.Transport.OnProxyConnectResponse: without it
// net/http reports only the reason phrase of a refusal.
func readProxyResponse(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Proxy: proxy.Host, StatusCode: resp.StatusCode}
}

// readProxy lets t report the status of a proxy that refuses, after the user's
// own hook.
func readProxy(t *http.Transport) {
	first := t.OnProxyConnectResponse
	t.OnProxyConnectResponse = func(ctx context.Context, proxy *url.URL, req *http.Request, resp *http.Response) error {
		if first != nil {
			if err := first(ctx, proxy, req, resp); err != nil {
				return err
			}
		}
		return readProxyResponse(ctx, proxy, req, resp)
	}
}

// nameProxy returns err as a ProxyError if the proxy of req is the cause of it.
func nameProxy(transport http.RoundTripper, req *http.Request, err error) error {
	t, ok := transport.(*http.Transport)
	var known *ProxyError
	if !ok || t.Proxy == nil || errors.As(err, &known) {
		return err
	}
	proxy, proxyErr := t.Proxy(req)
	var parseErr *url.Error
	switch {
	case errors.As(proxyErr, &parseErr) && parseErr.Op == "parse", proxyErr != nil && strings.HasPrefix(proxyErr.Error(), "invalid proxy address"):
		return &ProxyError{Err: errors.New("its address is not a URL")} // the error quotes the address, password included
	case proxyErr != nil || proxy == nil:
		return err
	}
	if cause := proxyCause(err); cause != nil {
		return &ProxyError{Proxy: proxy.Host, Err: cause}
	}
	if req.URL.Scheme != "https" || !bareText(t, err) {
		return err
	}
	for status := 201; status <= 599; status++ {
		if strings.EqualFold(http.StatusText(status), err.Error()) {
			return &ProxyError{Proxy: proxy.Host, StatusCode: status}
		}
	}
	password, _ := proxy.User.Password()
	text := redact.Text(err.Error()[:min(len(err.Error()), searchedBody)], password)
	text = strings.ToValidUTF8(text[:min(len(text), maxMessage)], "")
	return &ProxyError{Proxy: proxy.Host, Err: errors.New("refused to connect: " + text)}
}

// proxyCause returns why no connection to or through the proxy was made, or nil
// if err is something else.
func proxyCause(err error) error {
	var op *net.OpError
	if errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect") {
		return cmp.Or(op.Err, err)
	}
	return nil
}

// bareText reports whether err is the reason phrase of a refused CONNECT. That
// is all that net/http reports without readProxyResponse, in an error of no
// type; other such errors begin with the name of a package, are temporary, or
// come from a hook of the user's.
func bareText(t *http.Transport, err error) bool {
	if tls := t.TLSClientConfig; tls != nil && (tls.VerifyConnection != nil || tls.VerifyPeerCertificate != nil || tls.GetClientCertificate != nil) {
		return false
	}
	named := slices.ContainsFunc([]string{"http: ", "http2: ", "net/http: ", "tls: ", "x509: ", "crypto/"}, func(name string) bool {
		return strings.HasPrefix(err.Error(), name)
	})
	return fmt.Sprintf("%T", err) == "*errors.errorString" && !named && !errors.Is(err, context.Canceled) && !temporaryTransport(err)
}
