package domaintask_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestErrorsHideSecrets lets the service, a proxy and the transport quote the
// request in every encoding that it went through.
func TestErrorsHideSecrets(t *testing.T) {
	t.Parallel()
	const token = "CAIS/token+with=awkward bytes"
	secrets := []string{testSecret, "CAIS/token+with=awkward"}
	config := domaintask.Config{Credentials: domaintask.StaticCredentials(testKeyID, testSecret, strings.ReplaceAll(token, " bytes", ""))}
	quote := func(r *http.Request) string {
		return strings.Join([]string{
			r.URL.RawQuery, url.QueryEscape(r.URL.RawQuery), r.URL.Query().Get("Signature"), r.URL.Query().Get("SecurityToken"),
			r.Header.Get("Authorization"), testSecret, base64.StdEncoding.EncodeToString([]byte(testSecret)),
		}, "\n")
	}
	for _, tt := range []struct {
		name   string
		answer func(w http.ResponseWriter, r *http.Request, quoted string)
	}{
		{"in a message", func(w http.ResponseWriter, _ *http.Request, quoted string) {
			w.WriteHeader(http.StatusBadRequest)
			json.NewEncoder(w).Encode(map[string]string{"Code": "SignatureDoesNotMatch", "Message": "server string to sign is:" + quoted, "RequestId": quoted, "Recommend": quoted, "HostId": quoted})
		}},
		{"in a code", func(w http.ResponseWriter, _ *http.Request, quoted string) {
			json.NewEncoder(w).Encode(map[string]string{"Code": quoted})
		}},
		{"in HTML", func(w http.ResponseWriter, _ *http.Request, quoted string) {
			w.Header().Set("x-acs-request-id", url.QueryEscape(quoted))
			w.WriteHeader(http.StatusBadGateway)
			io.WriteString(w, "<html>"+quoted)
		}},
		{"across the end of what is kept", func(w http.ResponseWriter, r *http.Request, _ string) {
			io.WriteString(w, "<html>"+strings.Repeat(" ", 1<<10-10)+r.URL.Query().Get("Signature")+r.Header.Get("Authorization"))
		}},
		{"in a redirect", func(w http.ResponseWriter, r *http.Request, quoted string) {
			w.Header().Set("Location", "http://127.0.0.1:1/?"+r.URL.RawQuery)
			w.WriteHeader(http.StatusFound)
		}},
		{"in a redirect that is no URL", func(w http.ResponseWriter, r *http.Request, _ string) {
			w.Header().Set("Location", "http://[::1?"+r.URL.RawQuery)
			w.WriteHeader(http.StatusFound)
		}},
		{"in a status line", func(w http.ResponseWriter, r *http.Request, _ string) {
			conn, _, err := w.(http.Hijacker).Hijack()
			require.NoError(t, err)
			io.WriteString(conn, "HTTP/1.1 "+r.URL.RawQuery+"\r\n\r\n")
			conn.Close()
		}},
		{"nowhere: the connection ends", func(http.ResponseWriter, *http.Request, string) { panic(http.ErrAbortHandler) }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
				var mu sync.Mutex
				var signature string
				server := serve(t, func(w http.ResponseWriter, r *http.Request) {
					mu.Lock()
					_, signature, _ = strings.Cut(r.Header.Get("Authorization"), "Signature=")
					signature = cmp.Or(signature, r.URL.Query().Get("Signature"))
					mu.Unlock()
					tt.answer(w, r, quote(r))
				})
				config := config
				config.Endpoint, config.Signature, config.Retry = server.URL, method, domaintask.RetryPolicy{BaseDelay: 1}
				client := newClient(t, config)
				_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				require.Error(t, err)
				_, walkErr := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}))
				require.Error(t, walkErr)

				shown := show(t, err, walkErr, errors.Join(err, walkErr))
				mu.Lock()
				defer mu.Unlock()
				require.NotEmpty(t, signature)
				for _, secret := range append(secrets, signature) {
					for _, form := range []string{secret, url.QueryEscape(secret), url.QueryEscape(url.QueryEscape(secret)), base64.StdEncoding.EncodeToString([]byte(secret))} {
						require.NotContains(t, shown, form)
					}
				}
			}
		})
	}
}

// show prints values in every way that a program may, and the errors that they
// wrap.
func show(t *testing.T, values ...any) string {
	t.Helper()
	var b bytes.Buffer
	loggers := []*slog.Logger{slog.New(slog.NewTextHandler(&b, nil)), slog.New(slog.NewJSONHandler(&b, nil))}
	for len(values) > 0 {
		v := values[0]
		values = values[1:]
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			fmt.Fprintf(&b, verb+"\n", v)
		}
		for _, logger := range loggers {
			logger.Info("shown", "value", v)
		}
		text, _ := json.Marshal(v)
		b.Write(text)
		switch e := v.(type) {
		case *domaintask.DecodeError:
			b.Write(e.Body)
			values = append(values, *e, e.Err)
		case *domaintask.APIError:
			values = append(values, *e)
		case interface{ Unwrap() error }:
			values = append(values, e.Unwrap())
		case interface{ Unwrap() []error }:
			for _, err := range e.Unwrap() {
				values = append(values, err)
			}
		}
	}
	return b.String()
}
