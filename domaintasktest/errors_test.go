package domaintasktest_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// refusal is a request with one mistake, and its error. before changes the
// request before it is signed, after changes the signed request.
type refusal struct {
	name          string
	opts          domaintasktest.Options
	before, after func(*request)
	status        int
	code          string
}

var sts = domaintasktest.Options{SecurityToken: "sts-token"}

var expiredSTS = domaintasktest.Options{SecurityToken: "sts-token", SecurityTokenExpires: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}

func set(name, value string) func(*request) {
	return func(r *request) { r.query.Set(name, value) }
}

func unset(name string) func(*request) {
	return func(r *request) { r.query.Del(name) }
}

func setHeader(name, value string) func(*request) {
	return func(r *request) { r.header.Set(name, value) }
}

// setTime sets the time of the request when it is sent, which may be some time
// after the table was made.
func setTime(off time.Duration) func(*request) {
	return func(r *request) {
		at := timestamp(time.Now().Add(off))
		if r.query.Has("Timestamp") {
			r.query.Set("Timestamp", at)
		} else {
			r.header.Set("X-Acs-Date", at)
		}
	}
}

func both(edits ...func(*request)) func(*request) {
	return func(r *request) {
		for _, edit := range edits {
			edit(r)
		}
	}
}

// operationRefusals have a mistake in the operation's own parameters, which are
// in the query with either scheme.
var operationRefusals = []refusal{
	{name: "no PageNum", before: unset("PageNum"), status: 400, code: "MissingPageNum"},
	{name: "empty PageNum", before: set("PageNum", ""), status: 400, code: "MissingPageNum"},
	{name: "PageNum 0", before: set("PageNum", "0"), status: 400, code: "InvalidParameter"},
	{name: "PageNum -1", before: set("PageNum", "-1"), status: 400, code: "InvalidParameter"},
	{name: "PageNum of more than 32 bits", before: set("PageNum", "2147483648"), status: 400, code: "InvalidParameter"},
	{name: "PageNum one", before: set("PageNum", "one"), status: 400, code: "InvalidParameter"},
	{name: "no PageSize", before: unset("PageSize"), status: 400, code: "MissingPageSize"},
	{name: "PageSize 0", before: set("PageSize", "0"), status: 400, code: "InvalidParameter"},
	{name: "PageSize 1001", before: set("PageSize", "1001"), status: 400, code: "InvalidParameter"},
	{name: "TaskResultStatus 1", before: set("TaskResultStatus", "1"), status: 400, code: "InvalidParameter"},
	{name: "Lang fr", before: set("Lang", "fr"), status: 400, code: "InvalidParameter"},
	{name: "Format YAML", before: set("Format", "YAML"), status: 400, code: "InvalidParameter"},
	{name: "repeated parameter", after: func(r *request) { r.query.Add("PageNum", "1") }, status: 400, code: "InvalidParameter"},
	{name: "tampered parameter", after: set("PageNum", "2"), status: 400, code: "SignatureDoesNotMatch"},
	{name: "added parameter", after: set("TaskNo", "x"), status: 400, code: "SignatureDoesNotMatch"},
	{name: "removed parameter", after: unset("PageSize"), status: 400, code: "SignatureDoesNotMatch"},
	{name: "another secret", before: func(r *request) { r.secret = "another-secret-of-some-length" }, status: 400, code: "SignatureDoesNotMatch"},
	{name: "another path", before: func(r *request) { r.path = "/api" }, status: 404, code: "InvalidApi.NotFound"},
	{name: "another HTTP method", before: func(r *request) { r.method = http.MethodPut }, status: 404, code: "InvalidApi.NotFound"},
	{name: "another HTTP method than was signed", after: func(r *request) { r.method = http.MethodGet }, status: 400, code: "SignatureDoesNotMatch"},
	{name: "malformed query", after: func(r *request) { r.path = "/?x=%ZZ&y=" }, status: 400, code: "InvalidParameter"},
	{name: "body too large", after: func(r *request) { r.form = url.Values{strings.Repeat("x", 2<<20): {""}} }, status: 400, code: "InvalidParameter"},
}

func TestRefusalsRPC(t *testing.T) {
	t.Parallel()
	refusals := append([]refusal{
		{name: "nothing at all", before: func(r *request) { r.query = url.Values{"Format": r.query["Format"]} }, after: unset("Signature"), status: 400, code: "MissingAction"},
		{name: "no Version", before: unset("Version"), status: 400, code: "MissingVersion"},
		{name: "no AccessKeyId", before: unset("AccessKeyId"), status: 400, code: "MissingAccessKeyId"},
		{name: "no Timestamp", before: unset("Timestamp"), status: 400, code: "MissingTimestamp"},
		{name: "no SignatureNonce", before: unset("SignatureNonce"), status: 400, code: "MissingSignatureNonce"},
		{name: "no SignatureMethod", before: unset("SignatureMethod"), status: 400, code: "MissingSignatureMethod"},
		{name: "no SignatureVersion", before: unset("SignatureVersion"), status: 400, code: "MissingSignatureVersion"},
		{name: "no Signature", after: unset("Signature"), status: 400, code: "MissingSignature"},
		{name: "SignatureMethod", before: set("SignatureMethod", "HMAC-SHA256"), status: 400, code: "InvalidParameter"},
		{name: "SignatureVersion", before: set("SignatureVersion", "2.0"), status: 400, code: "InvalidParameter"},
		{name: "SignatureType", before: set("SignatureType", "PRIVATEKEY"), status: 400, code: "InvalidParameter"},
		{name: "Signature", after: set("Signature", "AAAA"), status: 400, code: "SignatureDoesNotMatch"},
		{name: "unknown version", before: set("Version", "2017-01-29"), status: 400, code: "NoSuchVersion"},
		{name: "unknown action", before: set("Action", "PollTaskResults"), status: 404, code: "InvalidApi.NotFound"},
		{name: "unknown key", before: set("AccessKeyId", "nobody"), status: 404, code: "InvalidAccessKeyId.NotFound"},
		{name: "no timestamp", before: set("Timestamp", "2026-01-02 03:04:05"), status: 400, code: "InvalidTimeStamp.Format"},
		{name: "late", before: setTime(-16 * time.Minute), status: 400, code: "InvalidTimeStamp.Expired"},
		{name: "early", before: setTime(16 * time.Minute), status: 400, code: "InvalidTimeStamp.Expired"},
		{name: "token unasked for", before: set("SecurityToken", "sts-token"), status: 400, code: "InvalidSecurityToken.Malformed"},
		{name: "no token", opts: sts, status: 400, code: "MissingSecurityToken"},
		{name: "another token", opts: sts, before: set("SecurityToken", "sts-tokem"), status: 400, code: "InvalidSecurityToken.Malformed"},
		{name: "expired token", opts: expiredSTS, before: set("SecurityToken", "sts-token"), status: 400, code: "InvalidSecurityToken.Expired"},
		{name: "bearer unasked for", before: both(set("SignatureType", "BEARERTOKEN"), set("BearerToken", "x")), status: 400, code: "InvalidBearerToken"},
		{name: "another bearer token", opts: domaintasktest.Options{BearerToken: "y"}, before: both(set("SignatureType", "BEARERTOKEN"), set("BearerToken", "x")), status: 400, code: "InvalidBearerToken"},
		{name: "no bearer token", before: set("SignatureType", "BEARERTOKEN"), status: 400, code: "MissingBearerToken"},
		{name: "no ids", before: set("Action", "AcknowledgeTaskResult"), status: 400, code: "MissingTaskDetailNo"},
		{name: "ids without an index", before: both(set("Action", "AcknowledgeTaskResult"), set("TaskDetailNo", "x")), status: 400, code: "MissingTaskDetailNo"},
		{name: "ids with a gap", before: both(set("Action", "AcknowledgeTaskResult"), set("TaskDetailNo.1", "x"), set("TaskDetailNo.3", "y")), status: 400, code: "InvalidParameter"},
		{name: "ids from 0", before: both(set("Action", "AcknowledgeTaskResult"), set("TaskDetailNo.0", "x"), set("TaskDetailNo.1", "y")), status: 400, code: "InvalidParameter"},
		{name: "empty id", before: both(set("Action", "AcknowledgeTaskResult"), set("TaskDetailNo.1", "")), status: 400, code: "InvalidParameter"},
		{name: "acknowledge in French", before: both(set("Action", "AcknowledgeTaskResult"), set("TaskDetailNo.1", "x"), set("Lang", "fr")), status: 400, code: "InvalidParameter"},
	}, operationRefusals...)
	for _, format := range []string{"JSON", "XML", ""} {
		for _, tt := range refusals {
			t.Run(format+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				srv := newServer(t, tt.opts)
				r := rpcRequest(format, url.Values{"PageNum": {"1"}, "PageSize": {"20"}})
				if tt.before != nil {
					tt.before(r)
				}
				r.signRPC()
				if tt.after != nil {
					tt.after(r)
				}
				requireRefused(t, srv, r.send(t, srv), tt)
			})
		}
	}
}

func TestRefusalsACS3(t *testing.T) {
	t.Parallel()
	refusals := append([]refusal{
		{name: "no Authorization", after: func(r *request) { r.header.Del("Authorization") }, status: 400, code: "MissingSignature"},
		{name: "another algorithm", after: setHeader("Authorization", "ACS3-RSA-SHA256 Credential=testid,SignedHeaders=host,Signature=00"), status: 400, code: "IncompleteSignature"},
		{name: "no algorithm", after: setHeader("Authorization", "ACS3-HMAC-SHA256,Signature=00"), status: 400, code: "MissingSignature"},
		{name: "no Credential", after: setHeader("Authorization", "ACS3-HMAC-SHA256 SignedHeaders=host,Signature=00"), status: 400, code: "MissingAccessKeyId"},
		{name: "no Signature", after: setHeader("Authorization", "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host"), status: 400, code: "MissingSignature"},
		{name: "too few headers signed", after: setHeader("Authorization", "ACS3-HMAC-SHA256 Credential=testid,SignedHeaders=host,Signature=00"), status: 400, code: "IncompleteSignature"},
		{name: "unsorted headers", after: func(r *request) {
			authorization := r.header.Get("Authorization")
			r.header.Set("Authorization", strings.Replace(authorization, "host;x-acs-action", "x-acs-action;host", 1))
		}, status: 400, code: "IncompleteSignature"},
		{name: "unsigned host", after: func(r *request) {
			r.header.Set("Authorization", strings.Replace(r.header.Get("Authorization"), "SignedHeaders=host;", "SignedHeaders=", 1))
		}, status: 400, code: "IncompleteSignature"},
		{name: "unsigned token", opts: sts, after: setHeader("X-Acs-Security-Token", "sts-token"), status: 400, code: "IncompleteSignature"},
		{name: "no action", before: func(r *request) { r.header.Del("X-Acs-Action") }, status: 400, code: "IncompleteSignature"},
		{name: "no version", before: func(r *request) { r.header.Del("X-Acs-Version") }, status: 400, code: "IncompleteSignature"},
		{name: "no date", before: func(r *request) { r.header.Del("X-Acs-Date") }, status: 400, code: "IncompleteSignature"},
		{name: "no nonce", before: func(r *request) { r.header.Del("X-Acs-Signature-Nonce") }, status: 400, code: "IncompleteSignature"},
		{name: "hash of another body", before: setHeader("X-Acs-Content-Sha256", strings.Repeat("0", 64)), status: 400, code: "IncompleteSignature"},
		{name: "another body", after: func(r *request) { r.form = url.Values{"a": {"b"}} }, status: 400, code: "IncompleteSignature"},
		{name: "tampered header", after: setHeader("X-Acs-Version", "2017-01-29"), status: 400, code: "SignatureDoesNotMatch"},
		{name: "unknown version", before: setHeader("X-Acs-Version", "2017-01-29"), status: 400, code: "NoSuchVersion"},
		{name: "unknown action", before: setHeader("X-Acs-Action", "PollTaskResults"), status: 404, code: "InvalidApi.NotFound"},
		{name: "another key", opts: domaintasktest.Options{AccessKeyID: "somebody"}, status: 404, code: "InvalidAccessKeyId.NotFound"},
		{name: "no timestamp", before: setHeader("X-Acs-Date", "now"), status: 400, code: "InvalidTimeStamp.Format"},
		{name: "late", before: setTime(-16 * time.Minute), status: 400, code: "InvalidTimeStamp.Expired"},
		{name: "early", before: setTime(16 * time.Minute), status: 400, code: "InvalidTimeStamp.Expired"},
		{name: "token unasked for", before: setHeader("X-Acs-Security-Token", "sts-token"), status: 400, code: "InvalidSecurityToken.Malformed"},
		{name: "no token", opts: sts, status: 400, code: "MissingSecurityToken"},
		{name: "another token", opts: sts, before: setHeader("X-Acs-Security-Token", "sts-tokem"), status: 400, code: "InvalidSecurityToken.Malformed"},
		{name: "expired token", opts: expiredSTS, before: setHeader("X-Acs-Security-Token", "sts-token"), status: 400, code: "InvalidSecurityToken.Expired"},
		{name: "no ids", before: setHeader("X-Acs-Action", "AcknowledgeTaskResult"), status: 400, code: "MissingTaskDetailNo"},
	}, operationRefusals...)
	for _, accept := range []string{"application/json", "application/xml", ""} {
		for _, tt := range refusals {
			t.Run(accept+" "+tt.name, func(t *testing.T) {
				t.Parallel()
				srv := newServer(t, tt.opts)
				r := acs3Request(accept, url.Values{"PageNum": {"1"}, "PageSize": {"20"}})
				if tt.before != nil {
					tt.before(r)
				}
				r.signACS3(strings.TrimPrefix(srv.URL, "https://"))
				if tt.after != nil {
					tt.after(r)
				}
				requireRefused(t, srv, r.send(t, srv), tt)
			})
		}
	}
}

var upperUUID = regexp.MustCompile(`^[0-9A-F]{8}-[0-9A-F]{4}-4[0-9A-F]{3}-[89AB][0-9A-F]{3}-[0-9A-F]{12}$`)

func requireRefused(t *testing.T, srv *domaintasktest.Server, a answer, want refusal) {
	t.Helper()
	require.Equal(t, want.code, a.Code, a.body)
	require.Equal(t, want.status, a.status)
	require.NotEmpty(t, a.Message)
	require.Regexp(t, upperUUID, a.RequestId)
	require.Equal(t, a.RequestId, a.header.Get("x-acs-request-id"))
	require.Equal(t, "domain.aliyuncs.com", a.HostId)
	require.Contains(t, a.Recommend, "q="+want.code)
	if strings.HasPrefix(a.header.Get("Content-Type"), "text/xml") {
		require.Equal(t, "Error", a.XMLName.Local)
		require.Contains(t, a.body, "<Recommend><![CDATA[https://")
	}

	requests := srv.Requests()
	require.Len(t, requests, 1)
	require.Equal(t, want.code, requests[0].Code)
	require.Equal(t, want.status, requests[0].StatusCode)
	require.Equal(t, a.RequestId, requests[0].RequestID)
}

func TestMalformedForm(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, srv.URL, strings.NewReader("PageNum=%ZZ"))
	require.NoError(t, err)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	require.Equal(t, "InvalidParameter", do(t, srv, req).Code)
	require.Nil(t, srv.Requests()[0].Params)
}

// TestStringToSign: like the real service, the server quotes the string that was
// to be signed.
func TestStringToSign(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{SecurityToken: "token/+"})
	r := rpcRequest("JSON", url.Values{"SecurityToken": {"token/+"}})
	r.signRPC()
	r.query.Set("Signature", "x")
	a := r.send(t, srv)
	_, stringToSign, _ := strings.Cut(a.Message, "Specified signature is not matched with our calculation. server string to sign is:")
	require.True(t, strings.HasPrefix(stringToSign, "POST&%2F&AccessKeyId%3Dtestid%26Action%3DPollTaskResult%26Format%3DJSON%26SecurityToken%3Dtoken%252F%252B%26"), a.body)

	v3 := acs3Request("", nil)
	v3.header.Set("X-Acs-Security-Token", "token/+")
	v3.secret = "other"
	v3.signACS3(strings.TrimPrefix(srv.URL, "https://"))
	require.Contains(t, v3.send(t, srv).Message, "server string to sign is:ACS3-HMAC-SHA256\n")
}

// TestClientSeesRefusals: the client returns the service's codes.
func TestClientSeesRefusals(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		code   string
		target error
		opts   domaintasktest.Options
		change func(*domaintask.Config)
	}{
		{"InvalidAccessKeyId.NotFound", domaintask.ErrCredentials, domaintasktest.Options{}, func(c *domaintask.Config) {
			c.Credentials = domaintask.StaticCredentials("nobody", "secret", "")
		}},
		{"SignatureDoesNotMatch", domaintask.ErrCredentials, domaintasktest.Options{}, func(c *domaintask.Config) {
			c.Credentials = domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, "wrong", "")
		}},
		{"MissingSecurityToken", domaintask.ErrCredentials, sts, func(c *domaintask.Config) {
			c.Credentials = domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret, "")
		}},
		{"InvalidSecurityToken.Expired", domaintask.ErrCredentials, expiredSTS, func(*domaintask.Config) {}},
	} {
		for _, format := range []func(*domaintask.Config){func(*domaintask.Config) {}, xml} {
			for _, scheme := range []func(*domaintask.Config){func(*domaintask.Config) {}, acs3} {
				srv := newServer(t, tt.opts)
				_, err := newClient(t, srv, tt.change, format, scheme).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
				var apiErr *domaintask.APIError
				require.ErrorAs(t, err, &apiErr)
				require.Equal(t, tt.code, apiErr.Code)
				require.ErrorIs(t, err, tt.target)
				require.Equal(t, srv.Requests()[0].RequestID, apiErr.RequestID)
				require.NotEmpty(t, apiErr.Recommend)
			}
		}
	}
}
