package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestDocuments serves the documents of testdata/pages: those of one name,
// one JSON and one XML, must be read as equal pages.
func TestDocuments(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("testdata/pages/*.json")
	require.NoError(t, err)
	require.NotEmpty(t, names)
	for _, name := range names {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".json"), func(t *testing.T) {
			t.Parallel()
			fromJSON := readPage(t, name)
			fromXML := readPage(t, strings.TrimSuffix(name, ".json")+".xml")
			fromJSON.RequestID, fromXML.RequestID = "", "" // the documented samples differ in it
			require.Equal(t, fromJSON, fromXML)
		})
	}
}

func readPage(t *testing.T, name string) *domaintask.PollTaskResultResponse {
	t.Helper()
	body, err := os.ReadFile(name)
	require.NoError(t, err)
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.Write(body) })
	resp, err := newClient(t, domaintask.Config{Endpoint: server.URL}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	return resp
}

func TestWhatIsSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		req  domaintask.PollTaskResultRequest
		want url.Values
	}{
		{"zero", domaintask.PollTaskResultRequest{}, url.Values{"PageNum": {"1"}, "PageSize": {"20"}}},
		{"everything", domaintask.PollTaskResultRequest{
			PageNum: 3, PageSize: 1000, TaskResultStatus: domaintask.OnlyFailed, TaskNo: "t n", InstanceID: "S1",
			DomainName: "中文.example", Lang: domaintask.LangChinese, UserClientIP: "127.0.0.1",
		}, url.Values{"PageNum": {"3"}, "PageSize": {"1000"}, "TaskResultStatus": {"3"}, "TaskNo": {"t n"}, "InstanceId": {"S1"},
			"DomainName": {"中文.example"}, "Lang": {"zh"}, "UserClientIp": {"127.0.0.1"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			for _, method := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
				for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
					server := domaintasktest.NewServer()
					t.Cleanup(server.Close)
					config := server.Config()
					config.Signature, config.Format = method, format
					_, err := newClient(t, config).PollTaskResult(t.Context(), tt.req)
					require.NoError(t, err)
					sent := server.Requests()
					require.Len(t, sent, 1)
					require.Equal(t, "PollTaskResult", sent[0].Action)
					require.Equal(t, tt.want, sent[0].Params)
				}
			}
		})
	}
}

func TestAcknowledge(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(150, 1)
	server := domaintasktest.NewServer(tasks...)
	t.Cleanup(server.Close)
	client := newClient(t, server.Config())
	var ids []string
	for _, task := range tasks[:100] {
		ids = append(ids, task.TaskDetailNo)
	}
	resp, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: ids})
	require.NoError(t, err)
	require.Equal(t, 100, resp.Result)
	require.NotEmpty(t, resp.RequestID)
	require.Equal(t, ids, server.Acknowledged())

	left, err := collect(t, client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}))
	require.NoError(t, err)
	require.Len(t, left, 50)
}

// TestAcknowledgeFitsInAURL sends the largest acknowledgement, with a token of
// the size that STS gives out.
func TestAcknowledgeFitsInAURL(t *testing.T) {
	t.Parallel()
	longest := 0
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		longest = len(r.RequestURI)
		io.WriteString(w, `{"RequestId":"r","Result":1}`)
	})
	client := newClient(t, domaintask.Config{Endpoint: server.URL, Credentials: domaintask.StaticCredentials(testKeyID, testSecret, strings.Repeat("CAIS+/", 120))})
	ids := make([]string, domaintask.MaxAcknowledge)
	for i := range ids {
		ids[i] = fmt.Sprintf("15fee9d10d514bada66bd08c%08d", i)
	}
	_, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: ids})
	require.NoError(t, err)
	require.Less(t, longest, 8<<10)
	require.Greater(t, longest, 5<<10)
}

func TestDo(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, body string }{
		{"JSON", `{"RequestId":"R-1","RegistrantProfiles":{"RegistrantProfile":[{"RegistrantProfileId":1}]}}`},
		{"XML", `<QueryRegistrantProfilesResponse><RequestId>R-1</RequestId><RegistrantProfiles/></QueryRegistrantProfilesResponse>`},
		{"a code that means success", `{"RequestId":"R-1","Code":"200"}`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got url.Values
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				got = r.URL.Query()
				w.Header().Set("X-Extra", "kept")
				io.WriteString(w, tt.body)
			})
			raw, err := newClient(t, domaintask.Config{Endpoint: server.URL}).Do(t.Context(), domaintask.Call{
				Action: "QueryRegistrantProfiles", Version: "2016-05-11", Params: url.Values{"PageNum": {"1"}, "Empty": {""}},
			})
			require.NoError(t, err)
			require.Equal(t, 200, raw.StatusCode)
			require.Equal(t, "R-1", raw.RequestID)
			require.Equal(t, tt.body, string(raw.Body))
			require.Equal(t, "kept", raw.Header.Get("X-Extra"))
			require.Equal(t, "QueryRegistrantProfiles", got.Get("Action"))
			require.Equal(t, "2016-05-11", got.Get("Version"))
			require.Equal(t, []string{""}, got["Empty"], "an empty value is a value")
		})
	}
	t.Run("another root", func(t *testing.T) {
		t.Parallel()
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "<OtherResponse/>") })
		_, err := newClient(t, domaintask.Config{Endpoint: server.URL}).Do(t.Context(), domaintask.Call{Action: "X"})
		require.ErrorContains(t, err, "the root element is not XResponse")
	})
}

func TestNewClientReportsEverythingAtOnce(t *testing.T) {
	t.Parallel()
	_, err := domaintask.NewClient(domaintask.Config{
		Credentials: domaintask.CredentialsFunc(nil), Endpoint: "ftp://example.com", Format: 7, Signature: -1, Timeout: -1, MaxResponseBytes: -1, UserAgent: "a\r\nHost: b",
		Retry: domaintask.RetryPolicy{MaxAttempts: -1, BaseDelay: -1, MaxDelay: -1},
	})
	var all []string
	var joined interface{ Unwrap() []error }
	require.ErrorAs(t, err, &joined)
	for _, e := range joined.Unwrap() {
		var paramErr *domaintask.ParamError
		require.ErrorAs(t, e, &paramErr)
		all = append(all, paramErr.Param)
	}
	require.Equal(t, []string{"Endpoint", "Credentials", "Format", "Signature", "Timeout", "MaxResponseBytes", "UserAgent",
		"Retry.MaxAttempts", "Retry.BaseDelay", "Retry.MaxDelay"}, all)
	require.NotContains(t, err.Error(), "\n")
}

func TestEndpoints(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		endpoint  string
		allowHTTP bool
		url       string // where requests go; "" = refused
		says      string
	}{
		{endpoint: "", url: "https://domain.aliyuncs.com/"},
		{endpoint: domaintask.EndpointInternational, url: "https://domain-intl.aliyuncs.com/"},
		{endpoint: "domain-intl.aliyuncs.com", url: "https://domain-intl.aliyuncs.com/"},
		{endpoint: "Domain.Aliyuncs.COM:8443", url: "https://domain.aliyuncs.com:8443/"},
		{endpoint: "https://domain.aliyuncs.com", url: "https://domain.aliyuncs.com/"},
		{endpoint: "HTTPS://domain.aliyuncs.com/", url: "https://domain.aliyuncs.com/"},
		{endpoint: "https://[2001:db8::1]:443", url: "https://[2001:db8::1]:443/"},
		{endpoint: "http://localhost:8080", url: "http://localhost:8080/"},
		{endpoint: "http://127.0.0.9:8080", url: "http://127.0.0.9:8080/"},
		{endpoint: "http://[::1]:8080", url: "http://[::1]:8080/"},
		{endpoint: "http://example.com", allowHTTP: true, url: "http://example.com/"},
		{endpoint: "localhost:8080", url: "https://localhost:8080/"},
		{endpoint: "http://example.com", says: "AllowHTTP"},
		{endpoint: "http://localhost.example.com", says: "AllowHTTP"},
		{endpoint: "http://10.0.0.1", says: "AllowHTTP"},
		{endpoint: "ftp://example.com", says: "must be https"},
		{endpoint: "https://user:hunter2@example.com", says: "user or password"},
		{endpoint: "user:hunter2@example.com", says: "user or password"},
		{endpoint: "https://example.com/api", says: "path"},
		{endpoint: "example.com/api", says: "path"},
		{endpoint: "https://example.com?hunter2", says: "query"},
		{endpoint: "https://example.com/#x", says: "fragment"},
		{endpoint: "https://", says: "host"},
		{endpoint: "https://:443", says: "host"},
		{endpoint: "example.com:", says: "host"},
		{endpoint: "example.com:http", says: "host"},
		{endpoint: "example.com:70000", says: "host"},
		{endpoint: "exa mple.com", says: "host"},
		{endpoint: "例え.example", says: "ASCII"},
		{endpoint: "example.com\n", says: "host"},
		{endpoint: "%", says: "host"},
	} {
		t.Run(tt.endpoint, func(t *testing.T) {
			t.Parallel()
			var sent string
			client, err := domaintask.NewClient(domaintask.Config{Credentials: static(), Endpoint: tt.endpoint, AllowHTTP: tt.allowHTTP, Retry: once,
				HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
					sent = r.URL.Scheme + "://" + r.URL.Host + r.URL.Path
					return nil, io.EOF
				})}})
			if tt.url == "" {
				var paramErr *domaintask.ParamError
				require.ErrorAs(t, err, &paramErr)
				require.Equal(t, "Endpoint", paramErr.Param)
				require.Contains(t, err.Error(), tt.says)
				require.NotContains(t, err.Error(), "hunter2")
				return
			}
			require.NoError(t, err)
			_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.ErrorIs(t, err, io.EOF)
			require.Equal(t, tt.url, sent)
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestGivenHTTPClientIsCopied(t *testing.T) {
	t.Parallel()
	followed := errors.New("asked whether to follow")
	given := &http.Client{
		Transport:     http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return followed },
		Timeout:       time.Minute,
	}
	t.Cleanup(given.CloseIdleConnections)
	elsewhere := serve(t, unexpected(t))
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+"/?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
	})
	_, err := newClient(t, domaintask.Config{Endpoint: server.URL, HTTPClient: given}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	var decodeErr *domaintask.DecodeError
	require.ErrorAs(t, err, &decodeErr)
	require.Equal(t, http.StatusTemporaryRedirect, decodeErr.StatusCode)
	require.Equal(t, followed, given.CheckRedirect(nil, nil), "the given client is as it was")
	require.Equal(t, time.Minute, given.Timeout)
}

// TestTimeout lets the service hang, before the headers and within the body,
// and expects each attempt to end at its time.
func TestTimeout(t *testing.T) {
	t.Parallel()
	hang := func(r *http.Request) (*http.Response, error) {
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	hangInBody := func(r *http.Request) (*http.Response, error) {
		body, w := io.Pipe()
		context.AfterFunc(r.Context(), func() { w.CloseWithError(r.Context().Err()) })
		return &http.Response{StatusCode: 200, Body: body, ContentLength: -1, Request: r}, nil
	}
	for _, tt := range []struct {
		name      string
		transport roundTrip
		timeout   time.Duration
		deadline  time.Duration // of the caller; 0 = none
		took      time.Duration
	}{
		{"default, no headers", hang, 0, 0, domaintask.DefaultTimeout},
		{"default, in the body", hangInBody, 0, 0, domaintask.DefaultTimeout},
		{"set", hang, 3 * time.Second, time.Minute, 3 * time.Second},
		{"the caller's is shorter", hangInBody, time.Minute, 200 * time.Millisecond, 200 * time.Millisecond},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ctx := t.Context()
				if tt.deadline > 0 {
					var cancel context.CancelFunc
					ctx, cancel = context.WithTimeout(ctx, tt.deadline)
					defer cancel()
				}
				client := newClient(t, domaintask.Config{Timeout: tt.timeout, Retry: once, HTTPClient: &http.Client{Transport: tt.transport}})
				start := time.Now()
				_, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
				require.ErrorIs(t, err, context.DeadlineExceeded)
				require.Equal(t, tt.took, time.Since(start))
				require.Equal(t, tt.deadline != tt.took, strings.Contains(err.Error(), "no complete answer within "+tt.took.String()), err)
			})
		})
	}
}

func TestUserAgent(t *testing.T) {
	t.Parallel()
	var got string
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.UserAgent() })
	newClient(t, domaintask.Config{Endpoint: server.URL, UserAgent: "renewals/2.1"}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.Regexp(t, `^domaintask/0\.1\.0 \(go.*; \w+/\w+\) renewals/2\.1$`, got)
}

// TestNothingIsCarriedOver: what a call sends is what its request says, not
// what the one before said.
func TestNothingIsCarriedOver(t *testing.T) {
	t.Parallel()
	server := domaintasktest.NewServer(domaintasktest.Tasks(3, 1)...)
	t.Cleanup(server.Close)
	client := newClient(t, server.Config())
	req := domaintask.PollTaskResultRequest{TaskResultStatus: domaintask.OnlySucceeded, DomainName: "a.example", PageSize: 1}
	_, err := client.PollTaskResult(t.Context(), req)
	require.NoError(t, err)
	req.DomainName = ""
	_, err = collect(t, client.Tasks(t.Context(), req))
	require.NoError(t, err)

	sent := server.Requests()
	require.Equal(t, url.Values{"DomainName": {"a.example"}, "TaskResultStatus": {"2"}, "PageNum": {"1"}, "PageSize": {"1"}}, sent[0].Params)
	require.Greater(t, len(sent), 2)
	for i, request := range sent[1:] {
		require.Equal(t, url.Values{"TaskResultStatus": {"2"}, "PageNum": {strconv.Itoa(i + 1)}, "PageSize": {"1"}}, request.Params, "every page keeps the filters")
	}
}
