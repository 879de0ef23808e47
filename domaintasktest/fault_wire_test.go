package domaintasktest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

// way is a way to reach a server.
type way struct {
	name  string
	opts  domaintasktest.Options
	proto int
}

var ways = []way{
	{"HTTP2", domaintasktest.Options{}, 2},
	{"HTTP1 over TLS", domaintasktest.Options{}, 1},
	{"HTTP1", domaintasktest.Options{PlainHTTP: true}, 1},
	{"HTTP1 over TLS in memory", domaintasktest.Options{InMemory: true}, 1},
	{"HTTP1 in memory", domaintasktest.Options{InMemory: true, PlainHTTP: true}, 1},
}

// client returns a client of net/http that does not follow redirects.
func (w way) client(srv *domaintasktest.Server) *http.Client {
	client := srv.Config().HTTPClient
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	transport := client.Transport.(*http.Transport)
	transport.Protocols = new(http.Protocols)
	transport.Protocols.SetHTTP1(w.proto == 1)
	transport.Protocols.SetHTTP2(w.proto == 2)
	return client
}

// waits reports whether a client gets no headers until it gives up.
func waits(fault domaintasktest.Fault) bool {
	return strings.HasPrefix(fault.String(), "Hang") && !strings.HasPrefix(fault.String(), "HangAfter") ||
		strings.HasPrefix(fault.String(), "SilentConnection")
}

// acknowledgement returns a signed acknowledgement of the task "1".
func acknowledgement(format string) *request {
	r := rpcRequest(format, url.Values{"Action": {"AcknowledgeTaskResult"}, "TaskDetailNo.1": {"1"}})
	r.signRPC()
	return r
}

func (r *request) http(ctx context.Context, t *testing.T, srv *domaintasktest.Server) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, r.method, srv.URL+r.path+"?"+r.query.Encode(), nil)
	require.NoError(t, err)
	return req
}

// arrival is the outcome of a request for a client of net/http.
type arrival struct {
	err     error // no response
	resp    *http.Response
	body    string
	bodyErr error // no complete body
}

func arrive(client *http.Client, req *http.Request) arrival {
	resp, err := client.Do(req)
	if err != nil {
		return arrival{err: err}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return arrival{resp: resp, body: string(body), bodyErr: err}
}

// own returns the document of the service for an acknowledgement.
func own(format, requestID string) string {
	if format == "JSON" {
		return fmt.Sprintf(`{"RequestId":%q,"Result":1}`, requestID)
	}
	return "<?xml version='1.0' encoding='UTF-8'?><AcknowledgeTaskResultResponse><RequestId>" + requestID +
		"</RequestId><Result>1</Result></AcknowledgeTaskResultResponse>"
}

func ownType(format string) string {
	if format == "JSON" {
		return "application/json;charset=utf-8"
	}
	return "text/xml;charset=utf-8"
}

// onTheWire describes the effect of a fault. what gets the document that the
// service would have sent.
type onTheWire struct {
	fault     domaintasktest.Fault
	status    int
	code      string
	processed bool
	what      func(t *testing.T, got arrival, own, format string, way way)
}

// requireOnTheWire sends an acknowledgement that meets the fault, and one that
// does not, for each row, way and format.
func requireOnTheWire(t *testing.T, rows []onTheWire) {
	for _, way := range ways {
		for _, format := range []string{"JSON", "XML"} {
			for _, row := range rows {
				t.Run(strings.Join([]string{way.name, format, row.fault.String()}, "/"), func(t *testing.T) {
					t.Parallel()
					srv := newServer(t, way.opts, task("1"))
					srv.Inject(row.fault)
					client := way.client(srv)
					got := arrive(client, acknowledgement(format).http(t.Context(), t, srv))

					recorded := srv.Requests()
					require.Len(t, recorded, 1)
					require.Equal(t, row.fault.String(), recorded[0].Fault)
					require.Equal(t, row.status, recorded[0].StatusCode)
					require.Equal(t, row.code, recorded[0].Code)
					require.Equal(t, row.processed, recorded[0].Processed)
					require.Equal(t, row.processed, len(srv.Acknowledged()) == 1)
					if row.status == 0 {
						require.Error(t, got.err)
					} else {
						require.NoError(t, got.err)
						require.Equal(t, row.status, got.resp.StatusCode)
						require.Equal(t, way.proto, got.resp.ProtoMajor)
					}
					row.what(t, got, own(format, recorded[0].RequestID), format, way)

					after := arrive(client, acknowledgement(format).http(t.Context(), t, srv))
					require.NoError(t, after.err)
					require.NoError(t, after.bodyErr)
					require.Equal(t, 200, after.resp.StatusCode, after.body)
				})
			}
		}
	}
}
