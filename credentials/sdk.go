package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"

	"github.com/domaintask/domaintask"
)

const (
	// sdkGrace is how long credentials are used if the SDK does not expose their
	// end. The SDK renews credentials that are valid for three minutes or less, so
	// those that it returns are valid for longer.
	sdkGrace = 3*time.Minute - 30*time.Second

	// sdkPatience is how long a caller waits for a provider of the SDK while there
	// are such credentials.
	sdkPatience = time.Second
)

// FromSDK provides the credentials of a provider of the official SDK, or of one of
// your own of that type. The provider is called for every request, by one goroutine
// at a time: it has no lock, so it must not be used elsewhere. A call that takes
// longer than a minute is an error, and the provider is not called again before
// that call ends. If provider is nil, every request is an error.
//
// While it fails, or takes longer than a second, the credentials that it returned
// last are used for another 2½ minutes: the SDK does not expose their end.
//
// The SDK's default chain keeps failing once it has failed: it becomes [Default]. A
// provider from [ToSDK] becomes the provider passed to ToSDK. All others are called
// unchanged, with these known faults:
//
//   - The provider for profiles of the CLI ends the program if a profile is its
//     own source. It is not called while config.json has such a profile, nor is
//     the provider for RAM roles, which may contain it. Use [Profile].
//   - The provider for ECS roles calls the metadata service through HTTP_PROXY,
//     which reads the keys. It is not called if there is one. Use [ECSRole].
//   - The provider for URIs prints the address, with its query, if it does not
//     answer. Use [URI].
//   - All of them use the local clock to decide whether a token is valid, and keep
//     a token that the service refused. Use [AssumeRole].
func FromSDK(provider sdk.CredentialsProvider) domaintask.CredentialsProvider {
	switch p := provider.(type) {
	case *sdk.DefaultCredentialsProvider:
		return Default()
	case *toSDK:
		if inner := p.provider(); inner != nil {
			return inner
		}
		provider = nil
	}
	return share(&sdkSource{world: newWorld(nil), provider: provider}, sdkPatience)
}

// ToSDK converts a provider for this library to one of the official SDK. The SDK
// has no context to end a wait: a call ends after a minute.
func ToSDK(provider domaintask.CredentialsProvider) sdk.CredentialsProvider {
	return &toSDK{func() domaintask.CredentialsProvider { return provider }}
}

// toSDK holds a function, so that nothing that prints or walks it reaches the
// provider.
type toSDK struct {
	provider func() domaintask.CredentialsProvider
}

func (p *toSDK) GetCredentials() (*sdk.Credentials, error) {
	provider := p.provider()
	if provider == nil {
		return nil, errNil
	}
	ctx, cancel := context.WithTimeout(context.Background(), fetchTimeout)
	defer cancel()
	got, err := provider.Credentials(ctx)
	if err != nil {
		return nil, err
	}
	return &sdk.Credentials{
		AccessKeyId:     got.AccessKeyID,
		AccessKeySecret: got.AccessKeySecret.Reveal(),
		SecurityToken:   got.SecurityToken.Reveal(),
		BearerToken:     got.BearerToken.Reveal(),
		ProviderName:    p.GetProviderName(),
	}, nil
}

func (*toSDK) GetProviderName() string { return "domaintask" }

var errNil = errors.New("the provider is nil")

// sdkSource calls a provider of the SDK, one call at a time.
type sdkSource struct {
	world    *world
	provider sdk.CredentialsProvider
	call     *sdkCall // a call that did not end in time; nil if there is none
	proven   bool     // it has returned credentials, and reads no file again
}

// sdkCall is one call. got and err are written before done is closed.
type sdkCall struct {
	done chan struct{}
	got  answer
	err  error
}

func (s *sdkSource) fetch(ctx context.Context, _ domaintask.Credentials) (answer, error) {
	if s.provider == nil {
		return answer{}, errNil
	}
	if err := s.danger(); err != nil {
		return answer{}, err
	}
	call := s.call
	if call == nil {
		call = &sdkCall{done: make(chan struct{}), err: errEnded}
		s.call = call
		go func() {
			defer close(call.done)
			call.got, call.err = safely(func() (answer, error) { return ask(s.provider) })
		}()
	}
	select {
	case <-call.done:
		s.call = nil
		s.proven = s.proven || call.err == nil
		return call.got, call.err
	case <-ctx.Done():
		return answer{}, errors.New("the provider does not respond")
	}
}

func ask(provider sdk.CredentialsProvider) (answer, error) {
	got, err := provider.GetCredentials()
	switch {
	case err != nil:
		return answer{}, explain(err)
	case got == nil:
		return answer{}, errors.New("the provider returned neither credentials nor an error")
	}
	creds := domaintask.NewCredentials(got.AccessKeyId, got.AccessKeySecret, got.SecurityToken)
	creds.BearerToken = domaintask.NewSecret(got.BearerToken)
	return answer{creds: creds, usableFor: sdkGrace}, complete(creds)
}

// complete returns an error if creds are incomplete: an access key has an id and a
// secret, and a bearer token has neither. The client checks the rest when it signs.
func complete(creds domaintask.Credentials) error {
	switch {
	case !creds.BearerToken.IsZero() && creds != domaintask.Credentials{BearerToken: creds.BearerToken}:
		return errors.New("the provider returned both a bearer token and an access key")
	case !creds.BearerToken.IsZero():
		return nil
	case creds == domaintask.Credentials{}:
		return errors.New("the provider returned empty credentials")
	case creds.AccessKeyID == "":
		return errors.New("the provider returned no access key id")
	case creds.AccessKeySecret.IsZero():
		return errors.New("the provider returned no access key secret")
	}
	return nil
}

// danger returns an error if the provider must not be called now.
func (s *sdkSource) danger() error {
	switch s.provider.(type) {
	case *sdk.CLIProfileCredentialsProvider, *sdk.RAMRoleARNCredentialsProvider:
		if !s.proven {
			return s.ring()
		}
	case *sdk.ECSRAMRoleCredentialsProvider:
		if proxied() {
			return errors.New("the SDK would call the metadata service through a proxy, which reads the keys: use credentials.ECSRole")
		}
	}
	return nil
}

// ring returns an error if a profile of the CLI is its own source: the SDK would
// follow it until the stack overflows, which ends the program. The profile that a
// provider reads is unknown, so any profile counts.
func (s *sdkSource) ring() error {
	path, err := s.world.inHome(".aliyun", "config.json")
	if err != nil {
		return nil
	}
	text, err := readFile(path)
	if err != nil {
		return nil // the SDK cannot read the file either
	}
	config, err := parseCLI(text)
	if err != nil {
		return nil // the SDK cannot parse the file either
	}
	for i := range config.profiles {
		if name, ok := config.inRing(&config.profiles[i]); ok {
			return fmt.Errorf("profile %q of %s is its own source, directly or not, which would end the program", name, path)
		}
	}
	return nil
}

// inRing reports whether the sources of p form a cycle, and names a profile in it.
func (c *cliConfig) inRing(p *cliProfile) (name string, ok bool) {
	for range c.profiles {
		if p.Mode != modeChainableRAMRoleARN {
			return "", false
		}
		if p = c.profile(p.SourceProfile); p == nil {
			return "", false
		}
	}
	return p.Name, true
}

// proxied reports whether the SDK, which uses the default transport of net/http,
// calls the metadata service through a proxy.
func proxied() bool {
	transport, ok := http.DefaultTransport.(*http.Transport)
	if !ok || transport.Proxy == nil {
		return false
	}
	address := &url.URL{Scheme: "http", Host: "100.100.100.200", Path: rolesPath}
	proxy, err := transport.Proxy(&http.Request{Method: http.MethodGet, URL: address, Host: address.Host, Header: http.Header{}})
	return proxy != nil || err != nil
}
