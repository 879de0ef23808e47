package credentials

import (
	"fmt"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// signInProfile returns a config.json with a profile that a person has signed in
// with: when the token ends, and the stored credentials, from now.
func signInProfile(fields string, tokenEnd, storedEnd time.Duration) string {
	now := time.Now()
	return profiles(fmt.Sprintf(`"p",%s,"access_token":"access-token","cloud_sso_access_token_expire":%d,"oauth_access_token":"access-token","oauth_access_token_expire":%[2]d,`+
		`"access_key_id":"stored","access_key_secret":"secret-of-stored","sts_token":"token-of-stored","sts_expiration":%d`, fields, now.Add(tokenEnd).Unix(), now.Add(storedEnd).Unix()))
}

const (
	ssoFields   = `"mode":"CloudSSO","cloud_sso_sign_in_url":"https://signin.example:444/login?x","cloud_sso_account_id":"account","cloud_sso_access_config":"ac-1"`
	oAuthFields = `"mode":"OAuth","oauth_site_type":"CN","oauth_refresh_token":"refresh"`
)

// The stored credentials are used while they are valid, then the token while it is
// valid, and then a person must sign in.
func TestSignIn(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name   string
		fields string
		sent   string
		ended  string
	}{
		{"CloudSSO", ssoFields, "POST https://signin.example:444/cloud-credentials", "the sign-in has ended: run aliyun configure --profile p --mode CloudSSO"},
		{"OAuth", oAuthFields, "POST https://oauth.aliyun.com/v1/exchange", "the sign-in has ended: run aliyun configure --profile p --mode OAuth --oauth-site-type CN"},
		{"OAuth INTL", `"mode":"OAuth","oauth_site_type":"INTL"`, "POST https://oauth.alibabacloud.com/v1/exchange", "run aliyun configure --profile p --mode OAuth --oauth-site-type INTL"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			synctest.Test(t, func(t *testing.T) {
				f.serve(func(req *http.Request) response {
					require.Equal(t, "Bearer access-token", req.Header.Get("Authorization"))
					if tt.name == "CloudSSO" {
						body, err := io.ReadAll(req.Body)
						require.NoError(t, err)
						require.JSONEq(t, `{"AccountId":"account","AccessConfigurationId":"ac-1"}`, string(body))
						require.Equal(t, "application/json", req.Header.Get("Content-Type"))
						return ok(`{"CloudCredential":` + session("exchanged", "Code", "-") + `}`)
					}
					return ok(`{"accessKeyId":"exchanged","accessKeySecret":"secret-of-exchanged","securityToken":"token-of-exchanged","expiration":"` + expiry(time.Hour) + `"}`)
				})
				provider := Default(f.opts()...)
				f.write(cliFile, signInProfile(tt.fields, time.Hour, time.Hour))
				requireCredentials(t, of("stored"), provider)
				require.Empty(t, f.sent())
				provider.(invalidator).Invalidate(of("stored"))
				requireCredentials(t, of("exchanged"), provider)
				require.Equal(t, []string{tt.sent}, f.sent())

				f.write(cliFile, signInProfile(tt.fields, -time.Hour, time.Hour))
				requireCredentials(t, of("stored"), Default(f.opts()...))
				f.write(cliFile, signInProfile(tt.fields, time.Second, margin))
				requireCredentials(t, of("exchanged"), Default(f.opts()...))
				f.write(cliFile, signInProfile(tt.fields, 0, margin))
				requireFailure(t, Default(f.opts()...), tt.ended)

				f.write(cliFile, profiles(`"p",`+tt.fields))
				requireFailure(t, Default(f.opts()...), tt.ended)
				f.write(cliFile, signInProfile(tt.fields+`,"oauth_refresh_token":"r"`, time.Hour, -time.Hour))
				requireCredentials(t, of("exchanged"), Default(f.opts()...))
			})
		})
	}
}

// TestSignInIsNotAccepted, or not answered.
func TestSignInIsNotAccepted(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		response
		says string
	}{
		{"ended before its time", response{status: http.StatusUnauthorized, body: "hunter2"}, ": the sign-in was not accepted: run aliyun configure --profile p --mode "},
		{"refused", response{status: http.StatusForbidden, body: `{"Code":"NoPermission","RequestId":"R-1","Message":"hunter2"}`}, " refused with code NoPermission (HTTP 403, request id R-1)"},
		{"the token as a code", response{status: http.StatusForbidden, body: `{"Code":"access-token"}`}, " refused with code [hidden] (HTTP 403, request id unknown)"},
		{"not JSON", ok("hunter2"), " sent no credentials in JSON"},
		{"no credentials", ok("{}"), " sent no AccessKeyId, AccessKeySecret or SecurityToken"},
		{"no response", response{}, ": dial tcp: connect: connection refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			synctest.Test(t, func(t *testing.T) {
				f.serve(func(*http.Request) response { return tt.response })
				for _, fields := range []string{ssoFields, oAuthFields} {
					f.write(cliFile, signInProfile(fields, time.Hour, 0))
					err := requireFailure(t, Default(f.opts()...), tt.says)
					require.NotContains(t, err.Error(), "hunter2")
					require.NotContains(t, err.Error(), "access-token")
				}
			})
		})
	}
}

// TestIncompleteStoredCredentials are not used.
func TestIncompleteStoredCredentials(t *testing.T) {
	t.Parallel()
	none := domaintask.Secret{}
	for _, stored := range []domaintask.Credentials{
		{AccessKeySecret: of("x").AccessKeySecret, SecurityToken: of("x").SecurityToken},
		{AccessKeyID: "x", SecurityToken: of("x").SecurityToken},
		{AccessKeyID: "x", AccessKeySecret: of("x").AccessKeySecret},
	} {
		s := signIn{stored: stored, until: time.Now().Add(time.Hour).Unix(), command: "x", token: none}
		_, err := s.use(domaintask.Credentials{}, nil)
		require.EqualError(t, err, "the sign-in has ended: run x")
	}
}

// TestSignInPages that are not https are not called.
func TestSignInPages(t *testing.T) {
	t.Parallel()
	for _, page := range []string{"http://signin.example/", "signin.example", "https://", "https://[::1", "hunter2"} {
		f := newFixture(t)
		_, err := cloudSSO{world: f.world(), url: page}.fetch(t.Context(), domaintask.Credentials{})
		require.EqualError(t, err, "cloud_sso_sign_in_url must be an https address")
	}
	_, err := oAuth{site: "EU"}.fetch(t.Context(), domaintask.Credentials{})
	require.EqualError(t, err, "oauth_site_type must be CN or INTL")
}
