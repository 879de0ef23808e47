package domaintasktest_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

// list sends PollTaskResult for this page and returns what it says and has.
func list(t *testing.T, srv *domaintasktest.Server, format string, num, size int) (says, rows string) {
	t.Helper()
	r := rpcRequest(format, url.Values{"PageNum": {fmt.Sprint(num)}, "PageSize": {fmt.Sprint(size)}})
	r.signRPC()
	a := r.send(t, srv)
	require.Equal(t, 200, a.status, a.body)
	says = fmt.Sprintf("page %d of %d, size %d of %d", a.CurrentPageNum, a.TotalPageNum, a.PageSize, a.TotalItemNum)
	if a.NextPage != nil {
		says += fmt.Sprintf(", before %v, next %v", *a.PrePage, *a.NextPage)
	}
	return says, fmt.Sprint(column(a, func(r row) string { return r.TaskDetailNo }))
}

func TestCutPages(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, submission("a", 5)...)
	srv.InjectAlways(domaintasktest.CutPages(2))
	for _, format := range []string{"JSON", "XML"} {
		for _, tt := range []struct {
			num, size  int
			says, rows string
		}{
			{1, 1000, "page 1 of 1, size 1000 of 5", "[a-1 a-2]"},
			{2, 1000, "page 2 of 1, size 1000 of 5", "[a-3 a-4]"},
			{3, 4, "page 3 of 2, size 4 of 5", "[a-5]"},
			{4, 1000, "page 4 of 1, size 1000 of 5", "[]"},
			{1, 2, "page 1 of 3, size 2 of 5, before false, next true", "[a-1 a-2]"},
		} {
			says, rows := list(t, srv, format, tt.num, tt.size)
			require.Equal(t, tt.says, says)
			require.Equal(t, tt.rows, rows)
		}
	}
	details := queryDetails(t, srv, "JSON", url.Values{"TaskNo": {"a"}, "PageNum": {"3"}})
	require.Equal(t, []string{"a-5"}, column(details, func(r row) string { return r.TaskDetailNo }))
	require.Equal(t, "MissingPageSize", queryDetails(t, srv, "JSON", url.Values{"TaskNo": {"a"}, "PageSize": {""}}).Code)
	require.Equal(t, "1000", srv.Requests()[0].Params.Get("PageSize"), "what was requested")
}

func TestCyclicPages(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, submission("a", 5)...)
	srv.InjectAlways(domaintasktest.CyclicPages(2))
	for i, want := range []string{"[a-1 a-2]", "[a-3 a-4]", "[a-1 a-2]", "[a-3 a-4]", "[a-1 a-2]"} {
		says, rows := list(t, srv, "XML", i+1, 2)
		require.Equal(t, fmt.Sprintf("page %d of 3, size 2 of 5, before %v, next true", i+1, i > 0), says)
		require.Equal(t, want, rows)
	}
	require.Equal(t, "InvalidParameter", queryDetails(t, srv, "JSON", url.Values{"TaskNo": {"a"}, "PageNum": {"0"}}).Code)
}

// TestIgnoreAcknowledge: the response is a success, and the task stays listed.
func TestIgnoreAcknowledge(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
	srv.InjectAlways(domaintasktest.IgnoreAcknowledge())
	for _, format := range []string{"JSON", "XML"} {
		a := acknowledgement(format).send(t, srv)
		require.Equal(t, []any{200, "", 0}, []any{a.status, a.Code, a.Result})
		require.Equal(t, srv.Requests()[len(srv.Requests())-1].RequestID, a.RequestId)
		_, rows := list(t, srv, format, 1, 20)
		require.Equal(t, "[1]", rows)
	}
	require.Empty(t, srv.Acknowledged())
	require.False(t, srv.Requests()[0].Processed)
	denied := acknowledgement("JSON")
	denied.query.Set("Signature", "x")
	require.Equal(t, "SignatureDoesNotMatch", denied.send(t, srv).Code)

	srv.InjectAlways(domaintasktest.IgnoreAcknowledge().AfterProcessing())
	require.Zero(t, acknowledgement("JSON").send(t, srv).Result)
	require.Equal(t, []string{"1"}, srv.Acknowledged())
}

// TestLostAcknowledgements: only acknowledgements meet the fault, before or after
// they take effect.
func TestLostAcknowledgements(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault domaintasktest.Fault
		lost  []string
	}{
		{domaintasktest.CloseConnection().On("AcknowledgeTaskResult"), []string{}},
		{domaintasktest.CloseConnection().AfterProcessing().On("AcknowledgeTaskResult"), []string{"1"}},
		{domaintasktest.Forbidden().On("AcknowledgeTaskResult"), []string{}},
	} {
		srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
		srv.InjectAlways(tt.fault)
		_, rows := list(t, srv, "JSON", 1, 20)
		require.Equal(t, "[1]", rows)
		got := arrive(srv.Config().HTTPClient, acknowledgement("JSON").http(t.Context(), t, srv))
		require.True(t, got.err != nil || got.resp.StatusCode == 403)
		require.Equal(t, tt.lost, append([]string{}, srv.Acknowledged()...))
	}
}
