package domaintask

import (
	"cmp"
	"context"
	"crypto/sha1"
	"fmt"
	"log/slog"
	"maps"
	"math"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"
)

const (
	// Version is the version of this library, as sent in User-Agent.
	Version = "0.1.0"
	// APIVersion is the version of the service's interface.
	APIVersion = "2018-01-29"
	// DefaultEndpoint serves all regions, for accounts of aliyun.com, the Chinese
	// site.
	DefaultEndpoint = "https://domain.aliyuncs.com"
	// EndpointInternational serves all regions, for accounts of alibabacloud.com,
	// the international site. The vendor does not document which operations it
	// serves: if one is unknown there (InvalidApi.NotFound, NoSuchVersion), use
	// DefaultEndpoint.
	EndpointInternational = "https://domain-intl.aliyuncs.com"
	// DefaultTimeout bounds one attempt, from connecting to the last byte.
	DefaultTimeout = 30 * time.Second
	// DefaultMaxResponseBytes bounds one answer, decompressed. A page of
	// MaxPageSize tasks is commonly half a megabyte.
	DefaultMaxResponseBytes = 16 << 20
)

// Config is what a client is made of. Only Credentials is required.
//
// It prints, and marshals to JSON, as its fields do: of the providers of this
// library neither shows a secret. It has no methods, so a struct that embeds it
// keeps the fields of its own.
type Config struct {
	// Credentials sign the requests. Required.
	Credentials CredentialsProvider `json:"-"`
	// Endpoint is a host, host:port or https URL; "" means DefaultEndpoint. See
	// EndpointInternational for accounts of the international site.
	Endpoint string
	// AllowHTTP permits an http:// endpoint. Without it only a loopback
	// address may be reached that way, since requests carry credentials.
	AllowHTTP bool
	// Format is what answers are asked for in; zero means FormatJSON.
	Format Format
	// Signature is how requests are signed; zero means SignatureHMACSHA1.
	Signature SignatureMethod
	// HTTPClient sends the requests. If nil, the client has a transport of its
	// own, which obeys HTTPS_PROXY and NO_PROXY and keeps idle connections for 9
	// seconds.
	//
	// A given client is copied and never changed, and the copy follows no
	// redirects. Its transport is used as it is, and shared with others that use
	// it, until an attempt times out or its connection breaks. So that the next
	// attempt uses a new connection, the client then calls CloseIdleConnections
	// on it, if it has this method, which does not interrupt requests in flight.
	// If it is an *http.Transport, the client continues with a clone of it, with
	// pings over HTTP/2, idle connections kept for 9 seconds at most, and without
	// the protocols of RegisterProtocol. Other transports over HTTP/2 need pings
	// of their own (http.HTTP2Config.SendPingTimeout) to leave a dead connection
	// on which other requests wait.
	HTTPClient *http.Client `json:"-"`
	// Timeout bounds one attempt, from connecting to the last byte of the
	// answer, and the time of Credentials before it; 0 means DefaultTimeout.
	Timeout time.Duration
	// CallTimeout bounds a whole call: its attempts, the waits between them,
	// Credentials and Limiter. 0 means only the context bounds it. When it
	// ends, the error is a *CallError that names CallTimeout, matches
	// context.DeadlineExceeded and is temporary. A retry that would have to wait
	// longer is not made. Each request of a walk, a drain or a watch is a call of
	// its own, and so is each part of a long AcknowledgeTaskResult.
	CallTimeout time.Duration
	// Retry says how often and how soon a failed call is retried. The zero value
	// means up to 3 attempts.
	Retry RetryPolicy
	// Limiter runs before every attempt; nil means none. A *rate.Limiter of
	// golang.org/x/time/rate is one.
	Limiter Limiter `json:"-"`
	// Logger logs every attempt (debug), and retried attempts, inconsistent pages
	// and values that cannot be read (warn). If nil, nothing is logged.
	Logger *slog.Logger `json:"-"`
	// OnAttemptStart is called before every attempt, after the Limiter and
	// Credentials, with the Action, CallID and Number of the attempt. The values of
	// the context that it returns, such as a span or a httptrace.ClientTrace, are
	// those of the attempt: of its request, and of the context that OnAttempt gets.
	// The deadline and the end of that context are ignored. If it returns nil, the
	// values stay as they are. If OnAttemptStart is nil, nothing is called.
	OnAttemptStart func(context.Context, Attempt) context.Context `json:"-"`
	// OnAttempt is called after every attempt, before the wait for the next one,
	// once for each call of OnAttemptStart. If nil, nothing is called. Like
	// OnAttemptStart, Limiter and Logger it may be called by many goroutines at
	// once: those that use the client, and those that fetch pages ahead.
	OnAttempt func(context.Context, Attempt) `json:"-"`
	// UserAgent is appended to the library's own.
	UserAgent string
	// MaxResponseBytes bounds one answer after decompression; 0 means
	// DefaultMaxResponseBytes.
	MaxResponseBytes int64
}

// Limiter slows requests down, or refuses them with an error, which ends the
// call. It also ends a Watch, unless it has a method Temporary() bool that
// returns true. Wait must return when ctx ends.
type Limiter interface {
	Wait(ctx context.Context) error
}

// Client calls the service. It may be used by any number of goroutines at once,
// and copied. It needs no closing: once it is garbage, the connections of its
// own transport are closed. Its configuration never changes. It learns only how
// far the local clock is off, that the name of the host exists, and which
// connections have failed.
type Client struct {
	credentials asker
	endpoint    *url.URL // scheme and host
	format      Format
	signature   SignatureMethod
	http        func() *http.Client
	timeout     time.Duration
	callTimeout time.Duration // 0 means none
	logger      *slog.Logger
	ownHTTP     bool        // http is not a copy of a given one
	header      http.Header // of every request
	repeatable  http.Header // of an idempotent request: header and the mark for net/http
	maxBytes    int64
	retry       RetryPolicy
	limiter     Limiter
	observer    observer
	clock       *clock
	keys        keyring
	buffers     *buffers

	providerType string
}

// NewClient checks config and returns a client of it. It reports everything
// that is wrong at once, as ParamErrors in one error, and neither sends
// anything nor reads the environment.
func NewClient(config Config) (*Client, error) {
	endpoint, err := parseEndpoint(cmp.Or(config.Endpoint, DefaultEndpoint), config.AllowHTTP)
	var errs errorList
	if err != nil {
		errs = append(errs, err)
	}
	refuse := func(wrong bool, param, reason string) {
		if wrong {
			errs = append(errs, &ParamError{Param: param, Reason: reason})
		}
	}
	function, ok := config.Credentials.(CredentialsFunc)
	refuse(config.Credentials == nil || ok && function == nil, "Credentials", "is required")
	refuse(config.Format != FormatJSON && config.Format != FormatXML, "Format", "must be FormatJSON or FormatXML")
	refuse(config.Signature != SignatureHMACSHA1 && config.Signature != SignatureACS3, "Signature", "must be SignatureHMACSHA1 or SignatureACS3")
	refuse(config.Signature == SignatureHMACSHA1 && !hmacAllowed(sha1.New, strings.Repeat("k", sha1.Size)), "Signature",
		"must be SignatureACS3: this process is in FIPS 140-only mode, which does not allow HMAC-SHA1")
	refuse(config.Timeout < 0, "Timeout", "must not be negative")
	refuse(config.CallTimeout < 0, "CallTimeout", "must not be negative")
	refuse(config.MaxResponseBytes < 0, "MaxResponseBytes", "must not be negative")
	refuse(badText(config.UserAgent) != "", "UserAgent", badText(config.UserAgent))
	refuse(config.Retry.MaxAttempts < 0, "Retry.MaxAttempts", "must not be negative")
	refuse(config.Retry.BaseDelay < 0, "Retry.BaseDelay", "must not be negative")
	refuse(config.Retry.MaxDelay < 0, "Retry.MaxDelay", "must not be negative")
	if errs != nil {
		return nil, &errs
	}

	userAgent := "domaintask/" + Version + " (" + runtime.Version() + "; " + runtime.GOOS + "/" + runtime.GOARCH + ")"
	if config.UserAgent != "" {
		userAgent += " " + config.UserAgent
	}
	logger := config.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	header := http.Header{"User-Agent": {userAgent}}
	if config.HTTPClient == nil { // the transport of another one decides itself
		header["Accept-Encoding"] = []string{"gzip"}
	}
	repeatable := maps.Clone(header)
	repeatable["X-Idempotency-Key"] = nil
	return &Client{
		credentials:  newAsker(config.Credentials, cmp.Or(config.Timeout, DefaultTimeout)),
		endpoint:     endpoint,
		format:       config.Format,
		signature:    config.Signature,
		http:         httpClient(config.HTTPClient, cmp.Or(config.Timeout, DefaultTimeout)),
		timeout:      cmp.Or(config.Timeout, DefaultTimeout),
		callTimeout:  config.CallTimeout,
		logger:       logger,
		ownHTTP:      config.HTTPClient == nil,
		header:       header,
		repeatable:   repeatable,
		maxBytes:     min(cmp.Or(config.MaxResponseBytes, DefaultMaxResponseBytes), math.MaxInt/2),
		retry:        config.Retry.withDefaults(),
		limiter:      config.Limiter,
		observer:     observer{logger, config.OnAttemptStart, config.OnAttempt},
		clock:        new(clock),
		keys:         newKeyring(config.Signature),
		buffers:      new(buffers),
		providerType: fmt.Sprintf("%T", config.Credentials),
	}, nil
}
