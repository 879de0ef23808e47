package domaintask

import (
	"context"
	"fmt"
	"os"
	"strings"
)

// Credentials sign requests: an access key, with a security token if it is a
// temporary one, or a bearer token alone. They can be compared with ==.
// Printing, logging or marshaling them never reveals the secrets.
type Credentials struct {
	AccessKeyID     string
	AccessKeySecret Secret
	SecurityToken   Secret // of temporary (STS) credentials, otherwise zero
	BearerToken     Secret // in place of an access key; SignatureHMACSHA1 only
}

// NewCredentials returns the credentials of an access key. securityToken is ""
// for a long-lived key.
func NewCredentials(accessKeyID, accessKeySecret, securityToken string) Credentials {
	return Credentials{
		AccessKeyID:     accessKeyID,
		AccessKeySecret: NewSecret(accessKeySecret),
		SecurityToken:   NewSecret(securityToken),
	}
}

// BearerCredentials returns the credentials of a bearer token.
func BearerCredentials(token string) Credentials {
	return Credentials{BearerToken: NewSecret(token)}
}

// CredentialsProvider supplies credentials. The client asks before every
// attempt, from many goroutines at once, so a provider may rotate what it
// returns at any time. It should return when ctx ends; the client waits no longer
// than Config.Timeout.
//
// An error ends the call without a retry: a provider tries again itself if that
// may help. It also ends a Watch, unless it has a method Temporary() bool that
// returns true. The error of a provider that took too long has one.
//
// If the service refuses the credentials (the [APIError] matches
// [ErrCredentials]), the client asks again, after telling a provider that is a
// [CredentialsInvalidator]. If it gets other credentials it repeats the attempt
// with them, at once and once a call, even if the call is not Idempotent: a
// request that was refused was not carried out. It does not count that attempt
// for RetryPolicy. The same credentials again end the call.
type CredentialsProvider interface {
	Credentials(ctx context.Context) (Credentials, error)
}

// CredentialsInvalidator is a CredentialsProvider that keeps credentials, such
// as those of a role until they expire.
type CredentialsInvalidator interface {
	CredentialsProvider
	// Invalidate says that the service refused these credentials: if they are
	// what the provider keeps, it must get others when it is asked next. Every
	// call that was refused says so, from many goroutines at once and also when
	// others have been obtained already.
	Invalidate(refused Credentials)
}

// CredentialsFunc makes a CredentialsProvider of a function.
type CredentialsFunc func(ctx context.Context) (Credentials, error)

// Credentials calls f.
func (f CredentialsFunc) Credentials(ctx context.Context) (Credentials, error) { return f(ctx) }

// StaticCredentials provides an access key that never changes. securityToken
// is "" for a long-lived key.
func StaticCredentials(accessKeyID, accessKeySecret, securityToken string) CredentialsProvider {
	return &staticCredentials{NewCredentials(accessKeyID, accessKeySecret, securityToken)}
}

type staticCredentials struct{ creds Credentials }

func (p *staticCredentials) Credentials(context.Context) (Credentials, error) { return p.creds, nil }

// The environment variables of EnvCredentials.
const (
	envAccessKeyID     = "ALIBABA_CLOUD_ACCESS_KEY_ID"
	envAccessKeySecret = "ALIBABA_CLOUD_ACCESS_KEY_SECRET"
	envSecurityToken   = "ALIBABA_CLOUD_SECURITY_TOKEN"
)

// EnvCredentials provides the access key in ALIBABA_CLOUD_ACCESS_KEY_ID and
// ALIBABA_CLOUD_ACCESS_KEY_SECRET, with ALIBABA_CLOUD_SECURITY_TOKEN if that is
// set. The environment is read at every request, never before. A missing
// variable is an error that names it and matches ErrCredentials.
func EnvCredentials() CredentialsProvider { return envCredentials{} }

type envCredentials struct{}

func (envCredentials) Credentials(context.Context) (Credentials, error) {
	creds := NewCredentials(os.Getenv(envAccessKeyID), os.Getenv(envAccessKeySecret), os.Getenv(envSecurityToken))
	var missing []string
	if creds.AccessKeyID == "" {
		missing = append(missing, envAccessKeyID)
	}
	if creds.AccessKeySecret.IsZero() {
		missing = append(missing, envAccessKeySecret)
	}
	if missing != nil {
		return Credentials{}, fmt.Errorf("%w: not set: %s", ErrCredentials, strings.Join(missing, ", "))
	}
	return creds, nil
}
