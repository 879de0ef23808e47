package credentials_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask/credentials"
	"github.com/stretchr/testify/require"
)

const (
	cliText = `{"current":"mine","profiles":[{"name":"mine","mode":"StsToken","access_key_id":"%[1]s","access_key_secret":"secret-of-%[1]s","sts_token":"token-of-%[1]s"}]}`
	iniText = "[default]\ntype = ram_role_arn\naccess_key_id = id\naccess_key_secret = secret\nrole_arn = acs:ram::1:role/r\nrole_session_name = s\n"
)

// providing sets each place up so that it gives credentials of its own name;
// the world has to be everywhere.
var providing = []struct {
	name  string
	setUp func(t *testing.T, home string)
}{
	{"env", func(t *testing.T, _ string) {
		setenv(t, "ACCESS_KEY_ID", "env")
		setenv(t, "ACCESS_KEY_SECRET", "secret-of-env")
		setenv(t, "SECURITY_TOKEN", "token-of-env")
	}},
	{"oidc", func(t *testing.T, home string) {
		setenv(t, "ROLE_ARN", "acs:ram::1:role/oidc")
		setenv(t, "OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/p")
		setenv(t, "OIDC_TOKEN_FILE", write(t, home, "token", "oidc-token"))
	}},
	{"cli", func(t *testing.T, home string) { write(t, home, cliFile, fmt.Sprintf(cliText, "cli")) }},
	{"ini", func(t *testing.T, home string) { write(t, home, iniFile, iniText) }},
	{"ecs", func(t *testing.T, _ string) { setenv(t, "ECS_METADATA_DISABLED", "") }},
	{"uri", func(t *testing.T, _ string) { setenv(t, "CREDENTIALS_URI", "http://credentials.test/uri") }},
}

// everywhere is a world with STS, the metadata service and a credentials URI.
func everywhere(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Host == metadataHost && r.Method == http.MethodPut:
		fmt.Fprint(w, "imds-token")
	case r.Host == metadataHost && r.Header.Get("X-Aliyun-Ecs-Metadata-Token") != "imds-token":
		http.Error(w, "no token", http.StatusForbidden)
	case r.Host == metadataHost && r.URL.Path == rolesPath:
		fmt.Fprint(w, "the-role\n")
	case r.Host == metadataHost && r.URL.Path == rolesPath+"the-role":
		fmt.Fprint(w, session("ecs"))
	case r.Host == "credentials.test":
		fmt.Fprint(w, session("uri"))
	case r.Host == "sts.aliyuncs.com" && r.FormValue("Action") == "AssumeRole":
		fmt.Fprint(w, role("ini"))
	case r.Host == "sts.aliyuncs.com" && r.FormValue("OIDCToken") == "oidc-token":
		fmt.Fprint(w, role("oidc"))
	default:
		http.NotFound(w, r)
	}
}

// TestDefaultOrder: set up from the last to the first, each place comes before
// those set up already. The SDK's own chain is the judge.
func TestDefaultOrder(t *testing.T) {
	home := emptyHome(t)
	serveWorld(t, everywhere)
	for i := len(providing) - 1; i >= 0; i-- {
		providing[i].setUp(t, home)
		requireCredentials(t, of(providing[i].name), credentials.Default())
		theirs, err := sdk.NewDefaultCredentialsProvider().GetCredentials()
		require.NoError(t, err)
		require.Equal(t, providing[i].name, theirs.AccessKeyId)
	}
}

// TestFailureIsNotPinned: a chain that found nothing sees what is set up later,
// wherever; the SDK's never does.
func TestFailureIsNotPinned(t *testing.T) {
	for _, place := range providing {
		t.Run(place.name, func(t *testing.T) {
			home := emptyHome(t)
			serveWorld(t, everywhere)
			theirs := sdk.NewDefaultCredentialsProvider()
			_, err := theirs.GetCredentials()
			require.Error(t, err)
			provider, ofTheirs := credentials.Default(), credentials.FromSDK(theirs)
			for range 2 {
				err := requireFailure(t, provider)
				for _, told := range []string{
					"env: not set: ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET", "oidc_role_arn: not set: ", "cli_profile: ", "profile: ",
					"ecs_ram_role: disabled by ALIBABA_CLOUD_ECS_METADATA_DISABLED", "credential_uri: not set: ",
				} {
					require.ErrorContains(t, err, told)
				}
				require.ErrorIs(t, err, fs.ErrNotExist)
				requireFailure(t, ofTheirs)
			}

			place.setUp(t, home)
			requireCredentials(t, of(place.name), provider)
			requireCredentials(t, of(place.name), ofTheirs)
			if place.name != "ini" { // what their chain tried last, and is stuck with
				_, err = theirs.GetCredentials()
				require.Error(t, err, "the SDK's chain")
			}
		})
	}
}

// TestBrokenFileIsReadAgain: what a place could read but not use, it reads
// again once it is mended.
func TestBrokenFileIsReadAgain(t *testing.T) {
	for _, tt := range []struct{ name, file, broken, mended string }{
		{"no JSON", cliFile, "{", fmt.Sprintf(cliText, "cli")},
		{"a null profile", cliFile, `{"profiles":[null]}`, fmt.Sprintf(cliText, "cli")},
		{"a profile without a key", cliFile, `{"current":"p","profiles":[{"name":"p","mode":"AK"}]}`, fmt.Sprintf(cliText, "cli")},
		{"no ini", iniFile, "[default", iniText},
		{"another type", iniFile, "[default]\ntype = none\n", iniText},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := emptyHome(t)
			serveWorld(t, everywhere)
			provider := credentials.Default()
			write(t, home, tt.file, tt.broken)
			for range 3 {
				requireFailure(t, provider)
			}
			write(t, home, tt.file, tt.mended)
			_, err := provider.Credentials(t.Context())
			require.NoError(t, err)
		})
	}
}

// TestProfileThatIsItsOwnSource would fill the stack of the SDK, and end the
// program.
func TestProfileThatIsItsOwnSource(t *testing.T) {
	home := emptyHome(t)
	const chained = `{"name":"%s","mode":"ChainableRamRoleArn","source_profile":"%s","ram_role_arn":"acs:ram::1:role/r"},`
	text := func(source string) string {
		return `{"current":"a","profiles":[` + fmt.Sprintf(chained+chained, "a", "b", "b", source) + `{"name":"c","mode":"AK","access_key_id":"id","access_key_secret":"secret"}]}`
	}
	write(t, home, cliFile, text("a"))
	require.ErrorContains(t, requireFailure(t, credentials.FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().Build())), "is its own source")
	require.ErrorContains(t, requireFailure(t, credentials.Default()), "is its own source")

	write(t, home, cliFile, text("c"))
	serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
		require.Contains(t, []string{"id", "assumed"}, r.FormValue("AccessKeyId"))
		fmt.Fprint(w, role("assumed"))
	})
	requireCredentials(t, of("assumed"), credentials.Default())
}

// TestChangedFileIsReadAgain: tools that sign in write config.json anew.
func TestChangedFileIsReadAgain(t *testing.T) {
	home := emptyHome(t)
	provider := credentials.Default()
	path := write(t, home, cliFile, fmt.Sprintf(cliText, "one"))
	requireCredentials(t, of("one"), provider)
	write(t, home, cliFile, fmt.Sprintf(cliText, "two"))
	require.NoError(t, os.Chtimes(path, time.Time{}, time.Now().Add(time.Hour))) // clocks of file systems may be coarse
	requireCredentials(t, of("two"), provider)

	write(t, home, cliFile, "{")
	requireCredentials(t, of("two"), provider)
}

// TestOutageDoesNotChangeWhoItIs: a place that has given credentials and then
// fails is not passed over for one behind it, unless it is configured no more.
func TestOutageDoesNotChangeWhoItIs(t *testing.T) {
	home := emptyHome(t)
	var down atomic.Bool
	serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host != metadataHost && down.Load():
			http.Error(w, "down", http.StatusServiceUnavailable)
		case r.Host != metadataHost:
			// Expired: renewed at every request, and no bridge for an outage.
			fmt.Fprint(w, session("uri", "Expiration", "2020-01-01T00:00:00Z"))
		default:
			everywhere(w, r)
		}
	})
	setenv(t, "CREDENTIALS_URI", "http://credentials.test/uri")
	provider := credentials.Default()
	requireCredentials(t, of("uri"), provider)

	down.Store(true)
	write(t, home, cliFile, fmt.Sprintf(cliText, "cli"))
	for range 2 {
		err := requireFailure(t, provider)
		require.True(t, strings.HasSuffix(err.Error(), ": credential_uri: http://credentials.test/uri answered with HTTP 503"), err)
	}
	down.Store(false)
	requireCredentials(t, of("uri"), provider)

	setenv(t, "CREDENTIALS_URI", "")
	requireCredentials(t, of("cli"), provider)
}

// TestPlaceIsBuiltAnew: after a failure, of what the environment says then, and
// never of what another place was built of.
func TestPlaceIsBuiltAnew(t *testing.T) {
	home := emptyHome(t)
	serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
		switch token := r.FormValue("OIDCToken"); token {
		case "":
			everywhere(w, r)
		case "expired":
			http.Error(w, `{"Code":"AuthenticationFail.OIDCToken.Expired"}`, http.StatusBadRequest)
		default:
			fmt.Fprint(w, role(token, "Expiration", "2020-01-01T00:00:00Z")) // renewed at every request
		}
	})
	provider := credentials.Default()
	providing[0].setUp(t, home)
	requireCredentials(t, of("env"), provider)

	setenv(t, "ACCESS_KEY_ID", "")
	providing[1].setUp(t, home)
	setenv(t, "OIDC_TOKEN_FILE", write(t, home, "first", "one"))
	requireCredentials(t, of("one"), provider)
	write(t, home, "first", "expired")
	provider.Credentials(t.Context()) // fails, or is bridged
	setenv(t, "OIDC_TOKEN_FILE", write(t, home, "second", "two"))
	requireCredentials(t, of("two"), provider)
}

// TestProfileOfTheCLIIsKept once it has answered, as the SDK does: FromSDK
// needs its file no more.
func TestProfileOfTheCLIIsKept(t *testing.T) {
	path := write(t, emptyHome(t), cliFile, fmt.Sprintf(cliText, "cli"))
	synctest.Test(t, func(t *testing.T) {
		provider := credentials.FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().Build())
		requireCredentials(t, of("cli"), provider)
		require.NoError(t, os.Remove(path))
		time.Sleep(time.Hour)
		requireCredentials(t, of("cli"), provider)
	})
}

// TestDefaultReadsNothingBeforehand: a program may set its environment up late.
func TestDefaultReadsNothingBeforehand(t *testing.T) {
	emptyHome(t)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, session("late")) }))
	defer server.Close()
	provider := credentials.Default()
	setenv(t, "CREDENTIALS_URI", server.URL)
	requireCredentials(t, of("late"), provider)
}

// TestRoleSessionName: the one variable that the SDK's OIDC provider forgets.
func TestRoleSessionName(t *testing.T) {
	home := emptyHome(t)
	serveWorld(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, role(r.FormValue("RoleSessionName"))) })
	setenv(t, "ROLE_SESSION_NAME", "domaintask")
	setenv(t, "ROLE_ARN", "acs:ram::1:role/r")
	setenv(t, "OIDC_PROVIDER_ARN", "acs:ram::1:oidc-provider/p")
	setenv(t, "OIDC_TOKEN_FILE", write(t, home, "token", "jwt"))
	requireCredentials(t, of("domaintask"), credentials.Default())
}

// TestWhatConfiguresPlaces besides their files.
func TestWhatConfiguresPlaces(t *testing.T) {
	home := emptyHome(t)
	serveWorld(t, everywhere)
	write(t, home, cliFile, fmt.Sprintf(cliText, "cli"))
	setenv(t, "CLI_PROFILE_DISABLED", "True")
	provider := credentials.Default()
	require.ErrorContains(t, requireFailure(t, provider), "cli_profile: disabled by ALIBABA_CLOUD_CLI_PROFILE_DISABLED")

	setenv(t, "PROFILE", "other")
	setenv(t, "CREDENTIALS_FILE", write(t, home, "elsewhere", strings.Replace(iniText, "default", "other", 1)))
	requireCredentials(t, of("ini"), provider)
	setenv(t, "PROFILE", "none")
	require.ErrorContains(t, requireFailure(t, credentials.Default()), `section "none" does not exist`)

	setenv(t, "CREDENTIALS_FILE", "")
	t.Setenv("HOME", "")
	t.Setenv("USERPROFILE", "")
	err := requireFailure(t, credentials.Default())
	require.ErrorContains(t, err, "profile: ")
	require.NotErrorIs(t, err, fs.ErrNotExist)
	require.Error(t, requireFailure(t, credentials.FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().Build())))

	emptyHome(t)
	missing, err := sdk.NewOIDCCredentialsProviderBuilder().WithRoleArn("acs:ram::1:role/r").WithOIDCProviderARN("p").WithOIDCTokenFilePath(home + "/none").Build()
	require.NoError(t, err)
	require.ErrorIs(t, requireFailure(t, credentials.FromSDK(missing)), fs.ErrNotExist)
}
