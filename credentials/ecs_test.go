package credentials

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	putToken = "PUT http://100.100.100.200/latest/api/token"
	getRoles = "GET http://100.100.100.200/latest/meta-data/ram/security-credentials/"
)

// TestMetadata: which requests are sent with which headers.
func TestMetadata(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		role  string
		token response // of the request for one
		sent  []string
		with  string // the token of the other requests
	}{
		{"a token and a role", "", ok(" metadata-token\n"), []string{putToken, getRoles, getRoles + "the-role"}, "metadata-token"},
		{"a role by name", "the-role", ok("metadata-token"), []string{putToken, getRoles + "the-role"}, "metadata-token"},
		{"no tokens", "the-role", response{status: http.StatusNotFound, body: "hunter2"}, []string{putToken, getRoles + "the-role"}, ""},
		{"no tokens for this machine", "", response{status: http.StatusForbidden}, []string{putToken, getRoles, getRoles + "the-role"}, ""},
		{"an empty token", "the-role", ok("\n"), []string{putToken, getRoles + "the-role"}, ""},
		{"words for a token", "the-role", ok("not a token"), []string{putToken, getRoles + "the-role"}, ""},
		{"a page for a token", "the-role", ok("<html>\n</html>"), []string{putToken, getRoles + "the-role"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.serve(func(req *http.Request) response {
				if req.Method == http.MethodPut {
					require.Equal(t, "21600", req.Header.Get("X-aliyun-ecs-metadata-token-ttl-seconds"))
					return tt.token
				}
				require.Equal(t, tt.with, req.Header.Get("X-aliyun-ecs-metadata-token"))
				return everywhere(req)
			})
			requireCredentials(t, of("ecs"), ECSRole(tt.role, f.opts()...))
			require.Equal(t, tt.sent, f.sent())
		})
	}
}

// No failure of the metadata service shows its response.
func TestMetadataFailures(t *testing.T) {
	t.Parallel()
	const at = "http://100.100.100.200" + rolesPath
	for _, tt := range []struct {
		name, role string
		vars       []string
		path       string // which response differs
		response
		says string
	}{
		{"no role", "", nil, rolesPath, response{status: 404, body: "hunter2"}, "this ECS instance has no RAM role"},
		{"no such role", "other", nil, rolesPath + "other", response{status: 404, body: "hunter2"}, "this instance has no role other"},
		{"a page for roles", "", nil, rolesPath, ok("<html>hunter2"), at + " sent no name of a role"},
		{"a path for a role", "", nil, rolesPath, ok("../hunter2"), at + " sent no name of a role"},
		{"a path for a name", "../hunter2", nil, "", response{}, "the name of the instance's role is malformed"},
		{"refused", "the-role", nil, rolesPath + "the-role", response{status: 403, body: "hunter2"}, at + "the-role responded with HTTP 403"},
		{"not JSON", "the-role", nil, rolesPath + "the-role", ok("hunter2"), at + "the-role sent no credentials in JSON"},
		{"Code", "the-role", nil, rolesPath + "the-role", ok(session("hunter2", "Code", "Failed")), at + "the-role sent a Code that is not Success"},
		{"no token in it", "the-role", nil, rolesPath + "the-role", ok(session("hunter2", "SecurityToken", "")), at + "the-role sent no AccessKeyId, AccessKeySecret or SecurityToken"},
		{"a token is required", "the-role", []string{"IMDSV1_DISABLED=true"}, tokenPath, response{status: 404, body: "hunter2"},
			"http://100.100.100.200/latest/api/token gave no token (HTTP 404), and ALIBABA_CLOUD_IMDSV1_DISABLED is true"},
		{"disabled", "the-role", []string{"ECS_METADATA_DISABLED=true"}, "", response{}, "disabled by ALIBABA_CLOUD_ECS_METADATA_DISABLED"},
		{"nobody is there", "", nil, tokenPath, response{}, "Put http://100.100.100.200/latest/api/token: dial tcp: connect: connection refused"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.set(tt.vars...)
			synctest.Test(t, func(t *testing.T) {
				f.serve(func(req *http.Request) response {
					if req.URL.Path == tt.path {
						return tt.response
					}
					return everywhere(req)
				})
				err := requireFailure(t, ECSRole(tt.role, f.opts()...), ": "+tt.says)
				require.NotContains(t, err.Error(), "hunter2")
			})
		})
	}
}

// TestTokenThatDoesNotArrive: in a container, the response to the request for one
// may be lost on the way. That takes two seconds, or one if it is not yet known
// that this is an instance. If a token is required, it is requested again.
func TestTokenThatDoesNotArrive(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		f.connects = true
		f.serve(func(req *http.Request) response {
			if req.Method == http.MethodPut {
				<-req.Context().Done()
				return response{}
			}
			return everywhere(req)
		})
		start := time.Now()
		requireCredentials(t, of("ecs"), ECSRole("", f.opts()...))
		require.Equal(t, []string{putToken, getRoles, getRoles + "the-role"}, f.sent())
		require.Equal(t, 2*time.Second, time.Since(start))

		start = time.Now()
		requireCredentials(t, of("ecs"), Default(f.opts()...))
		require.Equal(t, []string{putToken, getRoles, putToken, getRoles, getRoles + "the-role"}, f.sent())
		require.Equal(t, 3*time.Second, time.Since(start))

		f.set("IMDSV1_DISABLED=true")
		start = time.Now()
		requireFailure(t, ECSRole("", f.opts()...), "Put http://100.100.100.200/latest/api/token: context deadline exceeded")
		require.Equal(t, []string{putToken, putToken, putToken}, f.sent())
		require.Equal(t, 6600*time.Millisecond, time.Since(start))
	})
}

// TestRoleOfAnInstanceIsRenewed with a new token.
func TestRoleOfAnInstanceIsRenewed(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		f.serve(everywhere)
		provider := ECSRole("the-role", f.opts()...)
		for range 3 {
			requireCredentials(t, of("ecs"), provider)
			synctest.Wait()
			time.Sleep(56 * time.Minute)
		}
		require.Equal(t, []string{putToken, getRoles + "the-role", putToken, getRoles + "the-role", putToken, getRoles + "the-role"}, f.sent())
	})
}
