package credentials

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// own is a program's own provider of the SDK's type. It has no lock, like the
// SDK's.
type own struct {
	get   func() (*sdk.Credentials, error)
	calls int
}

func (o *own) GetCredentials() (*sdk.Credentials, error) {
	o.calls++
	return o.get()
}

func (o *own) GetProviderName() string { return "own" }

// returning returns a provider with the number of the call as the id.
func returning() *own {
	o := &own{}
	o.get = func() (*sdk.Credentials, error) { return theirs(of(fmt.Sprint(o.calls))), nil }
	return o
}

func theirs(c domaintask.Credentials) *sdk.Credentials {
	return &sdk.Credentials{
		AccessKeyId: c.AccessKeyID, AccessKeySecret: c.AccessKeySecret.Reveal(), SecurityToken: c.SecurityToken.Reveal(), BearerToken: c.BearerToken.Reveal(),
	}
}

// emptyEnvironment removes the configuration of the SDK, which reads the real
// environment, and returns the home directory.
func emptyEnvironment(t *testing.T) *fixture {
	t.Helper()
	for _, v := range os.Environ() {
		if name, _, _ := strings.Cut(v, "="); strings.HasPrefix(name, "ALIBABA") {
			t.Setenv(name, "")
		}
	}
	f := newFixture(t)
	t.Setenv("HOME", f.home)
	t.Setenv("USERPROFILE", f.home)
	return f
}

// serveSTS returns the host of a service that the SDK trusts, which uses the
// default transport.
func serveSTS(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewTLSServer(handler)
	t.Cleanup(server.Close)
	transport := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = transport })
	http.DefaultTransport = &http.Transport{TLSClientConfig: server.Client().Transport.(*http.Transport).TLSClientConfig, DisableKeepAlives: true}
	return server.Listener.Addr().String()
}

// built returns the result of a builder of the SDK.
func built[P sdk.CredentialsProvider](t *testing.T) func(P, error) sdk.CredentialsProvider {
	return func(p P, err error) sdk.CredentialsProvider {
		t.Helper()
		require.NoError(t, err)
		return p
	}
}

// TestProvidersOfTheSDK return through FromSDK what they return by themselves. The
// provider of the metadata service has an address that no test may call.
func TestProvidersOfTheSDK(t *testing.T) {
	f := emptyEnvironment(t)
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "env")
	t.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret-of-env")
	host := serveSTS(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, assumed(r.FormValue("Action")+"-"+r.FormValue("AccessKeyId")+"-"+r.FormValue("OIDCToken")))
	})
	atURI := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, session("uri")) }))
	defer atURI.Close()
	f.write(iniFileAt, "[other]\ntype=access_key\naccess_key_id=ini\naccess_key_secret=secret-of-ini\n")
	f.write(cliFile, profiles(akProfile("p", "cli")))
	for _, tt := range []struct {
		provider sdk.CredentialsProvider
		want     domaintask.Credentials
	}{
		{sdk.NewStaticAKCredentialsProvider("id", "secret-of-id"), key("id")},
		{sdk.NewStaticSTSCredentialsProvider("id", "secret-of-id", "token-of-id"), of("id")},
		{sdk.NewBearerTokenCredentialsProvider("bearer"), domaintask.BearerCredentials("bearer")},
		{sdk.NewEnvironmentVariableCredentialsProvider(), key("env")},
		{built[*sdk.RAMRoleARNCredentialsProvider](t)(sdk.NewRAMRoleARNCredentialsProviderBuilder().WithStsEndpoint(host).WithAccessKeyId("id").WithAccessKeySecret("s").WithRoleArn("arn").Build()), of("AssumeRole-id-")},
		{built[*sdk.OIDCCredentialsProvider](t)(sdk.NewOIDCCredentialsProviderBuilder().WithSTSEndpoint(host).WithRoleArn("arn").WithOIDCProviderARN("p").WithOIDCTokenFilePath(f.write("token", "jwt")).Build()), of("AssumeRoleWithOIDC--jwt")},
		{built[*sdk.URLCredentialsProvider](t)(sdk.NewURLCredentialsProviderBuilderBuilder().WithUrl(atURI.URL).Build()), of("uri")},
		{sdk.NewProfileCredentialsProviderBuilder().WithProfileName("other").Build(), key("ini")},
		{sdk.NewCLIProfileCredentialsProviderBuilder().Build(), key("cli")},
		{sdk.NewDefaultCredentialsProvider(), key("env")},
	} {
		t.Run(tt.provider.GetProviderName(), func(t *testing.T) {
			provider := FromSDK(tt.provider)
			requireCredentials(t, tt.want, provider)
			provider.(invalidator).Invalidate(tt.want)
			requireCredentials(t, tt.want, provider)
			got, err := tt.provider.GetCredentials()
			require.NoError(t, err)
			require.Equal(t, tt.want.AccessKeyID, got.AccessKeyId)
		})
	}
}

// A program's own provider is called for every request, to see rotated credentials,
// by one goroutine at a time.
func TestOwnProviderIsCalledForEveryRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		rotates := returning()
		provider := FromSDK(rotates)
		for n := range 3 {
			requireCredentials(t, of(fmt.Sprint(n+1)), provider)
		}
		get := rotates.get
		rotates.get = func() (*sdk.Credentials, error) {
			time.Sleep(500 * time.Millisecond)
			return get()
		}
		var wg sync.WaitGroup
		for range 64 {
			wg.Go(func() { requireCredentials(t, of("4"), provider) })
		}
		wg.Wait()
		require.Equal(t, 4, rotates.calls)
	})
}

// If the provider fails, its last credentials are used for 2½ minutes from its
// call, and not after the service refused them.
func TestOwnProviderFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		flaky := returning()
		provider := FromSDK(flaky)
		requireCredentials(t, of("1"), provider)
		get := flaky.get
		flaky.get = func() (*sdk.Credentials, error) { return nil, errDown }
		time.Sleep(150*time.Second - time.Nanosecond)
		requireCredentials(t, of("1"), provider)
		time.Sleep(time.Nanosecond)
		require.ErrorIs(t, requireFailure(t, provider, errDown.Error()), errDown)

		flaky.get = get
		_, err := provider.Credentials(t.Context())
		require.NoError(t, err)
		last := of(fmt.Sprint(flaky.calls))
		flaky.get = func() (*sdk.Credentials, error) { return nil, errDown }
		provider.(invalidator).Invalidate(last)
		requireFailure(t, provider, errDown.Error())
	})
}

// A call may take a minute. The provider is not called again before the call ends,
// and its late result counts.
func TestOwnProviderHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		slow := &own{get: func() (*sdk.Credentials, error) {
			time.Sleep(90 * time.Second)
			return theirs(of("slow")), nil
		}}
		provider := FromSDK(slow)
		start := time.Now()
		requireFailure(t, provider, "the provider does not respond")
		require.Equal(t, time.Minute, time.Since(start))
		requireCredentials(t, of("slow"), provider)
		require.Equal(t, 90*time.Second, time.Since(start))
		require.Equal(t, 1, slow.calls)
		time.Sleep(time.Hour)
		slow.get = returning().get
		_, err := provider.Credentials(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, slow.calls)
	})
}

// TestOwnProviderEndsItsGoroutine, or panics. It is called again afterwards.
func TestOwnProviderEndsItsGoroutine(t *testing.T) {
	t.Parallel()
	broken := &own{get: func() (*sdk.Credentials, error) { panic("hunter2") }}
	provider := FromSDK(broken)
	requireFailure(t, provider, "the provider panicked with a string")
	broken.get = func() (*sdk.Credentials, error) { runtime.Goexit(); return nil, nil }
	requireFailure(t, provider, "the provider ended its goroutine")
	broken.get = func() (*sdk.Credentials, error) { return theirs(of("x")), nil }
	requireCredentials(t, of("x"), provider)
}

// TestPartialCredentials are errors, as are none without an error.
func TestPartialCredentials(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		got  *sdk.Credentials
		says string
	}{
		{"nil", nil, "neither credentials nor an error"},
		{"empty", &sdk.Credentials{ProviderName: "p"}, "empty credentials"},
		{"no secret", &sdk.Credentials{AccessKeyId: "id", SecurityToken: "hunter2"}, "no access key secret"},
		{"no id", &sdk.Credentials{AccessKeySecret: "hunter2"}, "no access key id"},
		{"a token alone", &sdk.Credentials{SecurityToken: "hunter2"}, "no access key id"},
		{"two kinds", &sdk.Credentials{AccessKeyId: "id", AccessKeySecret: "hunter2", BearerToken: "hunter2"}, "both a bearer token and an access key"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := requireFailure(t, FromSDK(&own{get: func() (*sdk.Credentials, error) { return tt.got, nil }}), tt.says)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

// TestNilProviders are errors, in either direction.
func TestNilProviders(t *testing.T) {
	t.Parallel()
	requireFailure(t, FromSDK(nil), "the provider is nil")
	requireFailure(t, FromSDK(ToSDK(nil)), "the provider is nil")
	requireFailure(t, FromSDK((*sdk.BearerTokenCredentialsProvider)(nil)), "panicked")
	_, err := ToSDK(nil).GetCredentials()
	require.EqualError(t, err, "the provider is nil")
}

// TestToSDK and back: the SDK gets what the provider returns, and FromSDK unwraps
// it, so that a refusal reaches it.
func TestToSDK(t *testing.T) {
	t.Parallel()
	ours := &rotating{}
	wrapped := ToSDK(ours)
	got, err := wrapped.GetCredentials()
	require.NoError(t, err)
	want := theirs(of("old"))
	want.ProviderName = "domaintask"
	require.Equal(t, want, got)
	require.Equal(t, "domaintask", wrapped.GetProviderName())
	require.Same(t, ours, FromSDK(wrapped))

	bearer := ToSDK(domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { return domaintask.BearerCredentials("b"), nil }))
	got, err = bearer.GetCredentials()
	require.NoError(t, err)
	require.Equal(t, "b", got.BearerToken)
}

// TestToSDKIsBounded in time.
func TestToSDKIsBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		_, err := ToSDK(domaintask.CredentialsFunc(func(ctx context.Context) (domaintask.Credentials, error) {
			<-ctx.Done()
			return domaintask.Credentials{}, ctx.Err()
		})).GetCredentials()
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.Equal(t, time.Minute, time.Since(start))
	})
}

// TestProfileThatIsItsOwnSource would end the program if the SDK followed it.
func TestProfileThatIsItsOwnSource(t *testing.T) {
	f := emptyEnvironment(t)
	const chained = `"%s","mode":"ChainableRamRoleArn","ram_role_arn":"arn","ram_session_name":"s","source_profile":"%s"`
	ring := func(name, source string) string { return fmt.Sprintf(chained, name, source) }
	byCLI := sdk.NewCLIProfileCredentialsProviderBuilder()
	around := built[*sdk.RAMRoleARNCredentialsProvider](t)(sdk.NewRAMRoleARNCredentialsProviderBuilder().WithCredentialsProvider(byCLI.Build()).WithRoleArn("arn").Build())
	path := f.write(cliFile, profiles(ring("a", "b"), ring("b", "a"), akProfile("c", "c")))
	for _, profile := range []string{"", "a", "c"} { // c cannot be distinguished from the others
		t.Setenv("ALIBABA_CLOUD_PROFILE", profile)
		for _, provider := range []sdk.CredentialsProvider{sdk.NewCLIProfileCredentialsProviderBuilder().Build(), byCLI.Build(), around} {
			requireFailure(t, FromSDK(provider), "of "+path+" is its own source, directly or not")
		}
	}
	f.write(cliFile, profiles(akProfile("c", "c"), ring("a", "a")))
	provider := FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().Build())
	requireFailure(t, provider, `profile "a" of `)
	requireCredentials(t, key("c"), Profile("c"))

	f.write(cliFile, profiles(akProfile("c", "c"), ring("a", "c"), ring("b", "none")))
	requireCredentials(t, key("c"), provider)
	f.write(cliFile, profiles(ring("c", "c")))
	provider.(invalidator).Invalidate(key("c"))
	requireCredentials(t, key("c"), provider) // it has been read and is not read again
	static := FromSDK(sdk.NewStaticAKCredentialsProvider("id", "secret-of-id"))
	requireCredentials(t, key("id"), static)

	f.write(cliFile, "{")
	requireFailure(t, FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().WithProfileName("c").Build()), "unmarshal aliyun cli config")
	require.NoError(t, os.Remove(path))
	requireFailure(t, FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().WithProfileName("c").Build()), "reading aliyun cli config")
	t.Setenv("HOME", "")
	t.Setenv("USERPROFILE", "")
	requireFailure(t, FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().WithProfileName("c").Build()))
}

// TestRings reads profiles that form a cycle, or lead to one.
func TestRings(t *testing.T) {
	t.Parallel()
	chained := func(name, source string) cliProfile {
		return cliProfile{Name: name, Mode: modeChainableRAMRoleARN, SourceProfile: source}
	}
	for _, tt := range []struct {
		name     string
		profiles []cliProfile
		ring     bool
	}{
		{"itself", []cliProfile{chained("a", "a")}, true},
		{"two", []cliProfile{chained("a", "b"), chained("b", "a")}, true},
		{"leads into one", []cliProfile{chained("a", "b"), chained("b", "c"), chained("c", "b")}, true},
		{"the longest without", []cliProfile{chained("a", "b"), chained("b", "c"), {Name: "c", Mode: modeAK}}, false},
		{"nowhere", []cliProfile{chained("a", "none")}, false},
		{"the first of a name", []cliProfile{chained("a", "b"), {Name: "b", Mode: modeAK}, chained("b", "a")}, false},
		{"another mode with a source", []cliProfile{{Name: "a", Mode: modeAK, SourceProfile: "a"}}, false},
	} {
		config := &cliConfig{profiles: tt.profiles}
		_, ring := config.inRing(&config.profiles[0])
		require.Equal(t, tt.ring, ring, tt.name)
	}
}

// TestSDKIsNotProxied to the metadata service: the SDK uses the proxy of the
// default transport.
func TestSDKIsNotProxied(t *testing.T) {
	emptyEnvironment(t)
	transport := http.DefaultTransport
	defer func() { http.DefaultTransport = transport }()
	ecs := built[*sdk.ECSRAMRoleCredentialsProvider](t)(sdk.NewECSRAMRoleCredentialsProviderBuilder().Build())
	for _, proxy := range []func(*http.Request) (*url.URL, error){
		http.ProxyURL(&url.URL{Scheme: "http", Host: "127.0.0.1:1"}),
		func(*http.Request) (*url.URL, error) { return nil, errors.New("invalid proxy") },
	} {
		http.DefaultTransport = &http.Transport{Proxy: proxy}
		requireFailure(t, FromSDK(ecs), "use credentials.ECSRole")
	}
	var asked string
	for name, tripper := range map[string]http.RoundTripper{
		"no proxy":     &http.Transport{},
		"not for it":   &http.Transport{Proxy: func(r *http.Request) (*url.URL, error) { asked = r.URL.Host; return nil, nil }},
		"another type": newFixture(t),
	} {
		http.DefaultTransport = tripper
		require.False(t, proxied(), name)
	}
	require.Equal(t, "100.100.100.200", asked)
}
