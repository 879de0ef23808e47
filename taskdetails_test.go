package domaintask_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// details returns the details of one task.
func details(n int) []domaintask.TaskDetail {
	tasks := make([]domaintask.TaskDetail, n)
	for i := range tasks {
		tasks[i] = domaintask.TaskDetail{TaskNo: "T", TaskDetailNo: fmt.Sprint("d-", i+1), DomainName: fmt.Sprintf("shop%d.example", i+1)}
	}
	return tasks
}

func detailNos(tasks []domaintask.TaskDetail) (ids []string) {
	for _, task := range tasks {
		ids = append(ids, task.TaskDetailNo)
	}
	return ids
}

// TestQueryTaskDetailListSends states what each filter sends: waiting is 0, and
// any status is not sent.
func TestQueryTaskDetailListSends(t *testing.T) {
	t.Parallel()
	for filter, want := range map[domaintask.StatusFilter][]string{
		domaintask.AnyStatus: nil, domaintask.OnlyWaiting: {"0"}, domaintask.OnlyExecuting: {"1"},
		domaintask.OnlySucceeded: {"2"}, domaintask.OnlyFailed: {"3"},
	} {
		client, script := play(t, domaintask.Config{}, page{TotalPageNum: 1})
		_, err := client.QueryTaskDetailList(t.Context(), domaintask.QueryTaskDetailListRequest{
			TaskNo: "T", TaskStatus: filter, DomainName: "shop.example", InstanceID: "I", PageNum: 3, PageSize: 7,
			Lang: domaintask.LangChinese, UserClientIP: "192.0.2.1",
		})
		require.NoError(t, err)
		sent := script.asked[0]
		require.Equal(t, want, sent["TaskStatus"], filter)
		for name, value := range map[string]string{
			"Action": "QueryTaskDetailList", "TaskNo": "T", "DomainName": "shop.example", "InstanceId": "I",
			"PageNum": "3", "PageSize": "7", "Lang": "zh", "UserClientIp": "192.0.2.1",
		} {
			require.Equal(t, []string{value}, sent[name], name)
		}
	}
}

func TestQueryTaskDetailListIsChecked(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, unexpected(t)).URL})
	for param, req := range map[string]domaintask.QueryTaskDetailListRequest{
		"TaskNo": {}, "TaskStatus": {TaskNo: "T", TaskStatus: 5}, "PageNum": {TaskNo: "T", PageNum: -1}, "PageSize": {TaskNo: "T", PageSize: 1001},
		"Lang": {TaskNo: "T", Lang: "fr"}, "UserClientIp": {TaskNo: "T", UserClientIP: "home"}, "DomainName": {TaskNo: "T", DomainName: "a\nb"},
	} {
		_, err := client.QueryTaskDetailList(t.Context(), req)
		var paramErr *domaintask.ParamError
		require.ErrorAs(t, err, &paramErr, param)
		require.Equal(t, param, paramErr.Param)
		for _, err := range client.TaskDetails(t.Context(), req) {
			require.ErrorAs(t, err, &paramErr, param)
		}
		_, err = client.Wait(t.Context(), req)
		require.ErrorAs(t, err, &paramErr, param)
		require.Equal(t, param, paramErr.Param)
	}
}

// TestQueryTaskDetailListStates lists a task in every state, in both formats.
func TestQueryTaskDetailListStates(t *testing.T) {
	t.Parallel()
	for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
		server := domaintasktest.NewServer(domaintasktest.Tasks(5, 1)...)
		t.Cleanup(server.Close)
		server.Submit(details(5)...)
		server.Execute("d-2")
		server.Succeed("d-3", "d-5")
		server.Fail("DomainLocked: The domain name is locked.", "d-4")
		config := server.Config()
		config.Format = format
		client := newClient(t, config)
		_, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"d-5"}})
		require.NoError(t, err)

		for filter, want := range map[domaintask.StatusFilter][]string{
			domaintask.AnyStatus:   {"d-1", "d-2", "d-3", "d-4", "d-5"},
			domaintask.OnlyWaiting: {"d-1"}, domaintask.OnlyExecuting: {"d-2"},
			domaintask.OnlySucceeded: {"d-3", "d-5"}, domaintask.OnlyFailed: {"d-4"},
		} {
			resp, err := client.QueryTaskDetailList(t.Context(), domaintask.QueryTaskDetailListRequest{TaskNo: "T", TaskStatus: filter})
			require.NoError(t, err)
			require.ElementsMatch(t, want, detailNos(resp.Tasks), filter)
			require.Equal(t, len(want), resp.TotalItemNum)
			require.False(t, resp.HasNextPage())
			for _, task := range resp.Tasks {
				require.Equal(t, task.TaskDetailNo > "d-2", task.Ended(), task.TaskDetailNo)
				if task.Failed() {
					require.Equal(t, "DomainLocked", task.ReasonCode())
					require.NotEmpty(t, task.FailReason)
				}
			}
		}
		resp, err := client.QueryTaskDetailList(t.Context(), domaintask.QueryTaskDetailListRequest{TaskNo: "unknown"})
		require.NoError(t, err)
		require.Empty(t, resp.Tasks)
	}
}

// TestQueryTaskDetailListRoot: the page of another operation is not an answer.
func TestQueryTaskDetailListRoot(t *testing.T) {
	t.Parallel()
	for root, ok := range map[string]bool{"QueryTaskDetailListResponse": true, "PollTaskResultResponse": false} {
		client := newClient(t, domaintask.Config{Retry: once, Endpoint: serve(t, func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `<%s><Data><TaskDetail><TaskDetailNo>d</TaskDetailNo></TaskDetail></Data></%[1]s>`, root)
		}).URL})
		resp, err := client.QueryTaskDetailList(t.Context(), domaintask.QueryTaskDetailListRequest{TaskNo: "T"})
		if ok {
			require.NoError(t, err)
			require.Len(t, resp.Tasks, 1)
			continue
		}
		var decodeErr *domaintask.DecodeError
		require.ErrorAs(t, err, &decodeErr)
		require.ErrorContains(t, err, "root <PollTaskResultResponse> instead of <QueryTaskDetailListResponse>")
	}
}

// TestQueryTaskDetailListSample: in the documented sample, the list is one
// object and TaskResult a number.
func TestQueryTaskDetailListSample(t *testing.T) {
	t.Parallel()
	client := newClient(t, domaintask.Config{Endpoint: serve(t, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"RequestId":"R","TotalItemNum":1,"CurrentPageNum":1,"TotalPageNum":1,"PageSize":20,"PrePage":false,"NextPage":false,
			"Data":{"TaskDetail":{"TaskNo":"T","TaskDetailNo":"d","TaskStatus":"EXECUTE_FAILURE","TaskStatusCode":3,"TaskResult":12345,"FailReason":"locked"}}}`)
	}).URL})
	resp, err := client.QueryTaskDetailList(t.Context(), domaintask.QueryTaskDetailListRequest{TaskNo: "T"})
	require.NoError(t, err)
	require.Equal(t, []domaintask.TaskDetail{{TaskNo: "T", TaskDetailNo: "d", TaskStatus: domaintask.StatusFailure,
		TaskStatusCode: domaintask.StatusCodeFailure, TaskResult: "12345", FailReason: "locked"}}, resp.Tasks)
	require.Empty(t, resp.Unparsed)
}

// TestTaskDetailsWalks reads a task of several pages with every option.
func TestTaskDetailsWalks(t *testing.T) {
	t.Parallel()
	server := domaintasktest.NewServer()
	t.Cleanup(server.Close)
	server.Submit(details(250)...)
	client := newClient(t, server.Config())
	want := detailNos(details(250))
	req := domaintask.QueryTaskDetailListRequest{TaskNo: "T", PageSize: 40}
	for _, options := range [][]domaintask.Option{
		nil, {domaintask.WithPrefetch(4)}, {domaintask.WithStrictPaging()}, {domaintask.WithoutDedupe()}, {domaintask.WithMaxItems(250)},
	} {
		var got []string
		for task, err := range client.TaskDetails(t.Context(), req, options...) {
			require.NoError(t, err)
			require.False(t, task.Ended())
			got = append(got, task.TaskDetailNo)
		}
		require.Equal(t, want, got)
	}
	var pages, items int
	progress := domaintask.WithProgress(func(p domaintask.Progress) { items = p.Items })
	for page, err := range client.TaskDetailPages(t.Context(), req, progress, domaintask.WithMaxItems(100)) {
		require.NoError(t, err)
		require.Equal(t, pages+1, page.CurrentPageNum)
		pages++
	}
	require.Equal(t, 3, pages)
	require.Equal(t, 120, items)
}

func TestTaskDetailsOfAServiceThatDoesNotAdvance(t *testing.T) {
	t.Parallel()
	same := page{NextPage: yes(), ids: []string{"a", "b"}}
	client, _ := play(t, domaintask.Config{}, same, same, same, same)
	var last error
	for _, last = range client.TaskDetails(t.Context(), domaintask.QueryTaskDetailListRequest{TaskNo: "T", PageSize: 2}) {
	}
	require.ErrorIs(t, last, domaintask.ErrPaging)
}

func TestEnded(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		task domaintask.TaskDetail
		want bool
	}{
		{domaintask.TaskDetail{}, false},
		{domaintask.TaskDetail{TaskStatus: domaintask.StatusWaiting}, false},
		{domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeExecuting}, false},
		{domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeSuccess}, true},
		{domaintask.TaskDetail{TaskStatusCode: domaintask.StatusCodeFailure}, true},
		{domaintask.TaskDetail{TaskStatus: domaintask.StatusFailure}, true},
		{domaintask.TaskDetail{TaskStatus: domaintask.StatusSuccess}, true},
		{domaintask.TaskDetail{TaskStatus: "CANCELED", TaskStatusCode: 7}, false},
	} {
		require.Equal(t, tt.want, tt.task.Ended(), tt.task)
	}
}
