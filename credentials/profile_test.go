package credentials_test

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/credentials"
)

// TestProfilesOfTheCLI: the first of a name counts, a ring in the file is found
// after a failure too, and a chain that leads nowhere is none, nor is a ring of
// profiles that are not in use.
func TestProfilesOfTheCLI(t *testing.T) {
	home := emptyHome(t)
	fromSDK := func() domaintask.CredentialsProvider {
		return credentials.FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().WithProfileName("a").Build())
	}
	const ring = `{"name":"a","mode":"ChainableRamRoleArn","source_profile":"a","ram_role_arn":"r"}`
	const key = `{"name":"a","mode":"AK","access_key_id":"id","access_key_secret":"s"}`
	write(t, home, cliFile, `{"profiles":[`+key+`,`+ring+`]}`)
	requireCredentials(t, domaintask.NewCredentials("id", "s", ""), fromSDK())
	write(t, home, cliFile, `{"profiles":[`+ring+`,`+key+`]}`)
	require.ErrorContains(t, requireFailure(t, fromSDK()), "is its own source")

	write(t, home, cliFile, `{"profiles":[{"name":"other"}]}`)
	provider := fromSDK()
	require.ErrorContains(t, requireFailure(t, provider), "unable to get profile")
	write(t, home, cliFile, `{"profiles":[`+ring+`]}`)
	require.ErrorContains(t, requireFailure(t, provider), "is its own source")

	write(t, home, cliFile, `{"profiles":[{"name":"a","mode":"ChainableRamRoleArn","source_profile":"none","ram_role_arn":"r"}]}`)
	require.ErrorContains(t, requireFailure(t, fromSDK()), "unable to get profile with 'none'")

	write(t, home, cliFile, `{"current":"a","profiles":[`+key+`,{"name":"x","mode":"ChainableRamRoleArn","source_profile":"x","ram_role_arn":"r"}]}`)
	requireCredentials(t, domaintask.NewCredentials("id", "s", ""), fromSDK())
	requireCredentials(t, domaintask.NewCredentials("id", "s", ""), credentials.Default())
}

// TestProfileIsNotPinned: what the SDK's profile providers could read but not
// use, those made of them read again. They keep their profile.
func TestProfileIsNotPinned(t *testing.T) {
	for _, tt := range []struct{ name, file, broken, mended string }{
		{"a profile without a key", cliFile, `{"current":"mine","profiles":[{"name":"mine","mode":"AK"}]}`, fmt.Sprintf(cliText, "cli")},
		{"a null profile", cliFile, `{"profiles":[null]}`, fmt.Sprintf(cliText, "cli")},
		{"no role", iniFile, strings.Replace(iniText, "acs:ram::1:role/r", "", 1), iniText},
		{"metadata disabled", iniFile, "[default]\ntype = ecs_ram_role\nrole_name = x\n", iniText},
		{"another type", iniFile, "[default]\ntype = none\n", iniText},
	} {
		for _, profile := range []string{"", "other"} {
			t.Run(tt.name+profile, func(t *testing.T) {
				home := emptyHome(t)
				serveWorld(t, everywhere)
				var theirs sdk.CredentialsProvider = sdk.NewCLIProfileCredentialsProviderBuilder().WithProfileName(profile).Build()
				if tt.file == iniFile {
					theirs = sdk.NewProfileCredentialsProviderBuilder().WithProfileName(profile).Build()
				}
				named := strings.NewReplacer("default", profile, "mine", profile)
				if profile == "" {
					named = strings.NewReplacer()
				}
				provider := credentials.FromSDK(theirs)
				write(t, home, tt.file, named.Replace(tt.broken))
				requireFailure(t, provider)
				write(t, home, tt.file, named.Replace(tt.mended))
				_, err := provider.Credentials(t.Context())
				require.NoError(t, err)
			})
		}
	}
}

// TestProfileOutlivesItsFile also where a refresh fails in between.
func TestProfileOutlivesItsFile(t *testing.T) {
	home := emptyHome(t)
	var down atomic.Bool
	serveWorld(t, func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			http.Error(w, "down", http.StatusServiceUnavailable)
			return
		}
		// Too old for a bridge: renewed at every request.
		fmt.Fprint(w, role("assumed", "Expiration", time.Now().Add(20*time.Second).UTC().Format(time.RFC3339)))
	})
	path := write(t, home, cliFile, `{"current":"a","profiles":[{"name":"a","mode":"RamRoleArn","access_key_id":"id","access_key_secret":"s","ram_role_arn":"arn","ram_session_name":"s","expired_seconds":900}]}`)
	provider := credentials.FromSDK(sdk.NewCLIProfileCredentialsProviderBuilder().Build())
	requireCredentials(t, of("assumed"), provider)
	require.NoError(t, os.Remove(path))
	down.Store(true)
	requireFailure(t, provider)
	down.Store(false)
	requireCredentials(t, of("assumed"), provider)
}

// TestWhatChangesPlaces: the variables and files that a place was built of, one
// at a time.
func TestWhatChangesPlaces(t *testing.T) {
	at := time.Unix(1e9, 0)
	writeAt := func(t *testing.T, home, name, text string) string {
		path := write(t, home, name, text)
		require.NoError(t, os.Chtimes(path, at, at))
		return path
	}
	profiles := func(a, b string) string {
		return fmt.Sprintf("[default]\ntype=access_key\naccess_key_id=%s\naccess_key_secret=s\n[other]\ntype=access_key\naccess_key_id=%s\naccess_key_secret=s\n", a, b)
	}
	ak := func(id string) domaintask.Credentials {
		return domaintask.NewCredentials(id, "s", "")
	}
	t.Run("uri", func(t *testing.T) {
		emptyHome(t)
		serveWorld(t, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, session(strings.Trim(r.URL.Path, "/"))) })
		setenv(t, "CREDENTIALS_URI", "http://credentials.test/one")
		provider := credentials.Default()
		requireCredentials(t, of("one"), provider)
		setenv(t, "CREDENTIALS_URI", "http://credentials.test/two")
		requireCredentials(t, of("two"), provider)
	})
	for name, tt := range map[string]struct {
		change func(t *testing.T, home string)
		want   string
	}{
		"profile": {func(t *testing.T, _ string) { setenv(t, "PROFILE", "other") }, "b"},
		"path": {func(t *testing.T, home string) {
			setenv(t, "CREDENTIALS_FILE", writeAt(t, home, "elsewhere", profiles("c", "d")))
		}, "c"},
		"size": {func(t *testing.T, home string) { writeAt(t, home, iniFile, profiles("longer", "b")) }, "longer"},
	} {
		t.Run(name, func(t *testing.T) {
			home := emptyHome(t)
			writeAt(t, home, iniFile, profiles("a", "b"))
			provider := credentials.Default()
			requireCredentials(t, ak("a"), provider)
			tt.change(t, home)
			requireCredentials(t, ak(tt.want), provider)
		})
	}
}

// TestVariablesChangePlaces that keep what they were built of.
func TestVariablesChangePlaces(t *testing.T) {
	home := emptyHome(t)
	serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Host != metadataHost:
			fmt.Fprint(w, role(r.FormValue("RoleArn")))
		case r.Method != http.MethodPut:
			fmt.Fprint(w, session(strings.TrimPrefix(r.URL.Path, rolesPath)))
		}
	})
	provider := credentials.Default()
	providing[1].setUp(t, home)
	for _, arn := range []string{"one", "two"} {
		setenv(t, "ROLE_ARN", arn)
		requireCredentials(t, of(arn), provider)
	}
	setenv(t, "ROLE_ARN", "")
	setenv(t, "ECS_METADATA_DISABLED", "")
	for _, name := range []string{"role-1", "role-2"} {
		setenv(t, "ECS_METADATA", name)
		requireCredentials(t, of(name), provider)
	}
}

// TestIncompleteOIDC: what is missing of it is told.
func TestIncompleteOIDC(t *testing.T) {
	emptyHome(t)
	setenv(t, "ROLE_ARN", "acs:ram::1:role/r")
	require.ErrorContains(t, requireFailure(t, credentials.Default()), "oidc_role_arn: not set: ALIBABA_CLOUD_OIDC_PROVIDER_ARN, ALIBABA_CLOUD_OIDC_TOKEN_FILE; ")
}

// TestToSDK: the default chain of this package as the source of a RAM role.
// Nothing of the SDK's chain comes back with it.
func TestToSDK(t *testing.T) {
	emptyHome(t)
	serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
		require.Equal(t, "token-of-env", r.FormValue("SecurityToken"))
		fmt.Fprint(w, role("assumed by "+r.FormValue("AccessKeyId")))
	})
	assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithCredentialsProvider(credentials.ToSDK(credentials.Default())).WithRoleArn("arn").Build()
	require.NoError(t, err)
	provider := credentials.FromSDK(assumes)
	require.ErrorContains(t, requireFailure(t, provider), ": none in the default chain: env: not set: ALIBABA_CLOUD_ACCESS_KEY_ID")
	providing[0].setUp(t, "")
	requireCredentials(t, of("assumed by env"), provider)

	bearer := credentials.ToSDK(credentials.FromSDK(sdk.NewBearerTokenCredentialsProvider("bearer")))
	requireCredentials(t, domaintask.BearerCredentials("bearer"), credentials.FromSDK(bearer))
	require.ErrorContains(t, requireFailure(t, credentials.FromSDK(credentials.ToSDK(nil))), "the provider is nil")
}
