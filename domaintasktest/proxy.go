package domaintasktest

import (
	"net/http"
	"net/url"
)

// ProxyPassword is the password that the clients of Config give to the proxy of
// Options.ProxyStatus. It must not show in errors or logs.
const ProxyPassword = "proxy-password"

// proxy returns the URL of the proxy for a client of Config, or nil. The server
// is its own proxy, since it refuses every CONNECT.
func (s *Server) proxy() *url.URL {
	if s.opts.ProxyStatus == 0 || s.opts.PlainHTTP {
		return nil
	}
	proxy, _ := url.Parse(s.URL)
	proxy.User = url.UserPassword("proxy-user", ProxyPassword)
	return proxy
}

// refuseConnect responds to a CONNECT as a proxy that refuses it.
func (s *Server) refuseConnect(w http.ResponseWriter, r *http.Request) {
	if s.opts.ProxyStatus == http.StatusProxyAuthRequired {
		w.Header().Set("Proxy-Authenticate", `Basic realm="proxy"`)
	}
	s.mu.Lock()
	s.state.record(Request{
		Time:       s.opts.Now(),
		Method:     r.Method,
		UserAgent:  r.UserAgent(),
		Conn:       connNum(r.Context()),
		StatusCode: s.opts.ProxyStatus,
	}, s.opts.MaxRequests)
	s.mu.Unlock()
	w.WriteHeader(s.opts.ProxyStatus)
}
