package domaintasktest_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	stdxml "encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

// request is a request that the test signs itself, so it can have any mistake.
type request struct {
	method string
	path   string
	query  url.Values
	form   url.Values  // sent as the body of a POST
	header http.Header // for ACS3; x-acs- headers are signed
	secret string
}

var lastNonce atomic.Int64

func nonce() string { return fmt.Sprintf("nonce-%d", lastNonce.Add(1)) }

func timestamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }

// rpcRequest returns a valid request, not yet signed.
func rpcRequest(format string, own url.Values) *request {
	query := url.Values{
		"Action":           {"PollTaskResult"},
		"Version":          {"2018-01-29"},
		"AccessKeyId":      {domaintasktest.DefaultAccessKeyID},
		"SignatureMethod":  {"HMAC-SHA1"},
		"SignatureVersion": {"1.0"},
		"SignatureNonce":   {nonce()},
		"Timestamp":        {timestamp(time.Now())},
	}
	if format != "" {
		query.Set("Format", format)
	}
	for name, values := range own {
		query[name] = values
	}
	return &request{method: http.MethodPost, path: "/", query: query, secret: domaintasktest.DefaultAccessKeySecret}
}

// signRPC adds Signature to the query.
func (r *request) signRPC() {
	var pairs []string
	for _, values := range []url.Values{r.query, r.form} {
		for name := range values {
			pairs = append(pairs, rfc3986(name)+"="+rfc3986(values.Get(name)))
		}
	}
	slices.SortFunc(pairs, func(a, b string) int {
		nameA, _, _ := strings.Cut(a, "=")
		nameB, _, _ := strings.Cut(b, "=")
		return strings.Compare(nameA, nameB)
	})
	mac := hmac.New(sha1.New, []byte(r.secret+"&"))
	mac.Write([]byte(r.method + "&%2F&" + rfc3986(strings.Join(pairs, "&"))))
	r.query.Set("Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// acs3Request returns a valid request, not yet signed.
func acs3Request(accept string, own url.Values) *request {
	r := &request{
		method: http.MethodPost,
		path:   "/",
		query:  own,
		header: http.Header{
			"X-Acs-Action":          {"PollTaskResult"},
			"X-Acs-Version":         {"2018-01-29"},
			"X-Acs-Date":            {timestamp(time.Now())},
			"X-Acs-Signature-Nonce": {nonce()},
		},
		secret: domaintasktest.DefaultAccessKeySecret,
	}
	if accept != "" {
		r.header.Set("Accept", accept)
	}
	return r
}

// signACS3 sets Authorization and, if absent, x-acs-content-sha256.
func (r *request) signACS3(host string) {
	bodyHash := sha256.Sum256([]byte(r.form.Encode()))
	if r.header.Get("X-Acs-Content-Sha256") == "" {
		r.header.Set("X-Acs-Content-Sha256", hex.EncodeToString(bodyHash[:]))
	}
	headers := []string{"host:" + host}
	for name := range r.header {
		if name := strings.ToLower(name); strings.HasPrefix(name, "x-acs-") {
			headers = append(headers, name+":"+r.header.Get(name))
		}
	}
	slices.Sort(headers)
	var names []string
	for _, h := range headers {
		name, _, _ := strings.Cut(h, ":")
		names = append(names, name)
	}
	var pairs []string
	for name := range r.query {
		pairs = append(pairs, rfc3986(name)+"="+rfc3986(r.query.Get(name)))
	}
	slices.Sort(pairs)
	canonical := r.method + "\n/\n" + strings.Join(pairs, "&") + "\n" + strings.Join(headers, "\n") + "\n\n" +
		strings.Join(names, ";") + "\n" + hex.EncodeToString(bodyHash[:])
	hash := sha256.Sum256([]byte(canonical))
	mac := hmac.New(sha256.New, []byte(r.secret))
	mac.Write([]byte("ACS3-HMAC-SHA256\n" + hex.EncodeToString(hash[:])))
	r.header.Set("Authorization", "ACS3-HMAC-SHA256 Credential="+domaintasktest.DefaultAccessKeyID+
		",SignedHeaders="+strings.Join(names, ";")+",Signature="+hex.EncodeToString(mac.Sum(nil)))
}

// rfc3986 encodes byte by byte.
func rfc3986(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c < 0x80 && strings.ContainsRune("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", rune(c)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// answer is a response of the service, decoded from either format.
type answer struct {
	status int
	header http.Header
	body   string

	Code, Message, RequestId, HostId, Recommend string

	Result                                               int
	TotalItemNum, TotalPageNum, CurrentPageNum, PageSize int
	PrePage, NextPage                                    *bool
	Data                                                 struct{ TaskDetail []row }
	XMLName                                              stdxml.Name `json:"-"`
}

// row is a task as the service sends it.
type row struct {
	TaskNo, TaskDetailNo, TaskType, TaskTypeDescription, InstanceId, DomainName, TaskStatus string
	CreateTime, UpdateTime, ErrorMsg, FailReason, TaskResult                                string
	TaskStatusCode, TryCount                                                                int
}

// send sends the request unchanged and decodes the response by its Content-Type.
func (r *request) send(t *testing.T, srv *domaintasktest.Server) answer {
	t.Helper()
	var body io.Reader
	if r.form != nil {
		body = strings.NewReader(r.form.Encode())
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, srv.URL+r.path+"?"+r.query.Encode(), body)
	require.NoError(t, err)
	for name, values := range r.header {
		req.Header[name] = values
	}
	if r.form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	}
	return do(t, srv, req)
}

func do(t *testing.T, srv *domaintasktest.Server, req *http.Request) answer {
	t.Helper()
	resp, err := srv.Config().HTTPClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	a := answer{status: resp.StatusCode, header: resp.Header, body: string(content)}
	switch contentType := resp.Header.Get("Content-Type"); contentType {
	case "application/json;charset=utf-8":
		require.NoError(t, json.Unmarshal(content, &a), a.body)
	case "text/xml;charset=utf-8":
		require.NoError(t, stdxml.Unmarshal(content, &a), a.body)
	default:
		require.Fail(t, "content type", contentType)
	}
	return a
}
