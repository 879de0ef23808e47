package domaintasktest

import (
	"cmp"
	"slices"
	"time"

	"github.com/domaintask/domaintask"
)

// The default access key of a server.
const (
	DefaultAccessKeyID     = "testid"
	DefaultAccessKeySecret = "testsecret-of-the-emulator" // of the length that FIPS 140-only mode asks for
)

// DefaultMaxRequests is the default of Options.MaxRequests.
const DefaultMaxRequests = 10_000

// Options configure a server. NewServer uses the zero value.
type Options struct {
	// AccessKeyID and AccessKeySecret are the access key that the server accepts.
	// If empty, they are DefaultAccessKeyID and DefaultAccessKeySecret.
	AccessKeyID     string
	AccessKeySecret string
	// SecurityToken must be sent with the access key, as with temporary (STS)
	// credentials. If empty, none may be sent. Server.Renew replaces it.
	SecurityToken string
	// SecurityTokenExpires is the time from which SecurityToken is refused as
	// expired. The zero time means never.
	SecurityTokenExpires time.Time
	// BearerToken is accepted as well as the access key, and Config uses it. If
	// empty, no bearer token is accepted.
	BearerToken string

	// Addr is the TCP address to listen on, such as 127.0.0.1:8080, for clients
	// that cannot be configured with Server.URL. If empty, it is a free loopback
	// port. The certificate is valid for loopback addresses and localhost. It has
	// no effect with InMemory.
	Addr string
	// PlainHTTP serves http instead of https.
	PlainHTTP bool
	// InMemory uses connections in memory instead of sockets. Only the HTTPClient
	// of Config reaches the server, with HTTP/1.1.
	InMemory bool
	// ProxyStatus makes the clients of Config use a proxy that refuses every
	// CONNECT with this HTTP status, such as 407 or 403. Server.Requests has each
	// CONNECT. It has no effect with PlainHTTP, which needs no CONNECT; 0 means no
	// proxy.
	ProxyStatus int

	// OmitPageFlags omits NextPage and PrePage from pages, as the documented
	// samples do.
	OmitPageFlags bool
	// PageSizeLimit is the most tasks in a page. A larger PageSize is reduced to
	// it, and the response says so. 0 means domaintask.MaxPageSize, above which
	// requests are refused.
	PageSizeLimit int
	// Deny lists the operations that the caller has no permission for, such as
	// AcknowledgeTaskResult, whose permission is separate. They are refused with
	// 403 Forbidden.RAM.
	Deny []string
	// Latency is the delay of each response. The request is processed before it,
	// so an acknowledgement takes effect even if the client does not wait. 0 means
	// no delay.
	Latency time.Duration
	// Now is the clock of the service, used to check timestamps and for the Date
	// header. If nil, it is time.Now. Several goroutines call it.
	Now func() time.Time
	// MaxRequests is the most requests that Server.Requests returns. The oldest
	// ones are dropped. 0 means DefaultMaxRequests, a negative number none.
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
