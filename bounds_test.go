package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/internal/wire"
	"github.com/stretchr/testify/require"
)

// What is kept of a text, as the docs of APIError say it.
const longText, shortText = 16 << 10, 1 << 10

// requireBounded checks every text that err holds, and the one that it prints.
func requireBounded(t *testing.T, err error) {
	t.Helper()
	require.Less(t, len(err.Error()), 16<<10)
	var texts func(name string, v reflect.Value)
	texts = func(name string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			most := shortText
			if name == "Message" || name == "EncodedDiagnosticMessage" {
				most = longText
			}
			require.LessOrEqual(t, v.Len(), most, name)
		case reflect.Slice:
			require.LessOrEqual(t, v.Len(), shortText, name)
		case reflect.Struct:
			for i := range v.NumField() {
				texts(v.Type().Field(i).Name, v.Field(i))
			}
		}
	}
	var apiErr *domaintask.APIError
	var decodeErr *domaintask.DecodeError
	if errors.As(err, &apiErr) {
		texts("", reflect.ValueOf(*apiErr))
	}
	if errors.As(err, &decodeErr) {
		texts("", reflect.ValueOf(*decodeErr))
		require.Less(t, len(decodeErr.Err.Error()), 8<<10)
	}
}

// TestLongTextsOfTheService: whatever text it sends, and how much of it, an
// error keeps little and costs little. The texts are full of what a search for
// secrets has to look at closely.
func TestLongTextsOfTheService(t *testing.T) {
	t.Parallel()
	token := strings.Repeat("CAISabcDEF0123456789", 40)
	for name, piece := range map[string]string{
		"plain":          "x",
		"part of token":  token[:len(token)-1],
		"percent":        "%25",
		"entities":       "&amp;",
		"several bytes":  "长",
		"whole tokens":   token,
		"control":        `\u0007`,
		"encoded tokens": strings.ReplaceAll(token, "C", "%43"),
	} {
		for _, answer := range []struct {
			status, size int
			fields       []string
		}{
			{200, 4 << 20, []string{"Message", "Code"}},
			{400, 1<<20 + 1<<19, []string{"Message", "RequestId", "HostId", "Recommend", "Code", "AccessDeniedDetail"}},
		} {
			t.Run(fmt.Sprint(name, " in a ", answer.status), func(t *testing.T) {
				t.Parallel()
				text := strings.Repeat(piece, answer.size/len(piece))
				for _, field := range answer.fields {
					head, value := `"Code":"Throttling.User",`, `"`+text+`"`
					if field == "Code" {
						head = ""
					}
					if field == "AccessDeniedDetail" {
						value = `{"AuthAction":"domain:QueryDomainTask","EncodedDiagnosticMessage":` + value + `}`
					}
					body := `{` + head + `"` + field + `":` + value + `}`
					client := newClient(t, domaintask.Config{
						Retry: once, Credentials: domaintask.StaticCredentials(testKeyID, testSecret, token),
						HTTPClient: via(func(r *http.Request) (*http.Response, error) { return answering(r, answer.status, body), nil }),
					})
					reading := took(func() { wire.DecodeEnvelope([]byte(body)) })
					var err error
					all := took(func() { _, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{}) })
					require.Less(t, all, 30*reading+2*time.Second, "%s: to search all of it for secrets takes a hundred times as long as to read it", field)
					requireBounded(t, err)
					require.NotContains(t, err.Error(), token)
					require.NotErrorIs(t, err, domaintask.ErrResponseTooLarge)
					if field != "Code" {
						require.ErrorIs(t, err, domaintask.ErrThrottled, field)
					}
				}
			})
		}
	}
}

func took(f func()) time.Duration {
	start := time.Now()
	f()
	return time.Since(start)
}

// TestLargeErrorKeepsItsCode: what is behind the first MiB does not matter, nor
// does MaxResponseBytes.
func TestLargeErrorKeepsItsCode(t *testing.T) {
	t.Parallel()
	padding := strings.Repeat("x", 1<<20)
	for _, tt := range []struct {
		name, body string
	}{
		{"JSON", `{"RequestId":"R-1","Code":"Forbidden.RAM","Message":"` + padding + `"}`},
		{"JSON, a field nobody knows", `{"RequestId":"R-1","Code":"Forbidden.RAM","Padding":["` + padding + `"]}`},
		{"XML", `<Error><RequestId>R-1</RequestId><Code>Forbidden.RAM</Code><Message>` + padding + `</Message></Error>`},
		{"blanks behind", `{"RequestId":"R-1","Code":"Forbidden.RAM"}` + strings.Repeat(" ", 1<<20)},
	} {
		for _, status := range []int{302, 400, 503} {
			for _, limit := range []int64{0, 200, 64 << 20} {
				for _, length := range []bool{false, true} {
					client := newClient(t, domaintask.Config{Retry: once, MaxResponseBytes: limit, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
						resp := answering(r, status, tt.body)
						resp.ContentLength = -1
						if length {
							resp.ContentLength = int64(len(tt.body))
						}
						return resp, nil
					})})
					_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
					var apiErr *domaintask.APIError
					require.ErrorAs(t, err, &apiErr, "%s, %d, %d", tt.name, status, limit)
					require.Equal(t, "Forbidden.RAM", apiErr.Code)
					require.Equal(t, "R-1", apiErr.RequestID)
					requireKind(t, domaintask.ErrForbidden, err)
					requireBounded(t, err)
				}
			}
		}
	}

	// The same in a success that is too large.
	client := newClient(t, domaintask.Config{Retry: once, MaxResponseBytes: 1 << 20, HTTPClient: via(func(r *http.Request) (*http.Response, error) {
		resp := answering(r, 200, `{"Code":"Throttling.User","Message":"`+padding+`"}`)
		resp.ContentLength = -1
		return resp, nil
	})})
	_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	requireKind(t, domaintask.ErrThrottled, err)
}

// TestLongHeaders: those that an error quotes, and those that net/http does.
func TestLongHeaders(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("text/html; for=", 40_000)
	for _, tt := range []struct{ name, head string }{
		{"content type", "HTTP/1.1 503 Busy\r\nContent-Type: " + long},
		{"request id", "HTTP/1.1 503 Busy\r\nX-Acs-Request-Id: " + long},
		{"location", "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/" + long},
		{"location that is none", "HTTP/1.1 302 Found\r\nLocation: http://[::1" + strings.ReplaceAll(long, " ", "")},
		{"coding", "HTTP/1.1 200 OK\r\nContent-Encoding: " + long},
		{"hint", "HTTP/1.1 503 Busy\r\nRetry-After: " + long + "\r\nX-Ratelimit-User: " + long},
		{"status", "HTTP/1.1 503 " + long},
		{"protocol", long},
		{"header that is none", "HTTP/1.1 200 OK\r\n" + strings.ReplaceAll(long, ":", "")},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				conn, _, err := w.(http.Hijacker).Hijack()
				require.NoError(t, err)
				io.WriteString(conn, tt.head+"\r\nContent-Length: 6\r\n\r\n<html>")
				conn.Close()
			})
			client := newClient(t, domaintask.Config{Endpoint: server.URL, Retry: once})
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.Error(t, err)
			requireBounded(t, err)
		})
	}
}

// TestLongErrorsOfTheProgram: of what a part that the program brought says in
// its error, the text of ours shows a part, and the error is still in it.
func TestLongErrorsOfTheProgram(t *testing.T) {
	t.Parallel()
	long := errors.New(strings.Repeat("why not ", 1<<17))
	for name, config := range map[string]domaintask.Config{
		"limiter":   {Limiter: limiterFunc(func(context.Context) error { return long })},
		"provider":  {Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { return domaintask.Credentials{}, long })},
		"transport": {HTTPClient: via(func(*http.Request) (*http.Response, error) { return nil, long })},
		"body": {HTTPClient: via(func(r *http.Request) (*http.Response, error) {
			resp := answering(r, 200, "")
			resp.Body = failing{func([]byte) (int, error) { return 0, long }}
			return resp, nil
		})},
	} {
		config.Retry = once
		_, err := newClient(t, config).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.Less(t, len(err.Error()), 8<<10, name)
		require.ErrorContains(t, err, "why not why not", name)
		if name == "limiter" || name == "provider" {
			require.ErrorIs(t, err, long)
		}
	}
}
