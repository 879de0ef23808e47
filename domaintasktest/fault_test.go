package domaintasktest_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func task(id string) domaintask.TaskDetail { return domaintask.TaskDetail{TaskDetailNo: id} }

// TestFaultsKeepTheChecks: a request with a wrong signature is not performed by a
// fault, and a request that met a fault has used up its nonce.
func TestFaultsKeepTheChecks(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
	r := acknowledgement("JSON")
	r.query.Set("TaskDetailNo.1", "2")
	srv.Inject(domaintasktest.BadGateway().AfterProcessing(), domaintasktest.Truncate(10))
	client := ways[4].client(srv)
	require.Equal(t, 502, arrive(client, r.http(t.Context(), t, srv)).resp.StatusCode)
	require.Equal(t, `{"RequestI`, arrive(client, r.http(t.Context(), t, srv)).body, "the fault applies to the refusal")
	require.Equal(t, "SignatureDoesNotMatch", srv.Requests()[1].Code)
	require.Empty(t, srv.Acknowledged())

	srv.Inject(domaintasktest.Throttle(0))
	r = acknowledgement("JSON")
	require.Equal(t, "Throttling.User", r.send(t, srv).Code)
	require.Equal(t, "SignatureNonceUsed", r.send(t, srv).Code)
}

// TestModifiersLeaveTheFault: a method returns another fault and does not change
// its receiver.
func TestModifiersLeaveTheFault(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	values := []string{"a"}
	origin := domaintasktest.Fault{}.WithHeader("X-One", values...)
	values[0] = "changed"
	one, two := origin.WithHeader("X-Two", "b"), origin.WithHeader("X-Two", "c", "d").WithStatus(418)
	srv.Inject(one, two, origin)
	client := srv.Config().HTTPClient
	for _, want := range []struct {
		status int
		two    []string
	}{{200, []string{"b"}}, {418, []string{"c", "d"}}, {200, nil}} {
		got := arrive(client, acknowledgement("JSON").http(t.Context(), t, srv))
		require.Equal(t, want.status, got.resp.StatusCode)
		require.Equal(t, []string{"a"}, got.resp.Header["X-One"])
		require.Equal(t, want.two, got.resp.Header["X-Two"])
	}
	require.Equal(t, "answer with X-One a with X-Two c and d with status 418", srv.Requests()[1].Fault)
	require.Equal(t, "none", domaintasktest.Fault{}.String())
}

// TestOn: a fault for one operation does not apply to others, which leave it in
// the queue.
func TestOn(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
	client := srv.Config().HTTPClient
	codes := func() (codes []int) {
		for _, action := range []string{"PollTaskResult", "AcknowledgeTaskResult", "PollTaskResult", "AcknowledgeTaskResult"} {
			r := rpcRequest("JSON", map[string][]string{"Action": {action}, "PageNum": {"1"}, "PageSize": {"20"}, "TaskDetailNo.1": {"1"}})
			r.signRPC()
			codes = append(codes, arrive(client, r.http(t.Context(), t, srv)).resp.StatusCode)
		}
		return codes
	}
	srv.Inject(domaintasktest.Forbidden().On("AcknowledgeTaskResult"), domaintasktest.BadGateway(), domaintasktest.InternalError())
	require.Equal(t, []int{502, 403, 500, 200}, codes())
	srv.InjectAlways(domaintasktest.Forbidden().On("AcknowledgeTaskResult"))
	require.Equal(t, []int{200, 403, 200, 403}, codes())
	require.Equal(t, "Forbidden on AcknowledgeTaskResult", srv.Requests()[7].Fault)
	require.Empty(t, srv.Requests()[6].Fault)
}

// TestFaultsOfOneFault: two faults made of one fault do not share headers.
func TestFaultsOfOneFault(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true, PlainHTTP: true})
	f := domaintasktest.Throttle(0).WithHeader("X-1", "1").WithHeader("X-2", "2").WithHeader("X-3", "3")
	for range 3 { // with any capacity that append leaves
		a, b := f.WithHeader("X-A", "a"), f.WithHeader("X-B", "b")
		srv.Inject(a, b)
		for _, want := range []string{"X-A", "X-B"} {
			resp, err := srv.Config().HTTPClient.Do(acknowledgement("JSON").http(t.Context(), t, srv))
			require.NoError(t, err)
			resp.Body.Close()
			require.Contains(t, resp.Header, http.CanonicalHeaderKey(want))
		}
		f = a
	}
}
