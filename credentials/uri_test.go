package credentials_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/credentials"
	"github.com/stretchr/testify/require"
)

func atURI(t *testing.T, address string) domaintask.CredentialsProvider {
	t.Helper()
	provider, err := sdk.NewURLCredentialsProviderBuilderBuilder().WithUrl(address).Build()
	require.NoError(t, err)
	return credentials.FromSDK(provider)
}

// TestURIIsAskedAsTheSDKDoes: again when three minutes or less are left.
func TestURIIsAskedAsTheSDKDoes(t *testing.T) {
	t.Parallel()
	var asked, left atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		expires := time.Now().Add(time.Duration(left.Load())).UTC().Format(time.RFC3339)
		fmt.Fprint(w, session(fmt.Sprint(asked.Add(1)), "Expiration", expires))
	}))
	defer server.Close()
	provider := atURI(t, server.URL)
	left.Store(int64(3*time.Minute - time.Second))
	requireCredentials(t, of("1"), provider)
	left.Store(int64(time.Hour))
	requireCredentials(t, of("2"), provider)
	requireCredentials(t, of("2"), provider)
}

// TestExpiredCredentialsAreNoBridge: an expiry that is known ends the use of
// the last good credentials.
func TestExpiredCredentialsAreNoBridge(t *testing.T) {
	t.Parallel()
	answer := make(chan string, 3)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, <-answer) }))
	defer server.Close()
	provider := atURI(t, server.URL)
	answer <- session("short", "Expiration", time.Now().Add(time.Minute).UTC().Format(time.RFC3339))
	requireCredentials(t, of("short"), provider)
	answer <- "down"
	requireCredentials(t, of("short"), provider)

	provider = atURI(t, server.URL)
	answer <- session("old", "Expiration", "2020-01-01T00:00:00Z")
	requireCredentials(t, of("old"), provider) // by this machine's clock, which may be wrong
	answer <- "down"
	require.ErrorContains(t, requireFailure(t, provider), "gave no credentials in JSON")
}

// TestURIFailures, none of which tells the query of the address or what came.
func TestURIFailures(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, answer, says string
		status             int
	}{
		{"a status", session("hunter2"), "/x answered with HTTP 201", 201},
		{"no JSON", "hunter2", "/x gave no credentials in JSON", 200},
		{"JSON of another kind", `{"AccessKeyId":1,"AccessKeySecret":"hunter2"}`, "/x gave no credentials in JSON", 200},
		{"too much", strings.Repeat(" ", 64<<10) + session("hunter2"), "/x gave no credentials in JSON", 200},
		{"a code", session("hunter2", "Code", "hunter2"), "/x gave a code that is not Success", 200},
		{"no token", session("hunter2", "SecurityToken", ""), "/x left out AccessKeyId, AccessKeySecret or SecurityToken", 200},
		{"no expiry", session("hunter2", "Expiration", ""), "/x gave no Expiration", 200},
		{"an odd expiry", session("hunter2", "Expiration", "hunter2"), "/x gave no Expiration", 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				fmt.Fprint(w, tt.answer)
			}))
			defer server.Close()
			err := requireFailure(t, atURI(t, server.URL+"/x?hunter2"))
			require.ErrorContains(t, err, tt.says)
			requireHidden(t, err, "hunter2")
		})
	}

	t.Run("cut short", func(t *testing.T) {
		t.Parallel()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "hunter2")
		}))
		defer server.Close()
		err := requireFailure(t, atURI(t, server.URL))
		require.ErrorContains(t, err, "unexpected EOF")
		requireHidden(t, err, "hunter2")
	})
	t.Run("no address", func(t *testing.T) {
		t.Parallel()
		require.ErrorContains(t, requireFailure(t, credentials.FromSDK(&sdk.URLCredentialsProvider{})), "no credentials URI")
	})
	t.Run("a malformed address", func(t *testing.T) {
		t.Parallel()
		err := requireFailure(t, atURI(t, "http://[::1?hunter2"))
		require.ErrorContains(t, err, "a malformed address")
		requireHidden(t, err, "hunter2")
	})
}
