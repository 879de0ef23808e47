package domaintask_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// sentinels are all that an error may be, by errors.Is.
var sentinels = []error{
	domaintask.ErrThrottled, domaintask.ErrCredentials, domaintask.ErrForbidden,
	domaintask.ErrClockSkew, domaintask.ErrPaging, domaintask.ErrResponseTooLarge,
}

// requireKind checks that err is the given sentinel and no other; nil: none.
func requireKind(t *testing.T, kind, err error) {
	t.Helper()
	for _, sentinel := range sentinels {
		require.Equal(t, sentinel == kind, errors.Is(err, sentinel), "%v: %v", sentinel, err)
	}
}

// TestAPIErrors reaches the service's own errors through a real server.
func TestAPIErrors(t *testing.T) {
	t.Parallel()
	document := func(code string) string {
		return `{"RequestId":"R-1","HostId":"domain.aliyuncs.com","Code":"` + code + `","Message":"in words","Recommend":"https://example.com"}`
	}
	full := func(status int, code string) domaintask.APIError {
		return domaintask.APIError{Action: "PollTaskResult", StatusCode: status, Code: code, Message: "in words",
			RequestID: "R-1", HostID: "domain.aliyuncs.com", Recommend: "https://example.com", Attempts: 1}
	}
	short := func(status int, code, message, requestID string) domaintask.APIError {
		return domaintask.APIError{Action: "PollTaskResult", StatusCode: status, Code: code, Message: message, RequestID: requestID, Attempts: 1}
	}
	denied := short(403, "Forbidden.RAM", "User not authorized", "R-1")
	denied.AccessDenied = domaintask.AccessDeniedDetail{
		AuthAction: "domain:QueryDomainTask", AuthPrincipalType: "SubUser", AuthPrincipalDisplayName: "2012", AuthPrincipalOwnerID: "1001",
		NoPermissionType: "ImplicitDeny", PolicyType: "AccountLevelIdentityBasedPolicy", EncodedDiagnosticMessage: "AQEAAA",
	}
	for _, tt := range []struct {
		name   string
		status int
		body   string
		want   domaintask.APIError
		kind   error
	}{
		{"JSON", 400, document("InvalidParameter"), full(400, "InvalidParameter"), nil},
		{"XML", 400, `<?xml version='1.0' encoding='UTF-8'?><Error><RequestId>R-1</RequestId><HostId>domain.aliyuncs.com</HostId><Code>InvalidParameter</Code>` +
			`<Message>in words</Message><Recommend><![CDATA[https://example.com]]></Recommend></Error>`, full(400, "InvalidParameter"), nil},
		{"throttled", 400, document("Throttling.User"), full(400, "Throttling.User"), domaintask.ErrThrottled},
		{"throttled another way", 400, document("Rejected.Throttling"), full(400, "Rejected.Throttling"), domaintask.ErrThrottled},
		{"throttled by status", 429, document("Busy"), full(429, "Busy"), domaintask.ErrThrottled},
		{"access key unknown", 404, document("InvalidAccessKeyId.NotFound"), full(404, "InvalidAccessKeyId.NotFound"), domaintask.ErrCredentials},
		{"token expired", 400, document("InvalidSecurityToken.Expired"), full(400, "InvalidSecurityToken.Expired"), domaintask.ErrCredentials},
		{"signature", 403, document("SignatureDoesNotMatch"), full(403, "SignatureDoesNotMatch"), domaintask.ErrCredentials},
		{"forbidden", 403, document("Forbidden"), full(403, "Forbidden"), domaintask.ErrForbidden},
		{"a code that only starts like another", 400, document("ForbiddenFruit"), full(400, "ForbiddenFruit"), nil},
		{"RAM denial", 403, `{"RequestId":"R-1","Code":"Forbidden.RAM","Message":"User not authorized","AccessDeniedDetail":{"AuthAction":"domain:QueryDomainTask","AuthPrincipalType":"SubUser",` +
			`"AuthPrincipalDisplayName":"2012","AuthPrincipalOwnerId":"1001","NoPermissionType":"ImplicitDeny","PolicyType":"AccountLevelIdentityBasedPolicy","EncodedDiagnosticMessage":"AQEAAA","Nested":[1,{"a":null}]}}`,
			denied, domaintask.ErrForbidden},
		{"RAM denial, XML", 403, `<Error><RequestId>R-1</RequestId><Code>Forbidden.RAM</Code><Message>User not authorized</Message><AccessDeniedDetail><AuthAction>domain:QueryDomainTask</AuthAction>` +
			`<AuthPrincipalType>SubUser</AuthPrincipalType><AuthPrincipalDisplayName>2012</AuthPrincipalDisplayName><AuthPrincipalOwnerId>1001</AuthPrincipalOwnerId>` +
			`<NoPermissionType>ImplicitDeny</NoPermissionType><PolicyType>AccountLevelIdentityBasedPolicy</PolicyType><EncodedDiagnosticMessage>AQEAAA</EncodedDiagnosticMessage></AccessDeniedDetail></Error>`,
			denied, domaintask.ErrForbidden},
		{"RAM denial, detail no object", 403, `{"RequestId":"R-1","Code":"Forbidden.RAM","Message":"m","AccessDeniedDetail":"none"}`, short(403, "Forbidden.RAM", "m", "R-1"), domaintask.ErrForbidden},
		{"clock", 400, document("InvalidTimeStamp.Expired"), full(400, "InvalidTimeStamp.Expired"), domaintask.ErrClockSkew},
		{"clock, other wording", 400, document("IllegalTimestamp"), full(400, "IllegalTimestamp"), domaintask.ErrClockSkew},
		{"numeric code", 500, `{"Code":500,"Message":null,"RequestId":7}`, short(500, "500", "", "7"), nil},
		{"lower-case names", 400, `{"code":"InvalidParameter","message":"m","requestId":"R-2"}`, short(400, "InvalidParameter", "m", "R-2"), nil},
		{"inside a 200, JSON", 200, `{"Code":"Forbidden.RAM","Message":"m","RequestId":"R-1"}`, short(200, "Forbidden.RAM", "m", "R-1"), domaintask.ErrForbidden},
		{"inside a 200, with data", 200, `{"Data":{"TaskDetail":[{"TaskDetailNo":"1"}]},"Code":"InternalError","RequestId":"R-1"}`, short(200, "InternalError", "", "R-1"), nil},
		{"inside a 200, XML", 200, `<Error><Code>ServiceUnavailable</Code><Message>m</Message></Error>`, short(200, "ServiceUnavailable", "m", "R-header"), nil},
		{"request id in the header alone", 503, `{"Code":"ServiceUnavailable"}`, short(503, "ServiceUnavailable", "", "R-header"), nil},
		{"blanks around the code", 400, `{"Code":"\n Throttling.User ","Message":"m"}`, short(400, "Throttling.User", "m", "R-header"), domaintask.ErrThrottled},
		{"blanks around the code, XML", 400, "<Error><Code>\n  Throttling.User\n</Code></Error>", short(400, "Throttling.User", "", "R-header"), domaintask.ErrThrottled},
		{"in a redirect", 302, document("Forbidden.RAM"), full(302, "Forbidden.RAM"), domaintask.ErrForbidden},
		{"with a status that is none", 600, document("Throttling.User"), full(600, "Throttling.User"), domaintask.ErrThrottled},
		{"cut off behind the code", 400, `{"RequestId":"R-1","Code":"Throttling.User","Message":"in wo`, short(400, "Throttling.User", "in wo", "R-1"), domaintask.ErrThrottled},
		{"a long message", 400, `{"Code":"X","Message":"` + strings.Repeat("长", 1000) + `"}`, short(400, "X", strings.Repeat("长", 1000), "R-header"), nil},
		{"line breaks in a message", 400, `{"Code":"X","Message":"a\nb\u2028c"}`, short(400, "X", "a\nb\u2028c", "R-header"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("x-acs-request-id", "R-header")
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.body)
			})
			client := newClient(t, domaintask.Config{Endpoint: server.URL, Retry: once})
			resp, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.Nil(t, resp)
			var apiErr *domaintask.APIError
			require.ErrorAs(t, err, &apiErr)
			require.Equal(t, tt.want, *apiErr)
			requireKind(t, tt.kind, err)
			require.NotContains(t, err.Error(), "\n")
			require.Less(t, len(err.Error()), 500)
			require.Contains(t, err.Error(), tt.want.AccessDenied.AuthAction)

			raw, err := client.Do(t.Context(), domaintask.Call{Action: "PollTaskResult"})
			require.Nil(t, raw)
			require.ErrorAs(t, err, &apiErr, "Do sees the same")
			require.Equal(t, tt.want, *apiErr)
		})
	}
}

// TestErrorDocuments serves the documents of testdata/errors: those of one
// name, one JSON and one XML, must be the same error.
func TestErrorDocuments(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/errors/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			var read []domaintask.APIError
			for _, file := range []string{name, strings.TrimSuffix(name, ".json") + ".xml"} {
				body, err := os.ReadFile(file)
				require.NoError(t, err)
				server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(http.StatusBadRequest)
					w.Write(body)
				})
				_, err = newClient(t, domaintask.Config{Endpoint: server.URL, Retry: once}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				var apiErr *domaintask.APIError
				require.ErrorAs(t, err, &apiErr)
				require.NotEmpty(t, apiErr.Code)
				require.NotEmpty(t, apiErr.RequestID)
				read = append(read, *apiErr)
			}
			require.Equal(t, read[0], read[1])
		})
	}
}

// TestDecodeErrors sends answers that are not the service's.
func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	const good = `{"RequestId":"R-1","TotalItemNum":0,"Data":{}}`
	const html = "<html>\r\n<head><title>502 Bad Gateway</title></head></html>"
	write := func(status int, contentType, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	for _, tt := range []struct {
		name   string
		answer http.HandlerFunc
		status int
		body   string // what the error keeps of it
		is     error
	}{
		{name: "HTML 502", answer: write(502, "text/html", html), status: 502, body: html},
		{name: "HTML 200", answer: write(200, "text/html", html), status: 200, body: html},
		{name: "JSON without a code", answer: write(500, "", `{"error":"x"}`), status: 500, body: `{"error":"x"}`},
		{name: "plain text", answer: write(503, "text/plain", "upstream connect error"), status: 503, body: "upstream connect error"},
		{name: "empty 200", answer: write(200, "", ""), status: 200},
		{name: "204", answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) }, status: 204},
		{name: "empty 500", answer: write(500, "", ""), status: 500},
		{name: "null", answer: write(200, "", "null"), status: 200, body: "null"},
		{name: "a list", answer: write(200, "", "[1]"), status: 200, body: "[1]"},
		{name: "an object that says nothing", answer: write(200, "", "{}"), status: 200, body: "{}"},
		{name: "document cut short", answer: write(200, "", good[:20]), status: 200, body: good[:20]},
		{name: "trailing garbage", answer: write(200, "", good+"x"), status: 200, body: good + "x"},
		{name: "a second document", answer: write(200, "", good+good), status: 200, body: good + good},
		{name: "wrong XML root", answer: write(200, "", "<OtherResponse><Data/></OtherResponse>"), status: 200, body: "<OtherResponse><Data/></OtherResponse>"},
		{name: "DOCTYPE", answer: write(200, "", "<!DOCTYPE x><PollTaskResultResponse><Data/></PollTaskResultResponse>"), status: 200,
			body: "<!DOCTYPE x><PollTaskResultResponse><Data/></PollTaskResultResponse>"},
		{name: "larger than allowed by its length", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "3000")
			io.WriteString(w, good+strings.Repeat(" ", 3000-len(good)))
		}, status: 200, body: "", is: domaintask.ErrResponseTooLarge},
		{name: "larger than allowed, length unknown", answer: func(w http.ResponseWriter, _ *http.Request) {
			io.WriteString(w, good)
			w.(http.Flusher).Flush()
			io.WriteString(w, strings.Repeat(" ", 3000))
		}, status: 200, body: good + strings.Repeat(" ", 1024-len(good)), is: domaintask.ErrResponseTooLarge},
		{name: "larger than allowed once decompressed", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			io.WriteString(z, good+strings.Repeat(" ", 1<<20))
			z.Close()
			w.Write(b.Bytes())
		}, status: 200, body: good + strings.Repeat(" ", 1024-len(good)), is: domaintask.ErrResponseTooLarge},
		{name: "redirect", answer: func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "http://127.0.0.1:1/elsewhere")
			w.WriteHeader(307)
		}, status: 307},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("x-acs-request-id", "R-header")
				tt.answer(w, r)
			})
			var attempt domaintask.Attempt
			client := newClient(t, domaintask.Config{
				Endpoint: server.URL, MaxResponseBytes: 2000, Retry: once,
				OnAttempt: func(_ context.Context, a domaintask.Attempt) { attempt = a },
			})
			for _, call := range []func() (any, error){
				func() (any, error) {
					return client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				},
				func() (any, error) {
					return client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
				},
			} {
				resp, err := call()
				require.Nil(t, resp)
				var decodeErr *domaintask.DecodeError
				require.ErrorAs(t, err, &decodeErr)
				require.Equal(t, tt.status, decodeErr.StatusCode)
				require.Equal(t, tt.body, string(decodeErr.Body))
				require.Equal(t, 1, decodeErr.Attempts)
				require.Contains(t, []string{"R-header", "R-1"}, decodeErr.RequestID)
				require.Equal(t, decodeErr.RequestID, attempt.RequestID)
				contentType := ""
				if decodeErr.ContentType != "" {
					contentType = ", " + decodeErr.ContentType
				}
				require.Contains(t, err.Error(), fmt.Sprintf("(HTTP %d%s, request id %s)", tt.status, contentType, decodeErr.RequestID))
				require.NotContains(t, err.Error(), "\n")
				if tt.is != nil {
					require.ErrorIs(t, err, tt.is)
				}
				requireKind(t, tt.is, err)
			}
		})
	}
}

func TestCallErrors(t *testing.T) {
	t.Parallel()
	poll := func(ctx context.Context, config domaintask.Config) *domaintask.CallError {
		config.Retry = once
		resp, err := newClient(t, config).PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		require.Nil(t, resp)
		var callErr *domaintask.CallError
		require.ErrorAs(t, err, &callErr)
		require.Equal(t, "PollTaskResult", callErr.Action)
		return callErr
	}
	t.Run("connection refused", func(t *testing.T) {
		t.Parallel()
		server := serve(t, http.NotFound)
		server.Close()
		err := poll(t.Context(), domaintask.Config{Endpoint: server.URL})
		require.Equal(t, 1, err.Attempts)
		require.Contains(t, err.Error(), `domaintask: PollTaskResult: Post "`+server.URL+`/": dial tcp`)
		requireKind(t, nil, err)
	})
	t.Run("connection closed without an answer", func(t *testing.T) {
		t.Parallel()
		server := serve(t, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		require.ErrorIs(t, poll(t.Context(), domaintask.Config{Endpoint: server.URL}), io.EOF)
	})
	t.Run("context ended before", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := poll(ctx, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
		require.ErrorIs(t, err, context.Canceled)
		require.Zero(t, err.Attempts)
	})
	t.Run("no credentials", func(t *testing.T) {
		t.Parallel()
		cause := errors.New("the vault is sealed")
		err := poll(t.Context(), domaintask.Config{
			Endpoint:    serve(t, unexpected(t)).URL,
			Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { return domaintask.Credentials{}, cause }),
		})
		require.ErrorIs(t, err, cause)
		require.Zero(t, err.Attempts)
		requireKind(t, domaintask.ErrCredentials, err)
	})
}

// unexpected is for a server that nothing may be sent to.
func unexpected(t *testing.T) http.HandlerFunc {
	return func(_ http.ResponseWriter, r *http.Request) { t.Errorf("sent: %s", r.URL.Path) }
}

func TestParamErrors(t *testing.T) {
	t.Parallel()
	type poll = domaintask.PollTaskResultRequest
	type acknowledge = domaintask.AcknowledgeTaskResultRequest
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	ids := func(n int, id string) []string { return strings.Split(strings.Repeat(id+",", n-1)+id, ",") }
	for _, tt := range []struct {
		name  string
		req   any
		param string
		says  string
	}{
		{"negative page", poll{PageNum: -1}, "PageNum", "0 to 2147483"},
		{"page beyond all", poll{PageNum: 2147484}, "PageNum", "0 to 2147483"},
		{"negative page size", poll{PageSize: -1}, "PageSize", "0 to 1000"},
		{"page too large", poll{PageSize: 1001}, "PageSize", "0 to 1000"},
		{"status of unfinished tasks", poll{TaskResultStatus: 1}, "TaskResultStatus", "OnlySucceeded or OnlyFailed"},
		{"status unknown", poll{TaskResultStatus: 4}, "TaskResultStatus", ""},
		{"language unknown", poll{Lang: "fr"}, "Lang", `"en", "zh"`},
		{"client address", poll{UserClientIP: "localhost"}, "UserClientIp", "IP address"},
		{"line break", poll{DomainName: "a.example\n"}, "DomainName", "control character"},
		{"not UTF-8", poll{TaskNo: "\xff"}, "TaskNo", "UTF-8"},
		{"too long", poll{InstanceID: strings.Repeat("x", 513)}, "InstanceId", "512 bytes"},
		{"nothing to acknowledge", acknowledge{}, "TaskDetailNo", "no task detail"},
		{"an empty id", acknowledge{TaskDetailNos: []string{"1", ""}}, "TaskDetailNo.2", "empty"},
		{"language of an acknowledgement", acknowledge{TaskDetailNos: ids(1, "1"), Lang: "de"}, "Lang", ""},
		{"no action", domaintask.Call{}, "Action", "required"},
		{"an action with a line break", domaintask.Call{Action: "Qu\nery"}, "Action", "letters"},
		{"a version with a space", domaintask.Call{Action: "X", Version: "2018 01"}, "Version", "letters"},
		{"a parameter of the client", domaintask.Call{Action: "X", Params: map[string][]string{"Timestamp": {"now"}}}, "Timestamp", "set by the client"},
		{"two values", domaintask.Call{Action: "X", Params: map[string][]string{"Ids": {"1", "2"}}}, "Ids", "Ids.1, Ids.2"},
		{"a parameter without a name", domaintask.Call{Action: "X", Params: map[string][]string{"": {"1"}}}, "Params", "without a name"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var resp any
			var err error
			switch req := tt.req.(type) {
			case poll:
				resp, err = client.PollTaskResult(t.Context(), req)
			case acknowledge:
				resp, err = client.AcknowledgeTaskResult(t.Context(), req)
			case domaintask.Call:
				resp, err = client.Do(t.Context(), req)
			}
			require.Nil(t, resp)
			var paramErr *domaintask.ParamError
			require.ErrorAs(t, err, &paramErr)
			require.Equal(t, tt.param, paramErr.Param)
			require.Contains(t, err.Error(), "domaintask: "+tt.param+" ")
			require.Contains(t, paramErr.Reason, tt.says)
		})
	}
}
