package credentials

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shown returns a value in all forms that programs show: each verb of fmt, alone
// and within another value, slog, JSON, and testify's difference to another value,
// which follows pointers and reads unexported fields.
func shown(value any) string {
	var b bytes.Buffer
	within := struct {
		Any    any
		hidden any
		list   []any
	}{value, value, []any{value}}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&b, verb+" "+verb+" "+verb+"\n", value, within, &within)
	}
	slog.New(slog.NewTextHandler(&b, nil)).Info("", "value", value, "within", within)
	slog.New(slog.NewJSONHandler(&b, nil)).Info("", "value", value, "within", within)
	json.NewEncoder(&b).Encode(value)
	diff := new(difference)
	assert.Equal(diff, struct{ any }{value}, struct{ any }{nil})
	assert.Equal(diff, []any{value}, []any{within})
	return b.String() + diff.text
}

// difference is a testing.T that keeps the text of a failed assertion.
type difference struct{ text string }

func (d *difference) Errorf(format string, args ...any) { d.text += fmt.Sprintf(format, args...) }

// requireHidden shows err, all errors that it wraps, and the error of a client that
// received it.
func requireHidden(t *testing.T, err error, secrets ...string) {
	t.Helper()
	client, clientErr := domaintask.NewClient(domaintask.Config{Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		return domaintask.Credentials{}, err
	})})
	require.NoError(t, clientErr)
	_, callErr := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorIs(t, callErr, domaintask.ErrCredentials)
	var urlErr *url.Error
	for _, err := range []error{err, callErr, errors.Unwrap(err), errors.Unwrap(errors.Unwrap(err))} {
		require.NotErrorAs(t, err, &urlErr)
		for _, secret := range secrets {
			require.NotContains(t, shown(err), secret)
		}
	}
}

// Providers show nothing of their keys, files, tokens, addresses, commands, or of a
// provider of the SDK or of the program.
func TestProvidersShowNothing(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.serve(everywhere)
	f.set("ACCESS_KEY_ID=id", "ACCESS_KEY_SECRET=hunter2-secret", "SECURITY_TOKEN=hunter2-token")
	f.write(cliFile, profiles(`"p","mode":"ChainableRamRoleArn","ram_role_arn":"arn","source_profile":"q"`,
		`"q","mode":"AK","access_key_id":"id","access_key_secret":"hunter2-secret"`,
		`"r","mode":"External","process_command":"hunter2-command"`,
		`"s","mode":"CloudSSO","access_token":"hunter2-access","cloud_sso_sign_in_url":"https://x.example","cloud_sso_account_id":"1","cloud_sso_access_config":"c"`))
	static := sdk.NewStaticSTSCredentialsProvider("id", "hunter2-secret", "hunter2-token")
	for name, provider := range map[string]any{
		"default":  Default(f.opts()...),
		"role":     Profile("p", f.opts()...),
		"command":  Profile("r", f.opts()...),
		"sign-in":  Profile("s", f.opts()...),
		"uri":      URI("http://user:hunter2-password@credentials.example/?hunter2-query", f.opts()...),
		"assumed":  AssumeRole(domaintask.StaticCredentials("id", "hunter2-secret", "hunter2-token"), Role{ARN: "arn"}, f.opts()...),
		"instance": ECSRole("", f.opts()...),
		"SDK":      FromSDK(static),
		"to SDK":   ToSDK(FromSDK(static)),
		"own":      ToSDK(leaky{"hunter2-own"}),
	} {
		t.Run(name, func(t *testing.T) {
			if p, ok := provider.(domaintask.CredentialsProvider); ok {
				p.Credentials(t.Context()) // with any result
			}
			require.NotContains(t, shown(provider), "hunter2")
			require.NotContains(t, shown(domaintask.Config{Credentials: FromSDK(static)}), "hunter2")
			require.True(t, provider == provider, "can be compared")
		})
	}
}

// leaky is a program's own provider that holds its secret unprotected.
type leaky struct{ secret string }

func (l leaky) Credentials(context.Context) (domaintask.Credentials, error) {
	return domaintask.NewCredentials("id", l.secret, ""), nil
}

// TestSourcesShowNothing, either: they hold secrets as such.
func TestSourcesShowNothing(t *testing.T) {
	t.Parallel()
	config, err := parseCLI([]byte(profiles(`"p","mode":"OAuth","oauth_site_type":"CN","access_key_id":"id","access_key_secret":"hunter2-secret","sts_token":"hunter2-token","oauth_access_token":"hunter2-access",` +
		`"process_command":"hunter2-command","credentials_uri":"http://x/?hunter2-query","private_key":"hunter2-key","bearer_token":"hunter2-bearer","access_token":"hunter2-sso"`)))
	require.NoError(t, err)
	require.NotContains(t, shown(config), "hunter2")
	source, err := config.source(nil, "p")
	require.NoError(t, err)
	require.NotContains(t, shown(source), "hunter2")
	file, err := parseINI([]byte("[default]\ntype=access_key\naccess_key_id=id\naccess_key_secret=hunter2-secret\n"))
	require.NoError(t, err)
	require.NotContains(t, shown(file), "hunter2")
	require.NotContains(t, shown(uri{nil, domaintask.NewSecret("http://x/?hunter2-query")}), "hunter2")
}

// TestErrorsQuoteNoFile: the SDK's errors repeat all of a config.json that is not
// JSON, and the lines of an ini file that it does not understand.
func TestErrorsQuoteNoFile(t *testing.T) {
	f := emptyEnvironment(t)
	for _, tt := range []struct{ name, file, text string }{
		{"config.json cut short", cliFile, `{"profiles":[{"name":"a","access_key_secret":"hunter2"`},
		{"config.json of another kind", cliFile, `{"profiles":{"access_key_secret":"hunter2"}}`},
		{"config.json that is no JSON", cliFile, "access_key_secret=hunter2\n' failed: hunter2"},
		{"an ini line without a delimiter", iniFileAt, "[default]\naccess_key_secret hunter2\n"},
		{"an ini line without a name", iniFileAt, "[default]\n= hunter2\n"},
		{"an ini line with an open quote", iniFileAt, "[default]\n\"hunter2 = 1\n"},
		{"an ini value that does not end", iniFileAt, "[default]\naccess_key_secret = \"\"\"hunter2\n"},
		{"an ini section that does not end", iniFileAt, "[hunter2"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := f.write(tt.file, tt.text)
			var theirs sdk.CredentialsProvider = sdk.NewCLIProfileCredentialsProviderBuilder().Build()
			if tt.file == iniFileAt {
				theirs = sdk.NewProfileCredentialsProviderBuilder().Build()
				t.Setenv("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true")
			}
			_, err := theirs.GetCredentials()
			require.ErrorContains(t, err, "hunter2", "the SDK's own error")
			requireHidden(t, requireFailure(t, FromSDK(theirs)), "hunter2")
			requireHidden(t, requireFailure(t, FromSDK(flattened{theirs})), "hunter2")
			requireHidden(t, requireFailure(t, Default(), path), "hunter2")
		})
	}
}

// flattened is a program's own provider around one of the SDK. It converts errors
// to text.
type flattened struct{ sdk.CredentialsProvider }

func (f flattened) GetCredentials() (*sdk.Credentials, error) {
	got, err := f.CredentialsProvider.GetCredentials()
	if err != nil {
		return nil, fmt.Errorf("around: %v", err)
	}
	return got, nil
}

// TestErrorsQuoteNoResponse of a server, which may hold credentials or quote the
// request, and no signed URL.
func TestErrorsQuoteNoResponse(t *testing.T) {
	emptyEnvironment(t)
	for _, tt := range []struct {
		name     string
		response http.HandlerFunc
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
			fmt.Fprint(w, assumed("x", "AccessKeySecret", "hunter2", "SecurityToken", "-"))
		}},
		{"in a redirect", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", "http://[::1?hunter2"+r.URL.RawQuery)
			w.WriteHeader(http.StatusFound)
		}},
		{"in a status line", func(w http.ResponseWriter, r *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				fmt.Fprintf(conn, "HTTP/1.1 hunter2 %s\r\n\r\n", r.URL.RawQuery)
				conn.Close()
			}
		}},
		{"nowhere: the connection ends", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var signature atomic.Value
			signature.Store("")
			handler := func(w http.ResponseWriter, r *http.Request) {
				if signed := r.URL.Query().Get("Signature"); signed != "" {
					signature.Store(signed)
				}
				tt.response(w, r)
			}
			host := serveSTS(t, handler)
			plain := httptest.NewServer(http.HandlerFunc(handler))
			defer plain.Close()
			theirRole := built[*sdk.RAMRoleARNCredentialsProvider](t)(sdk.NewRAMRoleARNCredentialsProviderBuilder().WithStsEndpoint(host).WithAccessKeyId("id").
				WithAccessKeySecret("hunter2").WithSecurityToken("hunter2/token").WithRoleArn("arn").Build())
			theirURI := built[*sdk.URLCredentialsProvider](t)(sdk.NewURLCredentialsProviderBuilderBuilder().WithUrl(strings.Replace(plain.URL, "://", "://user:hunter2@", 1) + "/?key=hunter2#hunter2").Build())
			for _, theirs := range []sdk.CredentialsProvider{theirRole, flattened{theirRole}, theirURI, flattened{theirURI}} {
				err := requireFailure(t, FromSDK(theirs))
				requireHidden(t, err, "hunter2")
				if signed := signature.Load().(string); signed != "" {
					requireHidden(t, err, signed, url.QueryEscape(signed))
				}
			}
		})
	}
}

// TestTextsOfTheSDK that quote something, as its errors have them.
func TestTextsOfTheSDK(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"refresh Ecs sts token err, httpStatus: 500, message = hunter2\nhunter2":                            "refresh Ecs sts token err, httpStatus: 500, message = [hidden]",
		"get credentials from http://x/?hunter2 failed: hunter2":                                            "get credentials from [hidden]",
		"refresh credentials from http://x/ failed: hunter2":                                                "refresh credentials from [hidden]",
		"SDK.ServerError\nErrorCode: NoPermission\nRecommend: hunter2":                                      "SDK.ServerError ErrorCode: NoPermission [hidden]",
		"SDK.ServerError\nErrorCode: \nRecommend: hunter2":                                                  "SDK.ServerError ErrorCode: [hidden]",
		`net/http: HTTP/1.x transport connection broken: malformed HTTP response "hunter2"`:                 `net/http: HTTP/1.x transport connection broken: malformed HTTP response "[hidden]`,
		`failed to parse Location header "hunter2": x`:                                                      `failed to parse Location header "[hidden]`,
		`parse "https://sts.x /?hunter2": invalid character " " in host name`:                               `parse "[hidden]`,
		"see https://user:hunter2@x.example/path?hunter2#hunter2 for more":                                  "see https://[hidden]x.example/path?[hidden] for more",
		"unable to get credentials from enviroment variables, (ALIBABA_CLOUD_ACCESS_KEY_ID)":                "unable to get credentials from enviroment variables, (ALIBABA_CLOUD_ACCESS_KEY_ID)",
		"unmarshal aliyun cli config from '/home/x/.aliyun/config.json' failed: {hunter2\n' failed: hunter": "unmarshal aliyun cli config from '/home/x/.aliyun/config.json' failed: [hidden]",
		"ERROR: Can not open filehunter2":                                                                   "ERROR: Can not open file[hidden]",
		"domaintask: NewClient: x":                                                                          "NewClient: x",
	} {
		require.Equal(t, says, explain(errors.New(text)).Error())
	}
}

// Text that is not quoted is not hidden, such as the name of a missing variable.
func TestErrorsStayHelpful(t *testing.T) {
	emptyEnvironment(t)
	variables := sdk.NewEnvironmentVariableCredentialsProvider()
	role := built[*sdk.RAMRoleARNCredentialsProvider](t)(sdk.NewRAMRoleARNCredentialsProviderBuilder().WithCredentialsProvider(variables).WithRoleArn("arn").Build())
	for _, theirs := range []sdk.CredentialsProvider{variables, role} {
		requireFailure(t, FromSDK(theirs), "ALIBABA_CLOUD_ACCESS_KEY_ID")
	}
}

// Errors of a program's own providers keep their text and identity, but not secrets
// that were returned before, signed URLs or line breaks.
func TestErrorsOfOwnProviders(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		vault := &own{get: func() (*sdk.Credentials, error) { return theirs(of("x/y")), nil }}
		provider := FromSDK(vault)
		requireCredentials(t, of("x/y"), provider)
		time.Sleep(time.Hour)
		vault.get = func() (*sdk.Credentials, error) {
			return nil, fmt.Errorf("vault: %w:\nsee https://user:hunter2@vault.test/x?token=hunter2 about secret-of-x/y, token-of-x%%2Fy and token-of-x%%252fy\u2028a\u2029b", errDown)
		}
		for range 2 {
			err := requireFailure(t, provider)
			require.ErrorIs(t, err, errDown)
			require.NotErrorIs(t, err, http.ErrServerClosed)
			require.ErrorContains(t, err, "vault: the source is down: see https://[hidden]vault.test/x?[hidden] about [hidden], [hidden] and [hidden] a b")
		}
		for _, ended := range []error{context.DeadlineExceeded, context.Canceled} {
			vault.get = func() (*sdk.Credentials, error) { return nil, ended }
			require.NotErrorIs(t, requireFailure(t, provider), ended, "the caller's context has not ended")
		}
		vault.get = func() (*sdk.Credentials, error) {
			return nil, errors.New(strings.Repeat("x", 480) + " " + "secret-of-x/y" + strings.Repeat("y", 500))
		}
		err := requireFailure(t, provider)
		require.NotContains(t, err.Error(), "secret")
		require.Less(t, len(err.Error()), 600)
	})
}

// The bearer token is hidden too.
func TestBearerTokenIsHidden(t *testing.T) {
	t.Parallel()
	err := failed(errors.New("bearer hunter2-bearer"), domaintask.BearerCredentials("hunter2-bearer"))
	require.EqualError(t, err, domaintask.ErrCredentials.Error()+": bearer [hidden]")
	require.EqualError(t, failed(err, domaintask.Credentials{}), err.Error(), "the kind is told once")
}

// TestBareURL states the safe part of each address.
func TestBareURL(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"https://user:hunter2@x.example:8443/path?hunter2#hunter2": "https://x.example:8443/path",
		"http://[::1?hunter2": "a malformed address",
		"mailto:hunter2":      "a malformed address",
	} {
		require.Equal(t, want, bareURL(address))
	}
}

// TestWord states the safe part of each code.
func TestWord(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"": "unknown", "NoPermission": "NoPermission", "Entity_Not-Exist.Role": "Entity_Not-Exist.Role", "no permission": "[hidden]",
		strings.Repeat("x", 100): strings.Repeat("x", 100), strings.Repeat("x", 101): "[hidden]", "x\n": "[hidden]",
	} {
		require.Equal(t, want, word(code))
	}
}
