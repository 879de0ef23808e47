package credentials

import (
	"context"
	"crypto/fips140"
	"errors"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestAssumeRole states the request to STS and the result for its response.
func TestAssumeRole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		role Role
		vars []string
		want url.Values
	}{
		{"least", Role{ARN: "acs:ram::1:role/r"}, nil, url.Values{
			"RoleArn": {"acs:ram::1:role/r"}, "RoleSessionName": {"domaintask"}, "DurationSeconds": {"3600"}, "Policy": nil, "ExternalId": nil,
		}},
		{"most", Role{"arn", "session", 900*time.Second + 999*time.Millisecond, "{}", "external"}, []string{"ROLE_SESSION_NAME=other"}, url.Values{
			"RoleArn": {"arn"}, "RoleSessionName": {"session"}, "DurationSeconds": {"900"}, "Policy": {"{}"}, "ExternalId": {"external"},
		}},
		{"session of the environment", Role{ARN: "arn"}, []string{"ROLE_SESSION_NAME=env"}, url.Values{"RoleSessionName": {"env"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.set(tt.vars...)
			var got url.Values
			f.serve(func(req *http.Request) response {
				got = query(req)
				return ok(assumed("role"))
			})
			requireCredentials(t, of("role"), AssumeRole(domaintask.StaticCredentials("id", "secret", "token"), tt.role, f.opts()...))
			require.Equal(t, []string{"POST https://sts.aliyuncs.com/"}, f.sent())
			for name, values := range tt.want {
				require.Equal(t, values, got[name], name)
			}
			require.Equal(t, "AssumeRole", got.Get("Action"))
			require.Equal(t, "2015-04-01", got.Get("Version"))
			require.Equal(t, "id", got.Get("AccessKeyId"))
			require.Equal(t, "token", got.Get("SecurityToken"))
		})
	}
}

// The role is renewed by the clock of STS, regardless of the local clock.
func TestRoleIsRenewed(t *testing.T) {
	t.Parallel()
	for name, skew := range map[string]time.Duration{"agree": 0, "an hour behind": time.Hour, "an hour ahead": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			synctest.Test(t, func(t *testing.T) {
				now := func() time.Time { return time.Now().Add(skew).UTC() }
				f.serve(func(*http.Request) response {
					expires := now().Add(time.Hour).Format(time.RFC3339)
					r := ok(assumed(expires, "Expiration", expires))
					r.header = http.Header{"Date": {now().Format(http.TimeFormat)}}
					return r
				})
				provider := AssumeRole(domaintask.StaticCredentials("id", "secret", ""), Role{ARN: "arn"}, f.opts()...)
				for range 300 { // five hours of calls
					got, err := provider.Credentials(t.Context())
					require.NoError(t, err)
					expires, err := time.Parse(time.RFC3339, got.AccessKeyID)
					require.NoError(t, err)
					require.True(t, now().Before(expires))
					time.Sleep(time.Minute)
				}
				require.Len(t, f.sent(), 6)
			})
		})
	}
}

// rotating is a provider that has the next credentials once the first are refused.
type rotating struct{ refused []domaintask.Credentials }

func (r *rotating) Credentials(context.Context) (domaintask.Credentials, error) {
	if r.refused == nil {
		return of("old"), nil
	}
	return of("new"), nil
}

func (r *rotating) Invalidate(refused domaintask.Credentials) { r.refused = append(r.refused, refused) }

// TestSTSRefuses: the code is shown, the message is not.
func TestSTSRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		response
		says string
	}{
		{"a code", response{status: 403, body: `{"Code":"NoPermission","RequestId":"R-2","Message":"hunter2"}`}, ": refused with code NoPermission (HTTP 403, request id R-2)"},
		{"a page", response{status: 403, body: "<html>hunter2"}, ": AssumeRole: unreadable answer: "},
		{"a success without credentials", ok(`{"RequestId":"R-2"}`), "https://sts.aliyuncs.com sent no AccessKeyId, AccessKeySecret or SecurityToken"},
		{"another kind of success", ok(`{"Credentials":"hunter2"}`), "https://sts.aliyuncs.com sent no credentials in JSON"},
		{"no token", ok(assumed("hunter2", "SecurityToken", "")), "https://sts.aliyuncs.com sent no AccessKeyId, AccessKeySecret or SecurityToken"},
		{"too much", ok(assumed("hunter2", "More", string(make([]byte, maxReply)))), "larger than MaxResponseBytes"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			synctest.Test(t, func(t *testing.T) {
				f.serve(func(*http.Request) response { return tt.response })
				err := requireFailure(t, AssumeRole(domaintask.StaticCredentials("id", "secret", ""), Role{ARN: "arn"}, f.opts()...), tt.says)
				require.NotContains(t, err.Error(), "hunter2")
			})
		})
	}
}

// TestSTSIsRetried after a temporary failure.
func TestSTSIsRetried(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		n := 0
		f.serve(func(*http.Request) response {
			if n++; n < 3 {
				return response{status: http.StatusServiceUnavailable, body: `{"Code":"ServiceUnavailable"}`}
			}
			return ok(assumed("role"))
		})
		requireCredentials(t, of("role"), AssumeRole(domaintask.StaticCredentials("id", "secret", ""), Role{ARN: "arn"}, f.opts()...))
	})
}

// TestInvalidRoles: nothing is sent.
func TestInvalidRoles(t *testing.T) {
	t.Parallel()
	source := domaintask.StaticCredentials("id", "secret", "")
	down := domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { return domaintask.Credentials{}, errDown })
	for _, tt := range []struct {
		name   string
		source domaintask.CredentialsProvider
		role   Role
		vars   []string
		says   string
	}{
		{"no ARN", source, Role{}, nil, "the ARN of the role is missing"},
		{"too short", source, Role{ARN: "arn", Duration: 15*time.Minute - 1}, nil, "the duration of the role is below 15 minutes"},
		{"negative", source, Role{ARN: "arn", Duration: -time.Hour}, nil, "the duration of the role is below 15 minutes"},
		{"no source", nil, Role{ARN: "arn"}, nil, "Credentials is required"},
		{"a source that fails", down, Role{ARN: "arn"}, nil, errDown.Error()},
		{"an http endpoint", source, Role{ARN: "arn"}, []string{"STS_ENDPOINT=http://127.0.0.1"}, "the STS endpoint must be a host"},
		{"a region that is none", source, Role{ARN: "arn"}, []string{"STS_REGION=evil.example/"}, "the STS region must be a region id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.set(tt.vars...)
			requireFailure(t, AssumeRole(tt.source, tt.role, f.opts()...), tt.says)
			require.Empty(t, f.sent())
		})
	}
	f := newFixture(t)
	require.ErrorIs(t, requireFailure(t, AssumeRole(down, Role{ARN: "arn"}, f.opts()...)), errDown)
}

// TestSTSEndpoint: the profile counts before the environment, an endpoint before a
// region. It is https.
func TestSTSEndpoint(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		host stsHost
		vars []string
		want string // "" means an error
	}{
		{stsHost{}, nil, "https://sts.aliyuncs.com"},
		{stsHost{vpc: true}, nil, "https://sts.aliyuncs.com"},
		{stsHost{region: "cn-hangzhou"}, []string{"STS_REGION=cn-beijing"}, "https://sts.cn-hangzhou.aliyuncs.com"},
		{stsHost{region: "cn-hangzhou", vpc: true}, nil, "https://sts-vpc.cn-hangzhou.aliyuncs.com"},
		{stsHost{}, []string{"STS_REGION=cn-beijing", "VPC_ENDPOINT_ENABLED=True"}, "https://sts-vpc.cn-beijing.aliyuncs.com"},
		{stsHost{}, []string{"STS_REGION=cn-beijing", "VPC_ENDPOINT_ENABLED=1"}, "https://sts.cn-beijing.aliyuncs.com"},
		{stsHost{endpoint: "sts.example.com", region: "cn-hangzhou"}, []string{"STS_ENDPOINT=other.example.com"}, "https://sts.example.com"},
		{stsHost{region: "cn-hangzhou"}, []string{"STS_ENDPOINT=https://sts.example.com:8443/"}, "https://sts.example.com:8443"},
		{stsHost{endpoint: "http://sts.example.com"}, nil, ""},
		{stsHost{endpoint: "user@sts.example.com"}, nil, ""},
		{stsHost{endpoint: "sts.example.com/path"}, nil, ""},
		{stsHost{endpoint: "sts.example.com?q"}, nil, ""},
		{stsHost{region: "a.b"}, nil, ""},
		{stsHost{region: "x@y"}, nil, ""},
	} {
		f := newFixture(t)
		f.set(tt.vars...)
		got, err := f.world().stsEndpoint(tt.host)
		require.Equal(t, tt.want, got, tt)
		require.Equal(t, tt.want == "", err != nil, tt)
	}
}

// TestSignatureOfSTS is the one that FIPS 140-3 allows, if that is asked for.
func TestSignatureOfSTS(t *testing.T) {
	t.Parallel()
	require.Equal(t, fips140.Enabled(), signature() == domaintask.SignatureACS3)
}

// An uncached source receives refusals, and is called every time.
func TestUncachedSource(t *testing.T) {
	t.Parallel()
	var told []domaintask.Credentials
	source := &scripted{next: func(_ context.Context, refused domaintask.Credentials) (answer, error) {
		told = append(told, refused)
		return answer{creds: of("x")}, nil
	}}
	provider := providerOf(source)
	requireCredentials(t, of("x"), provider)
	provider.(invalidator).Invalidate(of("x"))
	requireCredentials(t, of("x"), provider)
	require.Equal(t, []domaintask.Credentials{{}, of("x")}, told)

	source.next = failing
	_, err := provider.Credentials(t.Context())
	require.ErrorIs(t, err, errDown)

	own := &rotating{}
	require.Same(t, own, providerOf(callers{own}))
	got, err := callers{own}.fetch(t.Context(), domaintask.Credentials{})
	require.NoError(t, err)
	require.Equal(t, of("old"), got.creds)
	require.NotErrorIs(t, err, errors.ErrUnsupported)
}
