package credentials

import (
	"errors"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Option changes a provider of this package.
type Option func(*world)

// WithLogger logs the identity (info), its changes (warn), and the use of
// credentials whose file cannot be read (warn). If nil, which is the default,
// nothing is logged.
func WithLogger(logger *slog.Logger) Option {
	return func(w *world) {
		if logger != nil {
			w.logger = logger
		}
	}
}

// WithHTTPClient sends requests to https addresses by client: to STS, CloudSSO,
// OAuth and credentials URIs. It is copied, and the copy follows no redirects. If
// nil, which is the default, a private one is used, which honors HTTPS_PROXY and
// NO_PROXY.
//
// The metadata service and http addresses are always called without client and
// without a proxy: the response identifies this machine.
func WithHTTPClient(client *http.Client) Option {
	return func(w *world) {
		if client != nil {
			w.web = withoutRedirects(*client)
		}
	}
}

// world holds the parts of the process and the network that providers use.
type world struct {
	getenv   func(string) string
	logger   *slog.Logger
	web      *http.Client // for https
	near     *http.Client // for http: without a proxy, and not to public addresses
	metadata string       // the address of the ECS metadata service
	windows  bool
}

func newWorld(opts []Option) *world {
	w := &world{
		getenv:   os.Getenv,
		logger:   slog.New(slog.DiscardHandler),
		metadata: "http://100.100.100.200",
		windows:  runtime.GOOS == "windows",
	}
	far := newTransport(&net.Dialer{Timeout: connectTimeout})
	far.Proxy = http.ProxyFromEnvironment
	w.web = withoutRedirects(http.Client{Transport: far})
	w.near = withoutRedirects(http.Client{Transport: newTransport(&net.Dialer{Timeout: connectTimeout, Control: refusePublic})})
	for _, opt := range opts {
		if opt != nil {
			opt(w)
		}
	}
	return w
}

// env returns the variable ALIBABA_CLOUD_name.
func (w *world) env(name string) string { return w.getenv(envPrefix + name) }

const envPrefix = "ALIBABA_CLOUD_"

// enabled reports whether a variable is true, in any case.
func (w *world) enabled(name string) bool { return strings.EqualFold(w.env(name), "true") }

// inHome returns a path below the home directory.
func (w *world) inHome(path ...string) (string, error) {
	name := "HOME"
	if w.windows {
		name = "USERPROFILE"
	}
	home := w.getenv(name)
	if home == "" {
		return "", errors.New("no home directory: " + name + " is not set")
	}
	return filepath.Join(append([]string{home}, path...)...), nil
}
