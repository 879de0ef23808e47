package credentials

import (
	"errors"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
)

// FromSDK provides what a provider of the official SDK gives: RAM role ARN,
// OIDC, ECS RAM role, URI, profile, bearer token, or one of your own. The
// provider is asked for every request, by one goroutine at a time; it must not
// be used elsewhere as well, not having a lock. One of your own needs a time
// limit: while it hangs it is not asked again. nil is an error at each request.
//
// Two of the SDK's are replaced rather than asked. Its default chain keeps
// failing once it has failed: it becomes [Default]. Its URI provider prints to
// standard output: the same address is asked in the same way, without that,
// with the time limits that the SDK has unless told otherwise. Inside of a
// provider for another one, such as the source of a RAM role ARN, they are what
// they are. The SDK's profile providers keep a configuration that they could
// read but not use, until they are built anew, as Default does.
func FromSDK(provider sdk.CredentialsProvider) domaintask.CredentialsProvider {
	switch p := provider.(type) {
	case *sdk.DefaultCredentialsProvider:
		return Default()
	case *sdk.URLCredentialsProvider:
		if p != nil {
			return share(&uriSource{address: addressOf(p)})
		}
	case *sdk.CLIProfileCredentialsProvider:
		return share(&cliSource{provider: p})
	}
	return share(sdkSource{provider})
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
	creds := domaintask.Credentials{
		AccessKeyID:     got.AccessKeyId,
		AccessKeySecret: got.AccessKeySecret,
		SecurityToken:   got.SecurityToken,
		BearerToken:     got.BearerToken,
	}
	return answer{creds: creds}, complete(creds)
}

// complete says what is missing of creds: an access key has an id and a
// secret, a bearer token stands alone. What else may be wrong with them the
// client finds when it signs.
func complete(creds domaintask.Credentials) error {
	switch {
	case creds.BearerToken != "" && creds.AccessKeyID+creds.AccessKeySecret+creds.SecurityToken != "":
		return errors.New("the provider gave both a bearer token and an access key")
	case creds.BearerToken != "":
		return nil
	case creds == domaintask.Credentials{}:
		return errors.New("the provider gave empty credentials")
	case creds.AccessKeyID == "":
		return errors.New("the provider gave no access key id")
	case creds.AccessKeySecret == "":
		return errors.New("the provider gave no access key secret")
	}
	return nil
}
