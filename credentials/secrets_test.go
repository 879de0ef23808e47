package credentials_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
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

// TestErrorsQuoteNoFile: the SDK's errors repeat all of a config.json that is
// not JSON, and the lines of an ini file that it does not understand.
func TestErrorsQuoteNoFile(t *testing.T) {
	for _, tt := range []struct{ name, file, text string }{
		{"config.json cut short", cliFile, `{"profiles":[{"name":"a","access_key_secret":"hunter2"`},
		{"config.json of another kind", cliFile, `{"profiles":{"access_key_secret":"hunter2"}}`},
		{"config.json that is no JSON", cliFile, "access_key_secret=hunter2\n' failed: hunter2"},
		{"an ini line without a delimiter", iniFile, "[default]\naccess_key_secret hunter2\n"},
		{"an ini line without a name", iniFile, "[default]\n= hunter2\n"},
		{"an ini line with an open quote", iniFile, "[default]\n\"hunter2 = 1\n"},
		{"an ini value that does not end", iniFile, "[default]\naccess_key_secret = \"\"\"hunter2\n"},
		{"an ini section that does not end", iniFile, "[hunter2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			home := emptyHome(t)
			write(t, home, tt.file, tt.text)
			var theirs sdk.CredentialsProvider = sdk.NewCLIProfileCredentialsProviderBuilder().Build()
			if tt.file == iniFile {
				theirs = sdk.NewProfileCredentialsProviderBuilder().Build()
			}
			_, err := theirs.GetCredentials()
			require.ErrorContains(t, err, "hunter2", "the SDK's own error")

			for _, provider := range []domaintask.CredentialsProvider{credentials.Default(), credentials.FromSDK(theirs), credentials.FromSDK(flattened{theirs})} {
				requireHidden(t, requireFailure(t, provider), "hunter2")
			}
		})
	}
}

// TestErrorsQuoteNoAnswer of a server, which may hold credentials or quote the
// request, and no signed URL.
func TestErrorsQuoteNoAnswer(t *testing.T) {
	emptyHome(t)
	setenv(t, "ECS_METADATA_DISABLED", "")
	setenv(t, "ECS_METADATA", "the-role")
	assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithAccessKeyId("id").WithAccessKeySecret("hunter2").WithSecurityToken("hunter2/token").WithRoleArn("acs:ram::1:role/r").Build()
	require.NoError(t, err)
	ecs, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().Build()
	require.NoError(t, err)
	atURI, err := sdk.NewURLCredentialsProviderBuilderBuilder().WithUrl("http://user:hunter2@credentials.test/uri?key=hunter2#hunter2").Build()
	require.NoError(t, err)
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
	}{
		{"in a refusal", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			json.NewEncoder(w).Encode(map[string]string{"Code": "SignatureDoesNotMatch", "Message": r.URL.RawQuery + " hunter2", "Recommend": r.URL.RawQuery})
		}},
		{"in a code", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			json.NewEncoder(w).Encode(map[string]string{"Code": "code " + r.URL.RawQuery + " hunter2", "RequestId": r.URL.RawQuery})
		}},
		{"in HTML", func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusBadGateway)
			fmt.Fprint(w, "<html>", r.URL.RawQuery, " hunter2")
		}},
		{"in what is no JSON", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hunter2") }},
		{"in what lacks something", func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, session("x", "AccessKeySecret", "hunter2", "SecurityToken", "", "Code", "Success"))
		}},
		{"in a redirect", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[::1?hunter2"+r.URL.RawQuery)
			w.WriteHeader(http.StatusFound)
		}},
		{"in a status line", func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			require.NoError(t, err)
			fmt.Fprintf(conn, "HTTP/1.1 hunter2 %s\r\n\r\n", r.URL.RawQuery)
			conn.Close()
		}},
		{"nowhere: the connection ends", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			for _, theirs := range []sdk.CredentialsProvider{assumes, ecs, atURI, flattened{assumes}, flattened{ecs}, flattened{atURI}} {
				var signature atomic.Value
				signature.Store("")
				serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
					signature.Store(r.URL.Query().Get("Signature"))
					tt.answer(w, r)
				})
				err := requireFailure(t, credentials.FromSDK(theirs))
				requireHidden(t, err, "hunter2")
				if signed := signature.Load().(string); signed != "" {
					requireHidden(t, err, signed)
					requireHidden(t, err, url.QueryEscape(signed))
				}
			}
		})
	}
}

// TestErrorsQuoteNoRoles: an address is made of what the metadata service names
// as the role.
func TestErrorsQuoteNoRoles(t *testing.T) {
	emptyHome(t)
	setenv(t, "ECS_METADATA_DISABLED", "")
	serveWorld(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, "<html>\nhunter2\n</html>")
	})
	ecs, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().Build()
	require.NoError(t, err)
	requireHidden(t, requireFailure(t, credentials.FromSDK(ecs)), "hunter2")
	requireHidden(t, requireFailure(t, credentials.Default()), "hunter2")
}

// TestErrorsQuoteNoMalformedURL, which is signed by the time it is found out.
func TestErrorsQuoteNoMalformedURL(t *testing.T) {
	emptyHome(t)
	assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithStsRegion("cn-hangzhou ").WithAccessKeyId("id").WithAccessKeySecret("s").WithSecurityToken("hunter2").WithRoleArn("arn").Build()
	require.NoError(t, err)
	for _, theirs := range []sdk.CredentialsProvider{assumes, flattened{assumes}} {
		err := requireFailure(t, credentials.FromSDK(theirs))
		requireHidden(t, err, "hunter2")
		requireHidden(t, err, "Signature=")
	}
}

// flattened is a provider of a program's own around one of the SDK, which makes
// a text of its errors.
type flattened struct{ sdk.CredentialsProvider }

func (f flattened) GetCredentials() (*sdk.Credentials, error) {
	got, err := f.CredentialsProvider.GetCredentials()
	if err != nil {
		return nil, fmt.Errorf("around: %v", err)
	}
	return got, nil
}

// TestErrorsStayHelpful: what is no quotation is not hidden, such as the variable
// that is missing, the commonest mistake.
func TestErrorsStayHelpful(t *testing.T) {
	emptyHome(t)
	variables := sdk.NewEnvironmentVariableCredentialsProvider()
	assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithCredentialsProvider(variables).WithRoleArn("acs:ram::1:role/r").Build()
	require.NoError(t, err)
	for _, theirs := range []sdk.CredentialsProvider{variables, assumes} {
		require.ErrorContains(t, requireFailure(t, credentials.FromSDK(theirs)), "ALIBABA_CLOUD_ACCESS_KEY_ID")
	}

	setenv(t, "ECS_METADATA_DISABLED", "")
	serveWorld(t, http.NotFound)
	ecs, err := sdk.NewECSRAMRoleCredentialsProviderBuilder().WithRoleName("none").Build()
	require.NoError(t, err)
	require.ErrorContains(t, requireFailure(t, credentials.FromSDK(ecs)), "httpStatus: 404")
}

// TestErrorsOfOwnProviders keep their text and their identity, but not the
// secrets that were given before, nor signed URLs, nor line breaks.
func TestErrorsOfOwnProviders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		own := &fake{get: func() (*sdk.Credentials, error) { return sdkOf("x/y"), nil }}
		provider := credentials.FromSDK(own)
		requireCredentials(t, of("x/y"), provider)
		time.Sleep(time.Hour)
		own.get = func() (*sdk.Credentials, error) {
			return nil, fmt.Errorf("vault: %w:\nsee https://user:hunter2@vault.test/x?token=hunter2 about secret-of-x/y, token-of-x%%2Fy and token-of-x%%252fy", errDown)
		}
		for range 2 {
			err := requireFailure(t, provider)
			require.ErrorIs(t, err, errDown)
			require.NotErrorIs(t, err, http.ErrServerClosed)
			require.ErrorContains(t, err, "vault: the provider is down: see https://[hidden]vault.test/x?[hidden] about [hidden], [hidden] and [hidden]")
		}
		own.get = func() (*sdk.Credentials, error) { return nil, context.DeadlineExceeded }
		require.NotErrorIs(t, requireFailure(t, provider), context.DeadlineExceeded, "the caller's context has not ended")
	})
}

// TestErrorsOfOwnProvidersAreShort, keep to one line, and are not cut within a
// secret.
func TestErrorsOfOwnProvidersAreShort(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		own := &fake{get: func() (*sdk.Credentials, error) { return &sdk.Credentials{BearerToken: "hunter2"}, nil }}
		provider := credentials.FromSDK(own)
		requireCredentials(t, domaintask.BearerCredentials("hunter2"), provider)
		time.Sleep(time.Hour)
		own.get = func() (*sdk.Credentials, error) {
			return nil, errors.New("bearer hunter2\u2028a\u2029b " + strings.Repeat("x", 1000))
		}
		err := requireFailure(t, provider)
		require.NotContains(t, err.Error(), "hunter2")
		require.False(t, strings.ContainsAny(err.Error(), "\u2028\u2029"))
		require.Less(t, len(err.Error()), 600)

		own.get = func() (*sdk.Credentials, error) { return nil, errors.New(strings.Repeat("x", 495) + " hunter2") }
		require.NotContains(t, requireFailure(t, provider).Error(), "hun")
	})
}

// TestNothingIsPrinted, where the SDK's URI provider prints the address that
// did not answer.
func TestNothingIsPrinted(t *testing.T) {
	emptyHome(t)
	server := httptest.NewServer(nil)
	server.Close()
	setenv(t, "CREDENTIALS_URI", server.URL+"/?hunter2")
	theirs, err := sdk.NewURLCredentialsProviderBuilderBuilder().Build()
	require.NoError(t, err)

	for _, provider := range []domaintask.CredentialsProvider{credentials.Default(), credentials.FromSDK(theirs), credentials.FromSDK(sdk.NewDefaultCredentialsProvider())} {
		var err error
		require.Empty(t, printed(t, func() { err = requireFailure(t, provider) }))
		require.ErrorContains(t, err, "Get "+server.URL+"/: dial tcp")
		requireHidden(t, err, "hunter2")
	}
	require.Contains(t, printed(t, func() { theirs.GetCredentials() }), "hunter2", "the SDK's own provider")
}

// printed is what f writes to standard output and standard error.
func printed(t *testing.T, f func()) string {
	t.Helper()
	file, err := os.CreateTemp(t.TempDir(), "")
	require.NoError(t, err)
	defer file.Close()
	stdout, stderr := os.Stdout, os.Stderr
	defer func() { os.Stdout, os.Stderr = stdout, stderr }()
	os.Stdout, os.Stderr = file, file
	f()
	_, err = file.Seek(0, io.SeekStart)
	require.NoError(t, err)
	text, err := io.ReadAll(file)
	require.NoError(t, err)
	return string(text)
}

// requireHidden prints err, and all that can be unwrapped of it, in every way
// that a program may, and through a client.
func requireHidden(t *testing.T, err error, secret string) {
	t.Helper()
	client, clientErr := domaintask.NewClient(domaintask.Config{Credentials: credentials.FromSDK(&fake{get: func() (*sdk.Credentials, error) { return nil, err }})})
	require.NoError(t, clientErr)
	_, callErr := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorIs(t, callErr, domaintask.ErrCredentials)

	var b bytes.Buffer
	var urlErr *url.Error
	for _, err := range []error{err, callErr, errors.Unwrap(err), errors.Unwrap(errors.Unwrap(err))} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&b, verb+"\n", err)
		}
		slog.New(slog.NewTextHandler(&b, nil)).Info("", "err", err)
		slog.New(slog.NewJSONHandler(&b, nil)).Info("", "err", err)
		require.NotErrorAs(t, err, &urlErr)
	}
	require.NotContains(t, b.String(), secret)
}
