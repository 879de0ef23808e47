package domaintasktest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// call sends an operation with the parameter Number.
func call(t *testing.T, srv *domaintasktest.Server, format, action, version string) answer {
	t.Helper()
	r := rpcRequest(format, url.Values{"Action": {action}, "Version": {version}, "Number": {"7"}})
	r.signRPC()
	return r.send(t, srv)
}

// TestHandleInBothFormats: one value is the response in JSON and in XML.
func TestHandleInBothFormats(t *testing.T) {
	t.Parallel()
	type domain struct {
		DomainName string
		Locked     bool
	}
	for _, tt := range []struct {
		value     any
		json, xml string // after the RequestId
	}{
		{map[string]any{}, `}`, ``},
		{
			map[string]any{"Data": map[string]any{"Domain": []domain{{"a.example", true}, {"<&\">.example", false}}}, "TotalItemNum": 2},
			`,"Data":{"Domain":[{"DomainName":"a.example","Locked":true},{"DomainName":"\u003c\u0026\"\u003e.example","Locked":false}]},"TotalItemNum":2}`,
			`<Data><Domain><DomainName>a.example</DomainName><Locked>true</Locked></Domain>` +
				`<Domain><DomainName>&lt;&amp;&#34;&gt;.example</DomainName><Locked>false</Locked></Domain></Data><TotalItemNum>2</TotalItemNum>`,
		},
		{
			json.RawMessage(`{ "Empty": [], "Null": null, "Big": 12345678901234567890, "Nested": [[1.50, 2]] }`),
			`,"Empty":[],"Null":null,"Big":12345678901234567890,"Nested":[[1.50,2]]}`,
			`<Null></Null><Big>12345678901234567890</Big><Nested>1.50</Nested><Nested>2</Nested>`,
		},
	} {
		srv := newServer(t, domaintasktest.Options{InMemory: true})
		srv.Handle("QueryDomainList", "", func(params url.Values) (any, error) {
			require.Equal(t, url.Values{"Number": {"7"}}, params)
			return tt.value, nil
		})
		a := call(t, srv, "JSON", "QueryDomainList", "2018-01-29")
		require.Equal(t, `{"RequestId":"`+srv.Requests()[0].RequestID+`"`+tt.json, a.body)
		a = call(t, srv, "XML", "QueryDomainList", "2018-01-29")
		require.Equal(t, `<?xml version='1.0' encoding='UTF-8'?><QueryDomainListResponse><RequestId>`+srv.Requests()[1].RequestID+
			`</RequestId>`+tt.xml+`</QueryDomainListResponse>`, a.body)
		require.True(t, srv.Requests()[1].Processed)
	}
}

func TestHandleKeepsItsRequestID(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	srv.Handle("QueryDomainList", "", func(url.Values) (any, error) {
		return struct {
			requestID string
			RequestId string
		}{"", "mine"}, nil
	})
	require.Equal(t, `{"RequestId":"mine"}`, call(t, srv, "JSON", "QueryDomainList", "2018-01-29").body)
}

func TestHandleErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		value         any
		err           error
		status        int
		code, message string
	}{
		{nil, &domaintask.APIError{Code: "DomainNotFound", Message: "no such domain"}, 400, "DomainNotFound", "no such domain"},
		{nil, fmt.Errorf("query: %w", &domaintask.APIError{StatusCode: 403, Code: "Forbidden"}), 403, "Forbidden", ""},
		{[]byte("{}"), errors.New("the database is down"), 500, "InternalError", "the database is down"},
		{[]string{"a"}, nil, 500, "InternalError", "the response is not a JSON object"},
		{nil, nil, 500, "InternalError", "the response is not a JSON object"},
		{func() {}, nil, 500, "InternalError", "json: unsupported type: func()"},
	} {
		for _, format := range []string{"JSON", "XML"} {
			srv := newServer(t, domaintasktest.Options{InMemory: true})
			srv.Handle("QueryDomainList", "", func(url.Values) (any, error) { return tt.value, tt.err })
			a := call(t, srv, format, "QueryDomainList", "2018-01-29")
			require.Equal(t, []any{tt.status, tt.code, tt.message}, []any{a.status, a.Code, a.Message})
			require.False(t, srv.Requests()[0].Processed)
		}
	}
}

// TestHandleIsBehindTheChecks: a refused request does not reach the handler.
func TestHandleIsBehindTheChecks(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true, Deny: []string{"Denied"}})
	calls := 0
	for _, op := range [][2]string{{"QueryDomainList", "2016-05-11"}, {"Denied", ""}} {
		srv.Handle(op[0], op[1], func(url.Values) (any, error) { calls++; return map[string]any{}, nil })
	}
	require.Equal(t, "Forbidden.RAM", call(t, srv, "JSON", "Denied", "2018-01-29").Code)
	require.Equal(t, "InvalidApi.NotFound", call(t, srv, "JSON", "QueryDomainList", "2018-01-29").Code)
	require.Equal(t, "InvalidApi.NotFound", call(t, srv, "JSON", "PollTaskResult", "2016-05-11").Code)
	require.Equal(t, "NoSuchVersion", call(t, srv, "JSON", "QueryDomainList", "2017-01-01").Code)
	r := rpcRequest("JSON", url.Values{"Action": {"QueryDomainList"}, "Version": {"2016-05-11"}})
	r.secret = "wrong"
	r.signRPC()
	require.Equal(t, "SignatureDoesNotMatch", r.send(t, srv).Code)
	require.Zero(t, calls)

	v3 := acs3Request("application/json", nil)
	v3.header.Set("X-Acs-Action", "QueryDomainList")
	v3.header.Set("X-Acs-Version", "2016-05-11")
	v3.signACS3(strings.TrimPrefix(srv.URL, "https://"))
	require.Equal(t, 200, v3.send(t, srv).status)
	require.Equal(t, 1, calls)
}

// TestHandleReplaces: a handler can replace an operation, send a body as it is
// and use the server, also with a fault.
func TestHandleReplaces(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	srv.Handle("PollTaskResult", "", func(params url.Values) (any, error) {
		params.Set("Number", "changed")
		srv.Add(task("1"))
		return []byte("as it is"), nil
	})
	srv.Inject(domaintasktest.Fault{}, domaintasktest.Truncate(2), domaintasktest.BadGateway(), domaintasktest.BadGateway().AfterProcessing())
	client := srv.Config().HTTPClient
	for _, want := range []string{"as it is", "as", "<h", "<h"} {
		r := rpcRequest("XML", url.Values{"Number": {"7"}})
		r.signRPC()
		require.Contains(t, arrive(client, r.http(t.Context(), t, srv)).body, want)
	}
	require.Len(t, srv.Tasks(), 3)
	require.Equal(t, url.Values{"Number": {"7"}}, srv.Requests()[0].Params)
}
