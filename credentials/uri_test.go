package credentials_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
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

// TestURIAnswers that the SDK takes are taken here.
func TestURIAnswers(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"a number for a code": `{"Code":200,"AccessKeyId":"id","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2099-01-02T15:04:05Z"}`,
		"another code":        `{"Code":"OK","AccessKeyId":"id","AccessKeySecret":"s","SecurityToken":"t","Expiration":"2099-01-02T15:04:05Z"}`,
		"an empty token":      `{"AccessKeyId":"id","AccessKeySecret":"s","SecurityToken":"","Expiration":"2099-01-02T15:04:05Z"}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) }))
			defer server.Close()
			theirs, err := sdk.NewURLCredentialsProviderBuilderBuilder().WithUrl(server.URL).Build()
			require.NoError(t, err)
			want, err := theirs.GetCredentials()
			require.NoError(t, err)
			requireCredentials(t, domaintask.NewCredentials("id", "s", want.SecurityToken), atURI(t, server.URL))
		})
	}
}

// TestURITransport: there is a time limit, bodies are closed, and the
// error of a body is made safe.
func TestURITransport(t *testing.T) {
	transport := http.DefaultTransport
	defer func() { http.DefaultTransport = transport }()
	synctest.Test(t, func(t *testing.T) {
		http.DefaultTransport = roundTripper(func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		provider := atURI(t, "http://credentials.test/uri")
		start := time.Now()
		requireFailure(t, provider)
		require.Equal(t, 15*time.Second, time.Since(start))

		var closed atomic.Int64
		respond := func(status int, body io.Reader) {
			http.DefaultTransport = roundTripper(func(r *http.Request) (*http.Response, error) {
				return &http.Response{StatusCode: status, Request: r, Body: struct {
					io.Reader
					io.Closer
				}{body, closer(func() error { closed.Add(1); return nil })}}, nil
			})
		}
		respond(503, strings.NewReader("down"))
		requireFailure(t, provider)
		respond(200, io.MultiReader(strings.NewReader("{"), broken{errors.New("broken\nsee http://x.test/?hunter2")}))
		requireHidden(t, requireFailure(t, provider), "hunter2")
		respond(200, strings.NewReader(session("x")))
		requireCredentials(t, of("x"), provider)
		require.EqualValues(t, 3, closed.Load())
	})
}

type closer func() error

func (f closer) Close() error { return f() }

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }
