package credentials_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/credentials"
	"github.com/stretchr/testify/require"
)

// TestEveryProviderOfTheSDK gives through FromSDK what it gives by itself. STS
// stands on loopback, at an address that the provider is told; the metadata
// service is in the world, having a fixed one.
func TestEveryProviderOfTheSDK(t *testing.T) {
	home := emptyHome(t)
	setenv(t, "ECS_METADATA_DISABLED", "")
	serveWorld(t, everywhere)
	sts := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, role(r.FormValue("Action")+"-"+r.FormValue("AccessKeyId")+"-"+r.FormValue("SecurityToken")+"-"+r.FormValue("OIDCToken")))
	}))
	defer sts.Close()
	stsHost := sts.Listener.Addr().String()
	uri := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, session("uri", "Code", "")) }))
	defer uri.Close()
	write(t, home, iniFile, "[other]\ntype = ecs_ram_role\nrole_name = the-role\n")
	write(t, home, cliFile, fmt.Sprintf(cliText, "cli"))

	must := func(p sdk.CredentialsProvider, err error) sdk.CredentialsProvider {
		t.Helper()
		require.NoError(t, err)
		return p
	}
	source := sdk.NewStaticSTSCredentialsProvider("id", "secret", "token")
	assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithStsEndpoint(stsHost).WithCredentialsProvider(source).WithRoleArn("acs:ram::1:role/r").Build()
	oidc, err2 := sdk.NewOIDCCredentialsProviderBuilder().WithSTSEndpoint(stsHost).WithRoleArn("acs:ram::1:role/r").
		WithOIDCProviderARN("acs:ram::1:oidc-provider/p").WithOIDCTokenFilePath(write(t, home, "token", "jwt")).Build()
	ecs, err3 := sdk.NewECSRAMRoleCredentialsProviderBuilder().WithDisableIMDSv1(true).Build()
	atURI, err4 := sdk.NewURLCredentialsProviderBuilderBuilder().WithUrl(uri.URL).Build()
	for _, tt := range []struct {
		provider sdk.CredentialsProvider
		want     domaintask.Credentials
	}{
		{sdk.NewStaticAKCredentialsProvider("id", "secret"), domaintask.NewCredentials("id", "secret", "")},
		{source, domaintask.NewCredentials("id", "secret", "token")},
		{sdk.NewBearerTokenCredentialsProvider("bearer"), domaintask.BearerCredentials("bearer")},
		{must(assumes, err), of("AssumeRole-id-token-")},
		{must(oidc, err2), of("AssumeRoleWithOIDC---jwt")},
		{must(ecs, err3), of("ecs")},
		{must(atURI, err4), of("uri")},
		{sdk.NewProfileCredentialsProviderBuilder().WithProfileName("other").Build(), of("ecs")},
		{sdk.NewCLIProfileCredentialsProviderBuilder().Build(), of("cli")},
		{sdk.NewDefaultCredentialsProvider(), of("cli")},
	} {
		t.Run(tt.provider.GetProviderName(), func(t *testing.T) {
			provider := credentials.FromSDK(tt.provider)
			requireCredentials(t, tt.want, provider)
			requireCredentials(t, tt.want, provider)
			theirs, err := tt.provider.GetCredentials()
			require.NoError(t, err)
			back := domaintask.NewCredentials(theirs.AccessKeyId, theirs.AccessKeySecret, theirs.SecurityToken)
			back.BearerToken = domaintask.NewSecret(theirs.BearerToken)
			require.Equal(t, tt.want, back)
		})
	}
}

// TestBearerTokenIsKept, alone and through a provider around another one: what
// the SDK's own wrappers drop is read from the credentials as they are.
func TestBearerTokenIsKept(t *testing.T) {
	t.Parallel()
	bearer := sdk.NewBearerTokenCredentialsProvider("bearer")
	around := &fake{get: bearer.GetCredentials}
	for _, provider := range []sdk.CredentialsProvider{bearer, around} {
		requireCredentials(t, domaintask.BearerCredentials("bearer"), credentials.FromSDK(provider))
	}
}

// TestAnswersThatLackSomething: the SDK dereferences nil.
func TestAnswersThatLackSomething(t *testing.T) {
	emptyHome(t)
	setenv(t, "ECS_METADATA_DISABLED", "")
	setenv(t, "ECS_METADATA", "the-role")
	assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithAccessKeyId("id").WithAccessKeySecret("secret").WithRoleArn("acs:ram::1:role/r").Build()
	require.NoError(t, err)
	ecs, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().Build()
	require.NoError(t, err)
	for _, tt := range []struct {
		name, answer string
		status       int
		provider     sdk.CredentialsProvider
		says         string
	}{
		{"metadata without Code", session("x", "Code", ""), 200, ecs, "panicked: runtime error"},
		{"metadata without Expiration", session("x", "Expiration", ""), 200, ecs, "panicked: runtime error"},
		{"metadata without a secret", session("x", "AccessKeySecret", ""), 200, ecs, "fail to get credentials"},
		{"metadata with an odd Expiration", session("x", "Expiration", "soon"), 200, ecs, `cannot parse "soon"`},
		{"metadata null", "null", 200, ecs, "fail to get credentials"},
		{"STS without Expiration", role("x", "Expiration", ""), 200, assumes, "panicked: runtime error"},
		{"STS without Credentials", "{}", 200, assumes, "fail to get credentials"},
		{"STS with a number as Code", `{"Code":404}`, 404, assumes, "panicked: interface conversion"},
		{"STS refuses", `{"Code":"NoPermission","RequestId":"R-2","Message":"m"}`, 403, assumes, "refused with code NoPermission (HTTP 403, request id R-2)"},
		{"STS is down", `<html>`, 502, assumes, "refused with code unknown (HTTP 502, request id unknown)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			serveWorld(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.answer)
			})
			require.ErrorContains(t, requireFailure(t, credentials.FromSDK(tt.provider)), tt.says)
		})
	}

	// In the chain, a place that panics does not keep the next from being asked.
	serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Host == metadataHost {
			fmt.Fprint(w, session("x", "Code", ""))
			return
		}
		everywhere(w, r)
	})
	setenv(t, "CREDENTIALS_URI", "http://credentials.test/uri")
	requireCredentials(t, of("uri"), credentials.Default())
}

// TestReplacedDefaultTransport: the SDK takes http.DefaultTransport for what
// net/http makes it, and panics in programs that have traced or wrapped it.
func TestReplacedDefaultTransport(t *testing.T) {
	emptyHome(t)
	serveWorld(t, everywhere)
	transport := http.DefaultTransport
	defer func() { http.DefaultTransport = transport }()
	http.DefaultTransport = roundTripper(transport.RoundTrip)

	setenv(t, "ECS_METADATA_DISABLED", "")
	ecs, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().Build()
	require.NoError(t, err)
	require.ErrorContains(t, requireFailure(t, credentials.FromSDK(ecs)), "http.RoundTripper is credentials_test.roundTripper, not *http.Transport")

	setenv(t, "CREDENTIALS_URI", "http://credentials.test/uri")
	requireCredentials(t, of("uri"), credentials.Default())
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
