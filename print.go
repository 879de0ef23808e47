package domaintask

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"

	"github.com/domaintask/domaintask/internal/redact"
)

// What a Config or a Client shows of itself: the settings that are plain
// values. Providers, transports and loggers may hold secrets of their own, so
// that of the provider only its type is told, and of the others nothing.
type settings struct {
	Credentials      string
	Endpoint         string
	AllowHTTP        bool
	Format           string
	Signature        string
	Timeout          string
	Retry            RetryPolicy
	UserAgent        string
	MaxResponseBytes int64
}

func (c Config) settings() settings {
	endpoint := c.Endpoint
	if strings.Contains(endpoint, "@") { // NewClient would refuse it; it may hold a password
		endpoint = redact.Hidden
	}
	return settings{
		Credentials: fmt.Sprintf("%T", c.Credentials), Endpoint: endpoint, AllowHTTP: c.AllowHTTP,
		Format: c.Format.String(), Signature: c.Signature.String(), Timeout: c.Timeout.String(), Retry: c.Retry,
		UserAgent: c.UserAgent, MaxResponseBytes: c.MaxResponseBytes,
	}
}

func (c Client) settings() settings {
	return Config{
		Credentials: c.credentials, Endpoint: c.endpoint.String(), AllowHTTP: c.endpoint.Scheme == "http",
		Format: c.format, Signature: c.signature, Timeout: c.timeout, Retry: c.retry,
		UserAgent: c.header.Get("User-Agent"), MaxResponseBytes: c.maxBytes,
	}.settings()
}

// String prints the plain settings of c.
func (c Config) String() string { return fmt.Sprintf("%+v", c.settings()) }

// GoString prints the plain settings of c for %#v.
func (c Config) GoString() string { return c.String() }

// MarshalJSON writes the plain settings of c: what it writes cannot be read back.
func (c Config) MarshalJSON() ([]byte, error) { return json.Marshal(c.settings()) }

// LogValue logs the plain settings of c.
func (c Config) LogValue() slog.Value { return slog.AnyValue(c.settings()) }

// Format prints the plain settings of c, whatever the verb.
func (c Client) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%+v", c.settings()) }

// MarshalJSON writes the plain settings of c.
func (c Client) MarshalJSON() ([]byte, error) { return json.Marshal(c.settings()) }

// LogValue logs the plain settings of c.
func (c Client) LogValue() slog.Value { return slog.AnyValue(c.settings()) }
