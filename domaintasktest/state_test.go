package domaintasktest_test

import (
	"fmt"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func TestAddInsertRemove(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(6, 1)
	srv := newServer(t, domaintasktest.Options{InMemory: true}, tasks[2])
	srv.Add(tasks[3], tasks[4])
	srv.Insert(0, tasks[0], tasks[1])
	srv.Insert(99, tasks[5])
	require.Equal(t, tasks, srv.Tasks())
	srv.Remove(tasks[0].TaskDetailNo, "unknown")
	srv.Insert(-1, tasks[0])
	require.Equal(t, tasks, srv.Tasks())
	srv.Remove(ids(tasks)...)
	require.Empty(t, srv.Tasks())
	require.Empty(t, srv.Acknowledged(), "another program acknowledged them")
}

// TestCopies: neither arguments nor results are shared.
func TestCopies(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(3, 1)
	given := append([]domaintask.TaskDetail(nil), tasks...)
	srv := newServer(t, domaintasktest.Options{}, given...)
	client := newClient(t, srv)
	given[0].DomainName = "changed"
	srv.Tasks()[1].DomainName = "changed"
	require.Equal(t, tasks, srv.Tasks())

	poll(t, client, domaintask.PollTaskResultRequest{})
	srv.Requests()[0].Action = "changed"
	srv.Requests()[0].Params.Set("PageNum", "changed")
	require.Equal(t, "PollTaskResult", srv.Requests()[0].Action)
	require.Equal(t, "1", srv.Requests()[0].Params.Get("PageNum"))

	_, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: ids(tasks)})
	require.NoError(t, err)
	srv.Acknowledged()[0] = "changed"
	require.Equal(t, ids(tasks), srv.Acknowledged())
}

func TestRequests(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{SecurityToken: "sts-token"})
	for i, scheme := range []struct {
		name   string
		change func(*domaintask.Config)
	}{
		{"HMAC-SHA1", func(*domaintask.Config) {}},
		{"ACS3-HMAC-SHA256", acs3},
	} {
		client := newClient(t, srv, scheme.change, func(c *domaintask.Config) { c.UserAgent = "requests-test" })
		page := poll(t, client, domaintask.PollTaskResultRequest{PageNum: 3, DomainName: "example.com", Lang: "zh"})
		requests := srv.Requests()
		got := requests[len(requests)-1]
		require.WithinDuration(t, time.Now(), got.Time, time.Minute)
		require.Len(t, got.SignatureNonce, 32)
		require.Len(t, got.Timestamp, len("2026-01-02T03:04:05Z"))
		require.Contains(t, got.UserAgent, "requests-test")
		got.Time, got.SignatureNonce, got.Timestamp, got.UserAgent = time.Time{}, "", "", ""
		require.Equal(t, domaintasktest.Request{
			Method:          "POST",
			Action:          "PollTaskResult",
			Version:         domaintask.APIVersion,
			Params:          url.Values{"PageNum": {"3"}, "PageSize": {"20"}, "DomainName": {"example.com"}, "Lang": {"zh"}},
			Format:          "JSON",
			SignatureMethod: scheme.name,
			Conn:            i + 1, // each client opens its own
			StatusCode:      200,
			RequestID:       page.RequestID,
			Processed:       true,
		}, got)
	}
}

func TestMaxRequests(t *testing.T) {
	t.Parallel()
	for limit, want := range map[int][]string{3: {"5", "6", "7"}, 7: {"1", "2", "3", "4", "5", "6", "7"}, 100: {"1", "2", "3", "4", "5", "6", "7"}, -1: nil} {
		srv := newServer(t, domaintasktest.Options{InMemory: true, MaxRequests: limit})
		client := newClient(t, srv)
		for num := range 7 {
			poll(t, client, domaintask.PollTaskResultRequest{PageNum: num + 1})
		}
		var got []string
		for _, request := range srv.Requests() {
			got = append(got, request.Params.Get("PageNum"))
		}
		require.Equal(t, want, got)
	}
}

// TestClock: the server uses its clock for timestamps and for Date.
func TestClock(t *testing.T) {
	t.Parallel()
	now := time.Now().Add(14 * time.Minute)
	srv := newServer(t, domaintasktest.Options{Now: func() time.Time { return now }})
	r := rpcRequest("JSON", url.Values{"PageNum": {"1"}, "PageSize": {"1"}})
	r.signRPC()
	a := r.send(t, srv)
	require.Equal(t, 200, a.status)
	require.Equal(t, now.UTC().Format("Mon, 02 Jan 2006 15:04:05 GMT"), a.header.Get("Date"))
	require.Equal(t, now, srv.Requests()[0].Time)
}

// TestRequestsHoldNoSecret: no secret of a request is recorded, wherever it was
// sent.
func TestRequestsHoldNoSecret(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{SecurityToken: "the-token"})
	byRPC := rpcRequest("JSON", url.Values{"SecurityToken": {"the-token"}, "BearerToken": {"the-token"}, "Signature": {"the-signature"}})
	byRPC.send(t, srv)
	byACS3 := acs3Request("", url.Values{"SecurityToken": {"the-token"}})
	byACS3.header.Set("X-Acs-Security-Token", "the-token")
	for _, authorization := range []string{"the-token", "ACS3-the-token", "ACS3-HMAC-SHA256 Credential=the-token,Signature=the-signature"} {
		byACS3.header.Set("Authorization", authorization)
		byACS3.send(t, srv)
	}
	require.Len(t, srv.Requests(), 4)
	require.NotContains(t, fmt.Sprintf("%+v", srv.Requests()), "the-")
}
