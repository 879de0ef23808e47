package domaintasktest

import (
	"cmp"
	"slices"
	"time"

	"github.com/domaintask/domaintask"
)

// The access key that a server accepts unless Options say otherwise.
const (
	DefaultAccessKeyID     = "testid"
	DefaultAccessKeySecret = "testsecret-of-the-emulator" // of the length that FIPS 140-only mode asks for
)

// DefaultMaxRequests is how many requests a server remembers unless Options
// say otherwise.
const DefaultMaxRequests = 10_000

// Options change what a server expects and how it answers. The zero value is
// what NewServer uses.
type Options struct {
	// AccessKeyID and AccessKeySecret are the access key that is accepted; ""
	// means DefaultAccessKeyID and DefaultAccessKeySecret.
	AccessKeyID     string
	AccessKeySecret string
	// SecurityToken must come with the access key, as with temporary (STS)
	// credentials; "" means that none may.
	SecurityToken string
	// SecurityTokenExpires is from when on SecurityToken is refused as
	// expired; zero means never.
	SecurityTokenExpires time.Time
	// BearerToken is accepted in place of the access key, which goes on being
	// accepted, and is what Config uses; "" means that no bearer token is.
	BearerToken string

	// Addr is the TCP address to listen on, such as 127.0.0.1:8080, for clients
	// that cannot be configured with Server.URL. If empty, it is a free loopback
	// port. The certificate is valid for loopback addresses and localhost.
	Addr string
	// PlainHTTP serves http in place of https.
	PlainHTTP bool
	// InMemory does without sockets: only the HTTPClient of Config reaches the
	// server, over connections in memory, by HTTP/1.1.
	InMemory bool
	// ProxyStatus makes the clients of Config use a proxy that refuses every
	// CONNECT with this HTTP status, such as 407 or 403. Server.Requests has each
	// CONNECT. It has no effect with PlainHTTP, which needs no CONNECT; 0 means no
	// proxy.
	ProxyStatus int

	// OmitPageFlags leaves NextPage and PrePage out of pages, as the
	// documented samples do.
	OmitPageFlags bool
	// PageSizeLimit is how many tasks a page holds at most. A page that was
	// asked for with more is of this size, and says so in PageSize; 0 means
	// domaintask.MaxPageSize, beyond which requests are refused.
	PageSizeLimit int
	// Deny names the operations that the caller has no permission for, such
	// as AcknowledgeTaskResult: who may poll need not be allowed to
	// acknowledge. They are refused with 403 Forbidden.RAM.
	Deny []string
	// Latency is how long each answer is held back. The request is processed
	// when it arrives: a client that gives up waiting may have acknowledged
	// all the same. 0 means not at all.
	Latency time.Duration
	// Now is the clock of the service, which timestamps are checked against
	// and the Date header is taken from; nil means time.Now. Requests may call
	// it from many goroutines.
	Now func() time.Time
	// MaxRequests is how many requests are remembered, the oldest being
	// forgotten first; 0 means DefaultMaxRequests, a negative number none.
	MaxRequests int
}

func (o Options) withDefaults() Options {
	o.AccessKeyID = cmp.Or(o.AccessKeyID, DefaultAccessKeyID)
	o.AccessKeySecret = cmp.Or(o.AccessKeySecret, DefaultAccessKeySecret)
	o.MaxRequests = max(cmp.Or(o.MaxRequests, DefaultMaxRequests), 0)
	if o.PageSizeLimit <= 0 {
		o.PageSizeLimit = domaintask.MaxPageSize
	}
	o.Deny = slices.Clone(o.Deny)
	if o.Now == nil {
		o.Now = time.Now
	}
	return o
}

// credentials returns the credentials that the server accepts.
func (s *Server) credentials() domaintask.Credentials {
	if s.opts.BearerToken != "" {
		return domaintask.BearerCredentials(s.opts.BearerToken)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return domaintask.NewCredentials(s.opts.AccessKeyID, s.opts.AccessKeySecret, s.state.token)
}

// Renew makes this the only SecurityToken that the server accepts, with no end.
// It refuses the tokens before it as expired, also in requests that are signed
// already. Providers of Config return the new token from then on.
func (s *Server) Renew(securityToken string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.state.expired == nil {
		s.state.expired = map[string]bool{}
	}
	s.state.expired[s.state.token] = true
	delete(s.state.expired, securityToken)
	s.state.token, s.state.tokenExpires = securityToken, time.Time{}
}
