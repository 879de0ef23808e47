package credentials

import (
	"net/http"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func newOIDC(f *fixture) oidcRole {
	return oidcRole{world: f.world(), provider: "acs:ram::1:oidc-provider/p", tokenFile: f.write("token", " jwt.of-pod\n"), role: Role{ARN: "acs:ram::1:role/r"}}
}

// TestOIDC states the requests, one for each fetch, with the current token.
func TestOIDC(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.set("ROLE_SESSION_NAME=session", "STS_REGION=cn-beijing")
	var got *http.Request
	f.serve(func(req *http.Request) response {
		got = req
		return ok(assumed(req.Form.Get("OIDCToken")))
	})
	source := newOIDC(f)
	source.role.Policy, source.role.Duration = "{}", 900*time.Second
	provider := share(source, 0)
	requireCredentials(t, of("jwt.of-pod"), provider)
	require.Equal(t, []string{"POST https://sts.cn-beijing.aliyuncs.com/"}, f.sent())
	sent := got.URL.Query()
	require.NoError(t, func() error { _, err := time.Parse(time.RFC3339, sent.Get("Timestamp")); return err }())
	sent.Del("Timestamp")
	require.Equal(t, "Action=AssumeRoleWithOIDC&Format=JSON&Version=2015-04-01", sent.Encode())
	require.Equal(t, "DurationSeconds=900&OIDCProviderArn=acs%3Aram%3A%3A1%3Aoidc-provider%2Fp&OIDCToken=jwt.of-pod&Policy=%7B%7D&RoleArn=acs%3Aram%3A%3A1%3Arole%2Fr&RoleSessionName=session", got.PostForm.Encode())

	f.write("token", "next")
	provider.Invalidate(of("jwt.of-pod"))
	requireCredentials(t, of("next"), provider)

	requireCredentials(t, of("next"), share(oidcRole{world: source.world, tokenFile: source.tokenFile, role: Role{ARN: "arn"}}, 0))
	require.NotContains(t, got.PostForm, "Policy")
}

// TestOIDCFailures, none of which shows the token.
func TestOIDCFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		setUp func(f *fixture, o *oidcRole)
		says  string
	}{
		{"ended", func(f *fixture, _ *oidcRole) {
			f.serve(func(*http.Request) response {
				return response{status: 400, body: `{"Code":"AuthenticationFail.OIDCToken.Expired","RequestId":"R-2","Message":"jwt.of-pod"}`}
			})
		}, "https://sts.aliyuncs.com/ refused with code AuthenticationFail.OIDCToken.Expired (HTTP 400, request id R-2)"},
		{"the token for a code", func(f *fixture, _ *oidcRole) {
			f.serve(func(*http.Request) response {
				return response{status: 400, body: `{"Code":"jwt.of-pod","RequestId":"jwt.of-pod"}`}
			})
		}, "https://sts.aliyuncs.com/ refused with code [hidden] (HTTP 400, request id [hidden])"},
		{"no answer", func(*fixture, *oidcRole) {}, "Post https://sts.aliyuncs.com/: dial tcp: connect: connection refused"},
		{"an empty file", func(f *fixture, _ *oidcRole) { f.write("token", " \n") }, "/token is empty"},
		{"no file", func(f *fixture, o *oidcRole) { require.NoError(f.t, os.Remove(o.tokenFile)) }, "/token: "},
		{"no ARN", func(_ *fixture, o *oidcRole) { o.role.ARN = "" }, "the ARN of the role is missing"},
		{"no region", func(_ *fixture, o *oidcRole) { o.host.region = "http://x" }, "the STS region must be a region id"},
		{"not JSON", func(f *fixture, _ *oidcRole) { f.serve(func(*http.Request) response { return ok("jwt.of-pod") }) }, "https://sts.aliyuncs.com/ sent no credentials in JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			synctest.Test(t, func(t *testing.T) {
				source := newOIDC(f)
				tt.setUp(f, &source)
				err := requireFailure(t, share(source, 0), tt.says)
				require.False(t, strings.Contains(err.Error(), "jwt.of-pod"))
			})
		})
	}
}
