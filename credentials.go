package domaintask

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/domaintask/domaintask/internal/redact"
)

// Credentials are what a request is signed with: an access key, with a
// security token where it is a temporary one, or a bearer token alone.
// However they are printed, logged or marshalled, the secrets stay out.
type Credentials struct {
	AccessKeyID     string
	AccessKeySecret string
	SecurityToken   string // of temporary (STS) credentials; else ""
	BearerToken     string // in place of an access key; SignatureHMACSHA1 only
}

// CredentialsProvider supplies credentials. The client asks before every
// attempt, from many goroutines at once, so a provider may rotate what it
// returns at any time. It should return when ctx ends.
//
// An error ends the call, which is not repeated: a provider tries again itself
// where that may help. It also ends a Watch, unless it has a method
// Temporary() bool that returns true.
type CredentialsProvider interface {
	Credentials(ctx context.Context) (Credentials, error)
}

// CredentialsFunc makes a CredentialsProvider of a function.
type CredentialsFunc func(ctx context.Context) (Credentials, error)

// Credentials calls f.
func (f CredentialsFunc) Credentials(ctx context.Context) (Credentials, error) { return f(ctx) }

// StaticCredentials provides an access key that never changes. securityToken
// is "" for a long-lived key.
func StaticCredentials(accessKeyID, accessKeySecret, securityToken string) CredentialsProvider {
	creds := Credentials{AccessKeyID: accessKeyID, AccessKeySecret: accessKeySecret, SecurityToken: securityToken}
	return CredentialsFunc(func(context.Context) (Credentials, error) { return creds, nil })
}

// The environment variables of EnvCredentials.
const (
	envAccessKeyID     = "ALIBABA_CLOUD_ACCESS_KEY_ID"
	envAccessKeySecret = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
	envSecurityToken   = "ALIBABA_CLOUD_SECURITY_TOKEN"
)

// EnvCredentials provides the access key in ALIBABA_CLOUD_ACCESS_KEY_ID and
// ALIBABA_CLOUD_ACCESS_KEY_SECRET, with ALIBABA_CLOUD_SECURITY_TOKEN where
// that is set. The environment is read at every request, never before; a
// missing variable is an error that names it and Is ErrCredentials.
func EnvCredentials() CredentialsProvider {
	return CredentialsFunc(func(context.Context) (Credentials, error) {
		creds := Credentials{
			AccessKeyID:     os.Getenv(envAccessKeyID),
			AccessKeySecret: os.Getenv(envAccessKeySecret),
			SecurityToken:   os.Getenv(envSecurityToken),
		}
		var missing []string
		if creds.AccessKeyID == "" {
			missing = append(missing, envAccessKeyID)
		}
		if creds.AccessKeySecret == "" {
			missing = append(missing, envAccessKeySecret)
		}
		if missing != nil {
			return Credentials{}, fmt.Errorf("%w: not set: %s", ErrCredentials, strings.Join(missing, ", "))
		}
		return creds, nil
	})
}

// check says why c cannot sign by method, without repeating any of it.
func (c Credentials) check(method SignatureMethod) error {
	for _, field := range []struct{ name, value string }{
		{"access key id", c.AccessKeyID},
		{"access key secret", c.AccessKeySecret},
		{"security token", c.SecurityToken},
		{"bearer token", c.BearerToken},
	} {
		// A key copied together with its line break is the commonest mistake.
		for i := range len(field.value) {
			if c := field.value[i]; c <= ' ' || c >= 0x7f {
				return errors.New("the " + field.name + " holds white space, a control character or a character beyond ASCII")
			}
		}
	}
	switch {
	case c.BearerToken != "" && (c.AccessKeyID != "" || c.AccessKeySecret != "" || c.SecurityToken != ""):
		return errors.New("both a bearer token and an access key are set")
	case c.BearerToken != "" && method != SignatureHMACSHA1:
		return errors.New("a bearer token needs " + SignatureHMACSHA1.String())
	case c.BearerToken != "":
		return nil
	case c.AccessKeyID == "":
		return errors.New("the access key id is empty")
	case c.AccessKeySecret == "":
		return errors.New("the access key secret is empty")
	}
	return nil
}

// public is c with its secrets replaced, as a type that prints plainly.
func (c Credentials) public() (p struct{ AccessKeyID, AccessKeySecret, SecurityToken, BearerToken string }) {
	hide := func(s string) string {
		if s == "" {
			return ""
		}
		return redact.Hidden
	}
	p.AccessKeyID = c.AccessKeyID
	p.AccessKeySecret = hide(c.AccessKeySecret)
	p.SecurityToken = hide(c.SecurityToken)
	p.BearerToken = hide(c.BearerToken)
	return p
}

// Format prints c without its secrets, whatever the verb.
func (c Credentials) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "%+v", c.public()) }

// MarshalJSON writes c without its secrets: what it writes cannot be read back.
func (c Credentials) MarshalJSON() ([]byte, error) { return json.Marshal(c.public()) }

// MarshalText writes c without its secrets, for XML, YAML and the like.
func (c Credentials) MarshalText() ([]byte, error) { return c.MarshalJSON() }

// GobEncode writes c without its secrets.
func (c Credentials) GobEncode() ([]byte, error) { return c.MarshalJSON() }

// LogValue logs c without its secrets.
func (c Credentials) LogValue() slog.Value { return slog.AnyValue(c.public()) }
