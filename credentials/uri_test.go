package credentials

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestURIResponses that servers send, and other ones.
func TestURIResponses(t *testing.T) {
	t.Parallel()
	const at = "https://credentials.example/x "
	for _, tt := range []struct {
		name string
		response
		says string // "" means success
	}{
		{"as documented", ok(session("id")), ""},
		{"no Code", ok(session("id", "Code", "-")), ""},
		{"Code OK", ok(session("id", "Code", "OK")), ""},
		{"Code 200", ok(session("id", "Code", "200")), ""},
		{"Code 200, a number", ok(strings.Replace(session("id"), `"Success"`, "200", 1)), ""},
		{"an empty Code", ok(session("id", "Code", "")), ""},
		{"fractions of a second", ok(session("id", "Expiration", "2099-01-02T15:04:05.123Z")), ""},
		{"a time zone", ok(session("id", "Expiration", "2099-01-02T15:04:05+08:00")), ""},
		{"other case", ok(strings.NewReplacer("AccessKeyId", "accessKeyId", "SecurityToken", "securityToken").Replace(session("id"))), ""},

		{"Code Failed", ok(session("hunter2", "Code", "Failed")), at + "sent a Code that is not Success"},
		{"Code 404, a number", ok(strings.Replace(session("hunter2"), `"Success"`, "404", 1)), at + "sent a Code that is not Success"},
		{"a list as Code", ok(strings.Replace(session("hunter2"), `"Success"`, `["Success"]`, 1)), at + "sent a Code that is not Success"},
		{"a status", response{status: http.StatusCreated, body: session("hunter2")}, at + "responded with HTTP 201"},
		{"a refusal", response{status: http.StatusForbidden, body: `{"Code":"hunter2"}`}, at + "responded with HTTP 403"},
		{"no JSON", ok("hunter2"), at + "sent no credentials in JSON"},
		{"other JSON", ok(`{"AccessKeyId":1,"AccessKeySecret":"hunter2"}`), at + "sent no credentials in JSON"},
		{"as much as is read", ok(session("id") + strings.Repeat(" ", maxReply-len(session("id")))), ""},
		{"too much", ok(session("hunter2") + strings.Repeat(" ", maxReply+1-len(session("hunter2")))), at + "sent more than 65536 bytes"},
		{"no id", ok(session("hunter2", "AccessKeyId", "")), at + "sent no AccessKeyId, AccessKeySecret or SecurityToken"},
		{"no secret", ok(session("hunter2", "AccessKeySecret", "-")), at + "sent no AccessKeyId, AccessKeySecret or SecurityToken"},
		{"no token", ok(session("hunter2", "SecurityToken", "-")), at + "sent no AccessKeyId, AccessKeySecret or SecurityToken"},
		{"a null token", ok(strings.Replace(session("hunter2"), `"token-of-hunter2"`, "null", 1)), at + "sent no AccessKeyId, AccessKeySecret or SecurityToken"},
		{"no expiration", ok(session("hunter2", "Expiration", "-")), at + "sent no Expiration like 2006-01-02T15:04:05Z"},
		{"an odd expiration", ok(session("hunter2", "Expiration", "hunter2")), at + "sent no Expiration like 2006-01-02T15:04:05Z"},
		{"ended", response{http.StatusOK, session("hunter2", "Expiration", "2020-01-02T03:04:05Z"), http.Header{"Date": {"Thu, 02 Jan 2020 03:04:06 GMT"}}}, at + "sent credentials that have ended"},
		{"printed by something that hides", ok(session("hunter2", "AccessKeySecret", "[hidden]")), at + "sent no credentials in JSON"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			f.serve(func(*http.Request) response { return tt.response })
			provider := URI("https://user:hunter2@credentials.example/x?key=hunter2#hunter2", f.opts()...)
			if tt.says == "" {
				requireCredentials(t, of("id"), provider)
				return
			}
			err := requireFailure(t, provider, ": "+tt.says)
			require.NotContains(t, err.Error(), "hunter2")
			require.Len(t, f.sent(), 1)
		})
	}
}

// TestLongLivedKeyOfAURI has no token.
func TestLongLivedKeyOfAURI(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.serve(func(*http.Request) response { return ok(session("id", "SecurityToken", "")) })
	requireCredentials(t, domaintask.NewCredentials("id", "secret-of-id", ""), URI("https://credentials.example/", f.opts()...))
}

// TestURIAddresses that are not called.
func TestURIAddresses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "http://", "hunter2", "/hunter2", "file:///hunter2", "ftp://hunter2/", "http://[::1?hunter2", "https:hunter2"} {
		f := newFixture(t)
		err := requireFailure(t, URI(address, f.opts()...), "the credentials URI must be an http or https address")
		require.NotContains(t, err.Error(), "hunter2")
		require.Empty(t, f.sent())
	}
}

// https uses the client that may use a proxy, and http never does.
func TestURIClients(t *testing.T) {
	t.Parallel()
	proxied, direct := newFixture(t), newFixture(t)
	for _, f := range []*fixture{proxied, direct} {
		f.serve(func(*http.Request) response { return ok(session("id")) })
	}
	w := proxied.world()
	w.near = direct.world().near
	requireCredentials(t, of("id"), share(uri{w, domaintask.NewSecret("https://credentials.example/")}, 0))
	requireCredentials(t, of("id"), share(uri{w, domaintask.NewSecret("http://credentials.example/")}, 0))
	require.Equal(t, []string{"GET https://credentials.example/"}, proxied.sent())
	require.Equal(t, []string{"GET http://credentials.example/"}, direct.sent())
}

// An invalid address in a redirect is not shown.
func TestURIRedirects(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		for location, says := range map[string]string{
			"http://[::1?hunter2":                "Get https://credentials.example/: failed to parse Location header [hidden]",
			"https://elsewhere.example/?hunter2": "https://credentials.example/ responded with HTTP 302",
		} {
			f.serve(func(*http.Request) response {
				return response{http.StatusFound, "hunter2", http.Header{"Location": {location}}}
			})
			err := requireFailure(t, URI("https://credentials.example/?hunter2", f.opts()...), says)
			require.NotContains(t, err.Error(), "hunter2")
		}
	})
}

// TestURIIsRetried after temporary failures: no connection, and a status.
func TestURIIsRetried(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	synctest.Test(t, func(t *testing.T) {
		n := 0
		f.serve(func(*http.Request) response {
			n++
			return []response{{}, {status: http.StatusBadGateway}, ok(session("id"))}[n-1]
		})
		requireCredentials(t, of("id"), URI("http://credentials.example/", f.opts()...))
	})
}
