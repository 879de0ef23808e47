package credentials_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/credentials"
)

// answering makes answer what every request gets from now on, without a socket:
// synctest has no clock for those.
func answering(t *testing.T, answer func(*http.Request) (status int, body string)) {
	t.Helper()
	transport := http.DefaultTransport
	t.Cleanup(func() { http.DefaultTransport = transport })
	http.DefaultTransport = roundTripper(func(r *http.Request) (*http.Response, error) {
		status, body := answer(r)
		return &http.Response{StatusCode: status, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
	})
}

// expiring is an answer with credentials that are valid until then.
func expiring(id string, until time.Time) string {
	return session(id, "Expiration", until.UTC().Format(time.RFC3339))
}

// TestValidCredentialsAreServed while a refresh fails, until half a minute
// before they expire, however long ago the last request was.
func TestValidCredentialsAreServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		expires, down := time.Now().Add(time.Hour), false
		answering(t, func(*http.Request) (int, string) {
			if down {
				return 503, ""
			}
			return 200, expiring("x", expires)
		})
		provider := atURI(t, "http://credentials.test/uri")
		requireCredentials(t, of("x"), provider)
		down = true
		time.Sleep(59*time.Minute + 29*time.Second)
		requireCredentials(t, of("x"), provider)
		time.Sleep(time.Second)
		requireFailure(t, provider)
	})
}

// TestExpiryOfTheSDK is found in its own providers, be they those of a profile.
// With half a minute left credentials are no bridge any more.
func TestExpiryOfTheSDK(t *testing.T) {
	for _, bridged := range []bool{true, false} {
		home := emptyHome(t)
		setenv(t, "ECS_METADATA_DISABLED", "")
		expires := time.Now().Add(2 * time.Minute)
		if !bridged {
			expires = time.Now().Add(29 * time.Second)
		}
		var down atomic.Bool
		serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
			switch {
			case down.Load():
				http.Error(w, "down", http.StatusServiceUnavailable)
			case r.Host == metadataHost:
				fmt.Fprint(w, expiring("x", expires))
			default:
				fmt.Fprint(w, role("x", "Expiration", expires.UTC().Format(time.RFC3339)))
			}
		})
		write(t, home, iniFile, iniText)
		write(t, home, cliFile, `{"current":"a","profiles":[{"name":"a","mode":"RamRoleArn","access_key_id":"id","access_key_secret":"s","ram_role_arn":"arn","ram_session_name":"s","expired_seconds":900}]}`)
		assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithAccessKeyId("id").WithAccessKeySecret("s").WithRoleArn("arn").Build()
		require.NoError(t, err)
		ecs, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName("the-role").Build()
		require.NoError(t, err)
		oidc, err := sdk.NewOIDCCredentialsProviderBuilder().WithRoleArn("arn").WithOIDCProviderARN("p").WithOIDCTokenFilePath(write(t, home, "token", "t")).Build()
		require.NoError(t, err)
		for _, theirs := range []sdk.CredentialsProvider{assumes, ecs, oidc, sdk.NewCLIProfileCredentialsProviderBuilder().Build(), sdk.NewProfileCredentialsProviderBuilder().Build()} {
			down.Store(false)
			provider := credentials.FromSDK(theirs)
			requireCredentials(t, of("x"), provider)
			down.Store(true)
			_, err := provider.Credentials(t.Context())
			require.Equal(t, bridged, err == nil, "%T: %v", theirs, err)
		}
	}
}

// TestLateIsNotTooLate: who waits for a slow refresh is not given what has
// expired meanwhile.
func TestLateIsNotTooLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		expires, slow := time.Now().Add(time.Minute), false
		answering(t, func(*http.Request) (int, string) {
			if slow {
				time.Sleep(10 * time.Second)
				return 503, ""
			}
			return 200, expiring("x", expires)
		})
		provider := atURI(t, "http://credentials.test/uri")
		requireCredentials(t, of("x"), provider)
		slow = true
		time.Sleep(29*time.Second + 500*time.Millisecond)
		start := time.Now()
		requireFailure(t, provider)
		require.Equal(t, 10*time.Second, time.Since(start))
	})
}

// TestLastGoodForEachRequest of an outage, not for the first alone.
func TestLastGoodForEachRequest(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		own := &fake{get: func() (*sdk.Credentials, error) { return sdkOf("good"), nil }}
		provider := credentials.FromSDK(own)
		requireCredentials(t, of("good"), provider)
		own.get = func() (*sdk.Credentials, error) { return nil, errDown }
		for range 14 {
			time.Sleep(10 * time.Second)
			requireCredentials(t, of("good"), provider)
		}
	})
}

// TestOutageIsNotHammered: each time of asking costs the SDK a connection, so a
// source that fails is asked once a second while there is something to use.
func TestOutageIsNotHammered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		flaky := &fake{get: func() (*sdk.Credentials, error) { return sdkOf("good"), nil }}
		provider := credentials.FromSDK(flaky)
		requireCredentials(t, of("good"), provider)
		flaky.get = func() (*sdk.Credentials, error) { return nil, errDown }
		for range 1000 {
			requireCredentials(t, of("good"), provider)
			time.Sleep(10 * time.Millisecond)
		}
		require.Equal(t, 11, flaky.calls)
	})
}

// TestEndedContextAsksNothing: what nobody waits for is not begun.
func TestEndedContextAsksNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		own := &fake{get: func() (*sdk.Credentials, error) { return sdkOf("own"), nil }}
		provider := credentials.FromSDK(own)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := provider.Credentials(ctx)
		require.ErrorIs(t, err, context.Canceled)
		synctest.Wait()
		require.Zero(t, own.calls)
	})
}

// TestFailedPlaceIsNotPinned: a place that was asked, and failed, does not keep
// those before it from being asked the next time.
func TestFailedPlaceIsNotPinned(t *testing.T) {
	for _, tt := range []struct {
		name  string
		place func(t *testing.T, home string)
	}{
		{"oidc", func(t *testing.T, home string) { providing[1].setUp(t, home) }},
		{"cli", func(t *testing.T, home string) { write(t, home, cliFile, "{") }},
		{"ini", func(t *testing.T, home string) { write(t, home, iniFile, "[default]\ntype = none\n") }},
		{"ecs", func(t *testing.T, _ string) { setenv(t, "ECS_METADATA_DISABLED", "") }},
		{"uri", func(t *testing.T, _ string) { setenv(t, "CREDENTIALS_URI", "http://credentials.test/uri") }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := emptyHome(t)
			serveWorld(t, http.NotFound)
			tt.place(t, home)
			provider := credentials.Default()
			requireFailure(t, provider)
			requireFailure(t, provider)
			providing[0].setUp(t, home)
			requireCredentials(t, of("env"), provider)
		})
	}
}

// TestSecondChoice: a place that was found behind one that is configured and
// failed is kept to for a minute, not for good.
func TestSecondChoice(t *testing.T) {
	home := emptyHome(t)
	synctest.Test(t, func(t *testing.T) {
		setenv(t, "CREDENTIALS_URI", "http://credentials.test/uri")
		answering(t, func(*http.Request) (int, string) { return 200, expiring("uri", time.Now().Add(time.Hour)) })
		provider := credentials.Default()
		write(t, home, cliFile, "{")
		requireCredentials(t, of("uri"), provider)
		write(t, home, cliFile, fmt.Sprintf(cliText, "cli"))
		time.Sleep(59 * time.Second)
		requireCredentials(t, of("uri"), provider)
		time.Sleep(time.Second)
		requireCredentials(t, of("cli"), provider)
		write(t, home, cliFile, "{")
		time.Sleep(time.Hour)
		require.ErrorContains(t, requireFailure(t, provider), ": cli_profile: ", "the first choice is kept to")
	})
}

// TestFileOutOfReach for a while, as on a network, is an outage of its place; a
// file that is gone is not configured any more.
func TestFileOutOfReach(t *testing.T) {
	home := emptyHome(t)
	serveWorld(t, everywhere)
	setenv(t, "ECS_METADATA_DISABLED", "")
	path := write(t, home, cliFile, fmt.Sprintf(cliText, "cli"))
	provider := credentials.Default()
	requireCredentials(t, of("cli"), provider)

	if runtime.GOOS != "windows" { // where a path below a file is one that does not exist
		require.NoError(t, os.RemoveAll(filepath.Dir(path)))
		require.NoError(t, os.WriteFile(filepath.Dir(path), nil, 0o600))
		requireCredentials(t, of("cli"), provider)
		require.NoError(t, os.Remove(filepath.Dir(path)))
	}

	write(t, home, cliFile, fmt.Sprintf(cliText, "cli"))
	provider = credentials.Default()
	requireCredentials(t, of("cli"), provider)
	require.NoError(t, os.Remove(path))
	requireCredentials(t, of("ecs"), provider)
}

// TestOldIdentityIsNoBridge: what was given before the configuration changed is
// not served when what it says now fails.
func TestOldIdentityIsNoBridge(t *testing.T) {
	emptyHome(t)
	serveWorld(t, everywhere)
	setenv(t, "CREDENTIALS_URI", "http://credentials.test/uri")
	provider := credentials.Default()
	requireCredentials(t, of("uri"), provider)
	setenv(t, "CREDENTIALS_URI", "http://elsewhere.test/other")
	require.ErrorContains(t, requireFailure(t, provider), "answered with HTTP 404")

	setenv(t, "CREDENTIALS_URI", "http://credentials.test/uri")
	requireCredentials(t, of("uri"), provider)
	setenv(t, "CREDENTIALS_URI", "")
	require.ErrorContains(t, requireFailure(t, provider), "none in the default chain")
}
