package domaintasktest_test

import (
	"math"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func TestPages(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(45, 1)
	srv := newServer(t, domaintasktest.Options{}, tasks...)
	for _, format := range []func(*domaintask.Config){func(*domaintask.Config) {}, xml} {
		client := newClient(t, srv, format)
		for _, tt := range []struct {
			num       int
			want      []domaintask.TaskDetail
			pre, next bool
		}{
			{1, tasks[:20], false, true},
			{2, tasks[20:40], true, true},
			{3, tasks[40:], true, false},
			{4, nil, true, false},
			{math.MaxInt32 / 1000, nil, true, false},
		} {
			page := poll(t, client, domaintask.PollTaskResultRequest{PageNum: tt.num, PageSize: 20})
			if tt.want == nil {
				require.Empty(t, page.Tasks)
			} else {
				require.Equal(t, tt.want, page.Tasks)
			}
			require.Equal(t, &tt.pre, page.PrePage)
			require.Equal(t, &tt.next, page.NextPage)
			require.Equal(t, []int{tt.num, 20, 3, 45}, []int{page.CurrentPageNum, page.PageSize, page.TotalPageNum, page.TotalItemNum})
		}
	}
}

func TestNoTasks(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{})
	for _, format := range []func(*domaintask.Config){func(*domaintask.Config) {}, xml} {
		page := poll(t, newClient(t, srv, format), domaintask.PollTaskResultRequest{})
		require.Empty(t, page.Tasks)
		require.Zero(t, page.TotalItemNum)
		require.Zero(t, page.TotalPageNum)
		require.False(t, *page.NextPage)
	}
}

func TestOmitPageFlags(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{OmitPageFlags: true}, domaintasktest.Tasks(2, 1)...)
	for _, format := range []func(*domaintask.Config){func(*domaintask.Config) {}, xml} {
		page := poll(t, newClient(t, srv, format), domaintask.PollTaskResultRequest{PageSize: 1})
		require.Nil(t, page.PrePage)
		require.Nil(t, page.NextPage)
		require.True(t, page.HasNextPage())
	}
}

func TestFilters(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(200, 1)
	srv := newServer(t, domaintasktest.Options{}, tasks...)
	client := newClient(t, srv)
	only := func(keep func(domaintask.TaskDetail) bool) (kept []domaintask.TaskDetail) {
		for _, task := range tasks {
			if keep(task) {
				kept = append(kept, task)
			}
		}
		return kept
	}
	for name, tt := range map[string]struct {
		req  domaintask.PollTaskResultRequest
		want []domaintask.TaskDetail
	}{
		"succeeded":       {domaintask.PollTaskResultRequest{TaskResultStatus: domaintask.OnlySucceeded}, only(domaintask.TaskDetail.Succeeded)},
		"failed":          {domaintask.PollTaskResultRequest{TaskResultStatus: domaintask.OnlyFailed}, only(domaintask.TaskDetail.Failed)},
		"TaskNo":          {domaintask.PollTaskResultRequest{TaskNo: tasks[7].TaskNo}, only(func(task domaintask.TaskDetail) bool { return task.TaskNo == tasks[7].TaskNo })},
		"InstanceId":      {domaintask.PollTaskResultRequest{InstanceID: tasks[7].InstanceID}, tasks[7:8]},
		"DomainName":      {domaintask.PollTaskResultRequest{DomainName: tasks[7].DomainName}, only(func(task domaintask.TaskDetail) bool { return task.DomainName == tasks[7].DomainName })},
		"in another case": {domaintask.PollTaskResultRequest{InstanceID: strings.ToLower(tasks[7].InstanceID)}, nil},
		"all at once": {domaintask.PollTaskResultRequest{
			TaskResultStatus: domaintask.StatusFilter(tasks[7].TaskStatusCode), TaskNo: tasks[7].TaskNo, InstanceID: tasks[7].InstanceID, DomainName: tasks[7].DomainName,
		}, tasks[7:8]},
		"nothing": {domaintask.PollTaskResultRequest{TaskNo: tasks[7].TaskNo, DomainName: "example.invalid"}, nil},
	} {
		tt.req.PageSize = 200
		page := poll(t, client, tt.req)
		if len(tt.want) == 0 {
			require.Empty(t, page.Tasks, name)
		} else {
			require.Equal(t, tt.want, page.Tasks, name)
		}
		require.Equal(t, len(tt.want), page.TotalItemNum, name)
	}
}

func TestLang(t *testing.T) {
	t.Parallel()
	tasks := []domaintask.TaskDetail{
		{TaskDetailNo: "english", TaskType: domaintask.TaskTypeChangeDNS, TaskTypeDescription: "DNS server change"},
		{TaskDetailNo: "chinese", TaskType: domaintask.TaskTypeChangeDNS, TaskTypeDescription: "DNS修改"},
		{TaskDetailNo: "custom", TaskType: domaintask.TaskTypeChangeDNS, TaskTypeDescription: "DNS Modification"},
		{TaskDetailNo: "empty", TaskType: domaintask.TaskTypeChangeDNS},
		{TaskDetailNo: "unknown", TaskType: "NEW_TYPE", TaskTypeDescription: "Something new"},
	}
	srv := newServer(t, domaintasktest.Options{}, tasks...)
	client := newClient(t, srv)
	for lang, want := range map[domaintask.Lang][]string{
		"":                     {"DNS server change", "DNS server change", "DNS Modification", "", "Something new"},
		domaintask.LangEnglish: {"DNS server change", "DNS server change", "DNS Modification", "", "Something new"},
		domaintask.LangChinese: {"DNS修改", "DNS修改", "DNS Modification", "", "Something new"},
	} {
		var got []string
		for _, task := range poll(t, client, domaintask.PollTaskResultRequest{Lang: lang}).Tasks {
			got = append(got, task.TaskTypeDescription)
		}
		require.Equal(t, want, got)
	}
	require.Equal(t, tasks, srv.Tasks(), "responses do not change the list")

	for _, task := range domaintasktest.Tasks(500, 3) {
		srv := newServer(t, domaintasktest.Options{InMemory: true, PlainHTTP: true}, task)
		chinese := poll(t, newClient(t, srv), domaintask.PollTaskResultRequest{Lang: domaintask.LangChinese}).Tasks[0]
		require.NotEqual(t, task.TaskTypeDescription, chinese.TaskTypeDescription, "every documented type has both names")
		srv.Close()
	}
}

// TestText: the text of a task arrives unchanged in both formats.
func TestText(t *testing.T) {
	t.Parallel()
	awkward := " <&>\"' ]]> é 域名 \u2028 \U0001f600 \t\n\r end "
	task := domaintask.TaskDetail{
		TaskNo: awkward, TaskDetailNo: awkward, TaskType: awkward, TaskTypeDescription: awkward, InstanceID: awkward,
		DomainName: awkward, TaskStatus: domaintask.TaskStatus(awkward), TaskStatusCode: 7, CreateTime: awkward, UpdateTime: awkward,
		TryCount: -1, ErrorMsg: awkward, FailReason: awkward, TaskResult: awkward,
	}
	srv := newServer(t, domaintasktest.Options{}, task, domaintask.TaskDetail{})
	for _, format := range []func(*domaintask.Config){func(*domaintask.Config) {}, xml} {
		require.Equal(t, srv.Tasks(), poll(t, newClient(t, srv, format), domaintask.PollTaskResultRequest{}).Tasks)
	}
}

func TestWhatIsOmitted(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{OmitPageFlags: true}, domaintask.TaskDetail{TaskDetailNo: "1"})
	for _, format := range []string{"JSON", "XML"} {
		r := rpcRequest(format, map[string][]string{"PageNum": {"1"}, "PageSize": {"1"}})
		r.signRPC()
		body := r.send(t, srv).body
		for _, name := range []string{"FailReason", "TaskResult<", `TaskResult"`, "NextPage", "PrePage"} {
			require.NotContains(t, body, name)
		}
		require.Contains(t, body, "ErrorMsg")
	}
}

func TestPageSizeLimit(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(25, 1)
	for limit, want := range map[int]int{0: 20, -1: 20, 7: 7, 20: 20, 2000: 20} {
		srv := newServer(t, domaintasktest.Options{PageSizeLimit: limit}, tasks...)
		page := poll(t, newClient(t, srv), domaintask.PollTaskResultRequest{PageNum: 2, PageSize: 20})
		require.Equal(t, want, page.PageSize, limit)
		require.Equal(t, (25+want-1)/want, page.TotalPageNum)
		require.Equal(t, tasks[want:min(2*want, 25)], page.Tasks)
	}
}

// TestFilteredPageIsCheap: a filter copies the page, not the list. It counts all
// allocations of the process, so no test runs in parallel.
func TestFilteredPageIsCheap(t *testing.T) {
	const n = 50_000
	srv := newServer(t, domaintasktest.Options{InMemory: true}, domaintasktest.Tasks(n, 1)...)
	for _, filter := range []url.Values{{}, {"TaskResultStatus": {"2"}}, {"DomainName": {"example.invalid"}}} {
		r := rpcRequest("JSON", filter)
		r.query.Set("PageNum", "100")
		r.query.Set("PageSize", "20")
		r.signRPC()
		request := httptest.NewRequest(r.method, "/?"+r.query.Encode(), nil)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		srv.ServeHTTP(httptest.NewRecorder(), request)
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(200_000), "a tenth of what %d pointers take", n)
	}
	require.Len(t, srv.Requests(), 3)
	for _, request := range srv.Requests() {
		require.Empty(t, request.Code)
	}
}
