package domaintask_test

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// bothSignatures runs f with each way to sign.
func bothSignatures(t *testing.T, f func(*testing.T, domaintask.SignatureMethod)) {
	t.Helper()
	for _, method := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
		t.Run(method.String(), func(t *testing.T) {
			t.Parallel()
			f(t, method)
		})
	}
}

// TestRedirectsShowNothing: wherever one leads, it is a response that is not
// followed and not quoted.
func TestRedirectsShowNothing(t *testing.T) {
	t.Parallel()
	for _, location := range []string{"http://127.0.0.1:1/?%s", "http://[::1?%s", "//[?%s", "http://%%zz?%s", "://%s", ":%s", "http://x\x7f?%s", "http://user:hunter2@[?%s", "?%s", ""} {
		bothSignatures(t, func(t *testing.T, method domaintask.SignatureMethod) {
			for _, status := range []int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
				header := http.Header{"Location": {fmt.Sprintf(location, "%s")}}
				sent := 0
				client := newClient(t, domaintask.Config{Signature: method, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
					sent++
					resp := answering(r, status, "")
					if location != "" {
						header.Set("Location", fmt.Sprintf(location, r.URL.RawQuery+r.Header.Get("Authorization")))
					}
					resp.Header = header
					return resp, nil
				})})
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				var decodeErr *domaintask.DecodeError
				require.ErrorAs(t, err, &decodeErr)
				require.Equal(t, status, decodeErr.StatusCode)
				require.ErrorContains(t, err, "redirects are not followed")
				require.Equal(t, 1, sent, "it would be so again")
				shown := show(t, err)
				for _, part := range []string{"PageNum", "AccessKeyId", "Credential", "hunter2", "Location"} {
					require.NotContains(t, shown, part)
				}
				require.NotEmpty(t, header["Location"], "the response of a given transport stays as it is")
			}
		})
	}
}

// quoting is an error that says nothing of what it wraps.
type quoting struct{ error }

func (quoting) Error() string   { return "boom" }
func (e quoting) Unwrap() error { return e.error }

// TestTransportErrorsShowNothing lets a transport quote the request in errors of
// every shape.
func TestTransportErrorsShowNothing(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(r *http.Request, quoted string) error{
		"the URL":     func(r *http.Request, _ string) error { return errors.New("no route to " + r.URL.String()) },
		"the request": func(r *http.Request, _ string) error { return fmt.Errorf("%v with %v failed", r.URL, r.Header) },
		"quoted":      func(_ *http.Request, quoted string) error { return fmt.Errorf("%q", quoted) },
		"with blanks": func(_ *http.Request, quoted string) error { return errors.New(strings.ReplaceAll(quoted, "+", " ")) },
		"decoded":     func(_ *http.Request, quoted string) error { s, _ := url.QueryUnescape(quoted); return errors.New(s) },
		"in base64": func(_ *http.Request, quoted string) error {
			return errors.New(base64.StdEncoding.EncodeToString([]byte(quoted)))
		},
		"in hex":            func(_ *http.Request, quoted string) error { return errors.New(hex.EncodeToString([]byte(quoted))) },
		"an error of a URL": func(r *http.Request, _ string) error { return &url.Error{Op: "Get", URL: r.URL.String(), Err: io.EOF} },
		"two errors of a URL": func(r *http.Request, q string) error {
			return &url.Error{Op: "Get", URL: "?" + q, Err: &url.Error{Op: "parse", URL: r.URL.String(), Err: io.EOF}}
		},
		"one wrapped": func(r *http.Request, _ string) error {
			return fmt.Errorf("proxy: %w", &url.Error{Op: "Get", URL: r.URL.String(), Err: io.EOF})
		},
		"one joined": func(r *http.Request, _ string) error {
			return errors.Join(io.EOF, &url.Error{Op: "Get", URL: r.URL.String(), Err: io.EOF})
		},
		"one behind a clean one": func(r *http.Request, _ string) error {
			return quoting{&url.Error{Op: "Get", URL: r.URL.String(), Err: io.EOF}}
		},
		"beyond what is searched": func(_ *http.Request, quoted string) error {
			return fmt.Errorf("%s%s", strings.Repeat("x", 70<<10), quoted)
		},
		"a proxy's password": func(*http.Request, string) error {
			return errors.New(`proxyconnect: Get "http://user:` + hidingSecret + `@proxy.example:3128/": refused`)
		},
		"a proxy that is no URL": func(*http.Request, string) error {
			return fmt.Errorf("invalid proxy address %q: %v", "http://user:"+hidingSecret+" @[", "no host")
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothSignatures(t, func(t *testing.T, method domaintask.SignatureMethod) {
				var signature string
				jar, err := cookiejar.New(nil)
				require.NoError(t, err)
				failing := via(func(r *http.Request) (*http.Response, error) {
					_, signature, _ = strings.Cut(r.Header.Get("Authorization"), "Signature=")
					if signature == "" {
						signature = r.URL.Query().Get("Signature")
					}
					return nil, fail(r, r.URL.RawQuery+"\n"+r.Header.Get("Authorization")+"\n"+hidingSecret+"\n"+r.Header.Get("X-Acs-Security-Token"))
				})
				failing.Jar = jar
				client := newClient(t, domaintask.Config{Signature: method, Retry: once, HTTPClient: failing, Credentials: domaintask.StaticCredentials(testKeyID, hidingSecret, hidingToken)})
				_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				var callErr *domaintask.CallError
				require.ErrorAs(t, err, &callErr)
				shown := show(t, err)
				for _, secret := range []string{hidingSecret, hidingToken, signature} {
					requireHiddenForms(t, shown, secret)
				}
				if method == domaintask.SignatureHMACSHA1 {
					require.NotContains(t, shown, "SignatureNonce=", "the signed URL")
				}
			})
		})
	}
}

const (
	hidingSecret = "SECRET~Zq%7&x/with+30"
	hidingToken  = "CAIS~Zq%7&x/token+=="
)

// requireHiddenForms requires that no form of a secret is in text.
func requireHiddenForms(t *testing.T, text, secret string) {
	t.Helper()
	require.NotEmpty(t, secret)
	for _, form := range []string{
		secret, url.QueryEscape(secret), url.QueryEscape(url.QueryEscape(secret)), url.PathEscape(secret), strings.ReplaceAll(secret, "+", " "),
		base64.RawStdEncoding.EncodeToString([]byte(secret))[:16], hex.EncodeToString([]byte(secret)),
	} {
		require.NotContains(t, text, form)
	}
}

// TestHiddenErrorsKeepWhatTheyAre: whether a hidden error is retried, and what
// it matches, is as before.
func TestHiddenErrorsKeepWhatTheyAre(t *testing.T) {
	t.Parallel()
	sentinel := errors.New("a sentinel")
	client := newClient(t, domaintask.Config{Retry: once, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		return nil, slow{fmt.Errorf("%s: %w: %w", r.URL, sentinel, context.DeadlineExceeded)}
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorContains(t, err, "[hidden]")
	require.ErrorIs(t, err, sentinel)
	require.ErrorIs(t, err, context.DeadlineExceeded)
	var timeout interface{ Timeout() bool }
	require.ErrorAs(t, err, &timeout)
	require.True(t, timeout.Timeout())
	require.True(t, domaintask.Temporary(err))
}

// slow is a transport's error that says of itself that it is a timeout.
type slow struct{ error }

func (slow) Timeout() bool   { return true }
func (e slow) Unwrap() error { return e.error }

// temporary is a provider's error that may pass.
type temporary struct{ error }

func (temporary) Temporary() bool { return true }
func (e temporary) Unwrap() error { return e.error }

// TestProvidersQuoteTheLastKey: the error of a provider, or a limiter, that
// quotes what was signed with before.
func TestProvidersQuoteTheLastKey(t *testing.T) {
	t.Parallel()
	sentinel := errors.New("the vault is sealed")
	quote := temporary{fmt.Errorf("cannot renew %s with %s: %w", url.QueryEscape(hidingToken), hidingSecret, sentinel)}
	for _, who := range []string{"provider", "limiter"} {
		t.Run(who, func(t *testing.T) {
			t.Parallel()
			asked := 0
			client := newClient(t, domaintask.Config{
				Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
					if asked++; who == "provider" && asked > 1 {
						return domaintask.Credentials{}, quote
					}
					return domaintask.NewCredentials(testKeyID, hidingSecret, hidingToken), nil
				}),
				Limiter: waiting(func(context.Context) error {
					if who == "limiter" && asked > 0 {
						return quote
					}
					return nil
				}),
				HTTPClient: via(func(r *http.Request) (*http.Response, error) { return answering(r, 200, `{"RequestId":"r"}`), nil }),
			})
			_, err := client.Do(t.Context(), domaintask.Call{Action: "X"})
			require.NoError(t, err)
			_, err = client.Do(t.Context(), domaintask.Call{Action: "X"})
			require.ErrorContains(t, err, "cannot renew [hidden] with [hidden]: the vault is sealed")
			require.ErrorIs(t, err, sentinel)
			require.True(t, domaintask.Temporary(err), "a watch goes on")
			shown := show(t, err)
			requireHiddenForms(t, shown, hidingSecret)
			requireHiddenForms(t, shown, hidingToken)
		})
	}
}

// waiting makes a Limiter of a function.
type waiting func(context.Context) error

func (f waiting) Wait(ctx context.Context) error { return f(ctx) }

// TestDocumentNamesShowNothing: an error about a document quotes names in it.
func TestDocumentNamesShowNothing(t *testing.T) {
	t.Parallel()
	const secret = "SECRET-as-a-name-of-XML"
	client := newClient(t, domaintask.Config{Retry: once, Credentials: domaintask.StaticCredentials(testKeyID, secret, ""), HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		return answering(r, 200, "<"+secret+"></"+secret+">"), nil
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorContains(t, err, "root <[hidden]> instead of <PollTaskResultResponse>")
	require.NotContains(t, show(t, err), secret)
}
