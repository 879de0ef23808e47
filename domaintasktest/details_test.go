package domaintasktest_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// submission returns n tasks of one TaskNo, with the TaskDetailNos 1 to n.
func submission(taskNo string, n int) []domaintask.TaskDetail {
	tasks := domaintasktest.Tasks(n, 1)
	for i := range tasks {
		tasks[i].TaskNo, tasks[i].TaskDetailNo = taskNo, fmt.Sprint(taskNo, "-", i+1)
	}
	return tasks
}

// queryDetails sends QueryTaskDetailList with these parameters.
func queryDetails(t *testing.T, srv *domaintasktest.Server, format string, params url.Values) answer {
	t.Helper()
	own := url.Values{"Action": {"QueryTaskDetailList"}, "PageNum": {"1"}, "PageSize": {"20"}}
	for name, values := range params {
		own[name] = values
	}
	r := rpcRequest(format, own)
	r.signRPC()
	return r.send(t, srv)
}

// column returns one column of the rows of a page.
func column(a answer, value func(row) string) []string {
	list := []string{}
	for _, r := range a.Data.TaskDetail {
		list = append(list, value(r))
	}
	return list
}

func TestQueryTaskDetailListShowsAllStates(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{}, submission("other", 2)...)
	srv.Submit(submission("a", 6)...)
	srv.Execute("a-2")
	srv.Succeed("a-3", "a-5")
	srv.Fail("The domain name is locked.", "a-4", "a-6")
	client := newClient(t, srv)
	_, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"a-5"}})
	require.NoError(t, err)
	srv.Remove("a-6", "a-1")

	for _, format := range []string{"JSON", "XML"} {
		a := queryDetails(t, srv, format, url.Values{"TaskNo": {"a"}})
		require.Equal(t, 200, a.status)
		if format == "XML" {
			require.Equal(t, "QueryTaskDetailListResponse", a.XMLName.Local)
		}
		require.Equal(t, []string{
			"a-1 WAITING_EXECUTE 0", "a-2 EXECUTING 1", "a-3 EXECUTE_SUCCESS 2", "a-4 EXECUTE_FAILURE 3", "a-5 EXECUTE_SUCCESS 2", "a-6 EXECUTE_FAILURE 3",
		}, column(a, func(r row) string { return fmt.Sprint(r.TaskDetailNo, " ", r.TaskStatus, " ", r.TaskStatusCode) }))
		require.Equal(t, []string{"", "", "", "The domain name is locked.", "", "The domain name is locked."}, column(a, func(r row) string { return r.FailReason }))
		require.Equal(t, []int{6, 1, 1, 20}, []int{a.TotalItemNum, a.TotalPageNum, a.CurrentPageNum, a.PageSize})
	}
	listed := poll(t, client, domaintask.PollTaskResultRequest{TaskNo: "a"})
	require.Equal(t, []string{"a-3", "a-4"}, ids(listed.Tasks))
	require.True(t, listed.Tasks[0].Succeeded())
	require.True(t, listed.Tasks[1].Failed())
}

func TestQueryTaskDetailListFilters(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{})
	tasks := submission("a", 4)
	tasks[2].DomainName, tasks[2].InstanceID = "example.com", "S1"
	srv.Submit(append(tasks, submission("b", 1)...)...)
	srv.Execute("a-2")
	srv.Succeed("a-3")
	srv.Fail("locked", "a-4")
	for _, tt := range []struct {
		params url.Values
		want   []string
	}{
		{url.Values{}, []string{"a-1", "a-2", "a-3", "a-4"}},
		{url.Values{"TaskStatus": {""}}, []string{"a-1", "a-2", "a-3", "a-4"}},
		{url.Values{"TaskStatus": {"0"}}, []string{"a-1"}},
		{url.Values{"TaskStatus": {"1"}}, []string{"a-2"}},
		{url.Values{"TaskStatus": {"2"}}, []string{"a-3"}},
		{url.Values{"TaskStatus": {"3"}}, []string{"a-4"}},
		{url.Values{"DomainName": {"example.com"}}, []string{"a-3"}},
		{url.Values{"InstanceId": {"S1"}}, []string{"a-3"}},
		{url.Values{"InstanceId": {"S1"}, "TaskStatus": {"0"}}, []string{}},
		{url.Values{"TaskNo": {"unknown"}}, []string{}},
		{url.Values{"PageNum": {"2"}, "PageSize": {"3"}, "Lang": {"zh"}, "UserClientIp": {"127.0.0.1"}}, []string{"a-4"}},
		{url.Values{"PageNum": {"2147483647"}, "PageSize": {"1000"}}, []string{}},
		{url.Values{"PageNum": {"2147483647"}, "PageSize": {"1000"}, "TaskStatus": {"0"}}, []string{}},
	} {
		if !tt.params.Has("TaskNo") {
			tt.params.Set("TaskNo", "a")
		}
		for _, format := range []string{"JSON", "XML"} {
			require.Equal(t, tt.want, column(queryDetails(t, srv, format, tt.params), func(r row) string { return r.TaskDetailNo }), tt.params)
		}
	}
}

func TestQueryTaskDetailListRefusals(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, submission("a", 1)...)
	for _, tt := range []struct {
		params url.Values
		code   string
	}{
		{url.Values{"TaskNo": {""}}, "MissingTaskNo"},
		{url.Values{"PageNum": {""}}, "MissingPageNum"},
		{url.Values{"PageSize": {""}}, "MissingPageSize"},
		{url.Values{"PageNum": {"0"}}, "InvalidParameter"},
		{url.Values{"PageSize": {"1001"}}, "InvalidParameter"},
		{url.Values{"TaskStatus": {"4"}}, "InvalidParameter"},
		{url.Values{"TaskStatus": {"-1"}}, "InvalidParameter"},
		{url.Values{"TaskStatus": {"00"}}, "InvalidParameter"},
		{url.Values{"TaskStatus": {"WAITING_EXECUTE"}}, "InvalidParameter"},
		{url.Values{"Lang": {"fr"}}, "InvalidParameter"},
	} {
		if !tt.params.Has("TaskNo") {
			tt.params.Set("TaskNo", "a")
		}
		for _, format := range []string{"JSON", "XML"} {
			a := queryDetails(t, srv, format, tt.params)
			require.Equal(t, tt.code, a.Code, tt.params)
			require.Equal(t, 400, a.status)
		}
	}
	denied := newServer(t, domaintasktest.Options{InMemory: true, Deny: []string{"QueryTaskDetailList"}})
	require.Contains(t, queryDetails(t, denied, "JSON", nil).body, `"AuthAction":"domain:QueryDomainTask"`)
}

func TestQueryTaskDetailListOmitsFlags(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true, PageSizeLimit: 2}, submission("a", 5)...)
	a := queryDetails(t, srv, "JSON", url.Values{"TaskNo": {"a"}, "PageNum": {"2"}})
	require.True(t, *a.PrePage && *a.NextPage)
	require.Equal(t, []int{5, 3, 2, 2}, []int{a.TotalItemNum, a.TotalPageNum, a.CurrentPageNum, a.PageSize})

	bare := newServer(t, domaintasktest.Options{InMemory: true, OmitPageFlags: true}, submission("a", 1)...)
	require.Nil(t, queryDetails(t, bare, "XML", url.Values{"TaskNo": {"a"}}).NextPage)
}
