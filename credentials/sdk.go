package credentials

import (
	"context"
	"errors"
	"reflect"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
)

// FromSDK provides what a provider of the official SDK gives: RAM role ARN,
// OIDC, ECS RAM role, URI, profile, bearer token, or one of your own. The
// provider is asked for every request, by one goroutine at a time; it must not
// be used elsewhere as well, not having a lock. One of your own needs a time
// limit: while it hangs it is not asked again. nil is an error at each request.
//
// Some of the SDK's are replaced rather than asked. Its default chain keeps
// failing once it has failed: it becomes [Default]. Its URI provider prints to
// standard output: the same address is asked in the same way, without that,
// with the time limits that the SDK has unless told otherwise. Its profile
// providers keep a configuration that they could read but not use: one like them
// is built until it has given credentials.
//
// Inside of another provider, such as that of a RAM role, they are what they
// are; [ToSDK] puts a provider of this package there.
func FromSDK(provider sdk.CredentialsProvider) domaintask.CredentialsProvider {
	switch p := provider.(type) {
	case *sdk.DefaultCredentialsProvider:
		return Default()
	case *sdk.URLCredentialsProvider:
		if address, ok := fieldOf(p, "url"); ok {
			return share(&uriSource{address: address})
		}
	case *sdk.CLIProfileCredentialsProvider:
		if profile, ok := fieldOf(p, "profileName"); ok {
			return share(&rebuilt{build: func() source { return newCLISource(profile) }})
		}
	case *sdk.ProfileCredentialsProvider:
		if profile, ok := fieldOf(p, "profileName"); ok {
			return share(&rebuilt{build: func() source {
				return sdkSource{sdk.NewProfileCredentialsProviderBuilder().WithProfileName(profile).Build()}
			}})
		}
	}
	return share(sdkSource{provider})
}

// ToSDK makes a provider of the official SDK of one for this library, for a
// RAM role that is assumed with the credentials of [Default], say. The SDK has
// no context to end a wait with.
func ToSDK(provider domaintask.CredentialsProvider) sdk.CredentialsProvider { return toSDK{provider} }

type toSDK struct {
	provider domaintask.CredentialsProvider
}

func (p toSDK) GetCredentials() (*sdk.Credentials, error) {
	if p.provider == nil {
		return nil, errors.New("the provider is nil")
	}
	got, err := p.provider.Credentials(context.Background())
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

func (toSDK) GetProviderName() string { return "domaintask" }

// rebuilt builds a source anew until it has given credentials: the SDK's profile
// providers keep what they have read, be it of use or not.
type rebuilt struct {
	build func() source
	built source // nil = it has not
}

func (r *rebuilt) ask() (answer, error) {
	if r.built != nil {
		return r.built.ask()
	}
	built := r.build()
	got, err := built.ask()
	if err == nil {
		r.built = built
	}
	return got, err
}

// source is what the providers of this package ask: by one goroutine at a
// time, without a context. The text of its errors holds no secret.
type source interface {
	ask() (answer, error)
}

// sdkSource asks a provider of the SDK.
type sdkSource struct{ provider sdk.CredentialsProvider }

func (s sdkSource) ask() (answer, error) {
	if s.provider == nil {
		return answer{}, errors.New("the provider is nil")
	}
	got, err := s.provider.GetCredentials()
	if err != nil {
		return answer{}, explain(err)
	}
	if got == nil {
		return answer{}, errors.New("the provider gave neither credentials nor an error")
	}
	creds := domaintask.NewCredentials(got.AccessKeyId, got.AccessKeySecret, got.SecurityToken)
	creds.BearerToken = domaintask.NewSecret(got.BearerToken)
	return answer{creds: creds, expires: expiryOf(reflect.ValueOf(s.provider))}, complete(creds)
}

// expiryOf reads out of a provider of the SDK when the credentials that it gave
// expire, which it has no other way to tell. Zero where it keeps no such time,
// or a later version of the SDK keeps it elsewhere.
func expiryOf(provider reflect.Value) time.Time {
	for provider.Kind() == reflect.Interface || provider.Kind() == reflect.Pointer {
		provider = provider.Elem()
	}
	if provider.Kind() != reflect.Struct || provider.Type().PkgPath() != reflect.TypeFor[sdk.Credentials]().PkgPath() {
		return time.Time{}
	}
	if at := provider.FieldByName("expirationTimestamp"); at.Kind() == reflect.Int64 && at.Int() > 0 {
		return time.Unix(at.Int(), 0)
	}
	return expiryOf(provider.FieldByName("innerProvider")) // of a profile
}

// fieldOf reads a text out of a provider of the SDK in the same way; ok is false
// where there is no such field.
func fieldOf(provider any, name string) (text string, ok bool) {
	value := reflect.ValueOf(provider)
	if value.IsNil() {
		return "", false
	}
	field := value.Elem().FieldByName(name)
	if field.Kind() != reflect.String {
		return "", false
	}
	return field.String(), true
}

// complete says what is missing of creds: an access key has an id and a
// secret, a bearer token stands alone. What else may be wrong with them the
// client finds when it signs.
func complete(creds domaintask.Credentials) error {
	switch {
	case !creds.BearerToken.IsZero() && creds != domaintask.Credentials{BearerToken: creds.BearerToken}:
		return errors.New("the provider gave both a bearer token and an access key")
	case !creds.BearerToken.IsZero():
		return nil
	case creds == domaintask.Credentials{}:
		return errors.New("the provider gave empty credentials")
	case creds.AccessKeyID == "":
		return errors.New("the provider gave no access key id")
	case creds.AccessKeySecret.IsZero():
		return errors.New("the provider gave no access key secret")
	}
	return nil
}
