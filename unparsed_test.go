package domaintask_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// answerWith returns a client of a service that answers everything with one
// document, and what the client logs at level warn.
func answerWith(t *testing.T, status int, contentType, body string) (*domaintask.Client, *bytes.Buffer) {
	t.Helper()
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		w.WriteHeader(status)
		io.WriteString(w, body)
	})
	log := new(bytes.Buffer)
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return newClient(t, domaintask.Config{Endpoint: server.URL, Retry: once, Logger: logger}), log
}

// An odd row costs a value: the page has the other rows and lists what is odd,
// and the logger warns once.
func TestOddRows(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body   string
		listed []domaintask.UnparsedValue
	}{
		"JSON": {`{"RequestId":"R-1","PageSize":"N/A","NextPage":1,"TotalItemNum":3,"Data":{"TaskDetail":[
			{"TaskDetailNo":"1","TaskResult":{},"ErrorMsg":[]},
			{"TaskDetailNo":"2","TaskResult":{"secret":1},"TryCount":"N/A"},
			{"New":1},
			{"TaskDetailNo":"3"}]}}`, []domaintask.UnparsedValue{
			{Task: -1, Field: "PageSize", Raw: "N/A"},
			{Task: -1, Field: "TaskDetail", Raw: `{"New":1}`},
			{Task: 1, TaskDetailNo: "2", Field: "TaskResult", Raw: `{"secret":1}`},
			{Task: 1, TaskDetailNo: "2", Field: "TryCount", Raw: "N/A"},
		}},
		"XML": {"\n<?xml version='1.0'?><PollTaskResultResponse><RequestId>\nR-1 </RequestId><PageSize>N/A</PageSize><NextPage>1</NextPage><TotalItemNum>3</TotalItemNum><Data>" +
			"<TaskDetail><TaskDetailNo>1</TaskDetailNo><TaskResult/></TaskDetail>" +
			"<TaskDetail><TaskDetailNo>\n  2\n</TaskDetailNo><TaskResult><secret/></TaskResult><TryCount>N/A</TryCount></TaskDetail>" +
			"<TaskDetail><New>1</New></TaskDetail>" +
			"<TaskDetail><TaskDetailNo>3</TaskDetailNo></TaskDetail></Data></PollTaskResultResponse>", []domaintask.UnparsedValue{
			{Task: -1, Field: "PageSize", Raw: "N/A"},
			{Task: -1, Field: "TaskDetail", Raw: `<TaskDetail><New>1</New></TaskDetail>`},
			{Task: 1, TaskDetailNo: "2", Field: "TaskResult", Raw: `<secret/>`},
			{Task: 1, TaskDetailNo: "2", Field: "TryCount", Raw: "N/A"},
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, log := answerWith(t, 200, "", test.body)
			resp, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.NoError(t, err)
			require.Equal(t, test.listed, resp.Unparsed)
			require.Equal(t, len(test.listed), resp.UnparsedTotal)
			require.Len(t, resp.Tasks, 3)
			require.Equal(t, domaintask.TaskDetail{TaskDetailNo: "2", TaskResult: test.listed[2].Raw}, resp.Tasks[1])
			require.Zero(t, resp.PageSize)
			require.True(t, resp.HasNextPage())

			var logged map[string]any
			require.Equal(t, 1, strings.Count(log.String(), "\n"), log)
			require.NoError(t, json.Unmarshal(log.Bytes(), &logged))
			require.Equal(t, "PollTaskResult", logged["action"])
			require.InDelta(t, 4, logged["values"], 0)
			require.Equal(t, "PageSize", logged["first_field"])
			require.Equal(t, "R-1", logged["request_id"])
			require.NotContains(t, log.String(), "secret", "values may be anything")
		})
	}
}

// A page without anything odd lists nothing and warns of nothing.
func TestNothingOdd(t *testing.T) {
	t.Parallel()
	client, log := answerWith(t, 200, "", `{"TotalItemNum":"1","Data":{"TaskDetail":{"TaskDetailNo":1,"TaskResult":12345,"TryCount":"2.0","New":{}}}}`)
	resp, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.Nil(t, resp.Unparsed)
	require.Zero(t, resp.UnparsedTotal)
	require.Empty(t, log.String())
}

// An acknowledgement happened even if its Result is odd.
func TestOddAcknowledgement(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"RequestId":"R-1","Result":"N/A"}`,
		`<AcknowledgeTaskResultResponse><RequestId>R-1</RequestId><Result>N/A</Result></AcknowledgeTaskResultResponse>`,
	} {
		client, log := answerWith(t, 200, "", body)
		resp, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
		require.NoError(t, err)
		require.Equal(t, &domaintask.AcknowledgeTaskResultResponse{
			RequestID: "R-1", Unparsed: []domaintask.UnparsedValue{{Task: -1, Field: "Result", Raw: "N/A"}}, UnparsedTotal: 1,
		}, resp)
		require.Equal(t, 1, strings.Count(log.String(), "\n"), log)
	}
}

// A walk goes past odd rows, and hands over the tasks around them.
func TestWalkOverOddRows(t *testing.T) {
	t.Parallel()
	client, log := answerWith(t, 200, "", `{"TotalItemNum":2,"NextPage":"0","Data":[{"TaskDetailNo":"1","TryCount":"N/A"},7,{"TaskDetailNo":"2"}]}`)
	var ids []string
	for task, err := range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{}) {
		require.NoError(t, err)
		ids = append(ids, task.TaskDetailNo)
	}
	require.Equal(t, []string{"1", "2"}, ids)
	require.Equal(t, 1, strings.Count(log.String(), "\n"), log)
}

// Layout around a Code does not hide what it is.
func TestLayoutAroundCodes(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"\r\n<?xml version='1.0'?>\n<Error>\n <RequestId>\n R-1\n </RequestId>\n <Code>\n Throttling.User </Code>\n <Message>\tslow down </Message>\n</Error>\n",
		`{"requestId":"x","RequestId":" R-1\n","Code":"\tThrottling.User ","code":"x","Message":" slow down"}`,
	} {
		client, _ := answerWith(t, 400, "", body)
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		requireKind(t, domaintask.ErrThrottled, err)
		var apiErr *domaintask.APIError
		require.ErrorAs(t, err, &apiErr)
		require.Equal(t, []string{"Throttling.User", "R-1", "slow down"}, []string{apiErr.Code, apiErr.RequestID, apiErr.Message})
	}
}

// An error that is cut off or broken after its Code has its Code.
func TestBrokenErrorsHaveTheirCode(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"RequestId":"R-1","Code":"Throttling.User","Message":"slow`,
		`{"RequestId":"R-1","Code":"Throttling.User","Message":["slow"],"New":x}`,
		`<Error><RequestId>R-1</RequestId><Code>Throttling.User</Code><Message>slow<br></Message></Error>`,
	} {
		for _, status := range []int{200, 400, 503} {
			client, _ := answerWith(t, status, "", body)
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			requireKind(t, domaintask.ErrThrottled, err)
			require.ErrorContains(t, err, "request id R-1")
		}
	}
}

// A charset is read or named, and never costs the Code of an error.
func TestCharsets(t *testing.T) {
	t.Parallel()
	const gbk = "\xD0\xDE\xB8\xC4" // 修改
	page := func(domain string) string {
		return `<PollTaskResultResponse><Data><TaskDetail><DomainName>` + domain + `</DomainName></TaskDetail></Data></PollTaskResultResponse>`
	}
	client, _ := answerWith(t, 200, "text/xml; charset=windows-1252", page("b\xFCcher.example"))
	resp, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.Equal(t, "bücher.example", resp.Tasks[0].DomainName)

	client, _ = answerWith(t, 200, "text/xml; charset=GBK", page(gbk))
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	var decodeErr *domaintask.DecodeError
	require.ErrorAs(t, err, &decodeErr)
	require.ErrorContains(t, err, "unsupported charset: GBK")

	client, _ = answerWith(t, 200, "", page(gbk)) // nothing names it
	resp, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.Equal(t, []domaintask.UnparsedValue{{Task: 0, Field: "DomainName", Raw: gbk}}, resp.Unparsed)

	client, _ = answerWith(t, 400, "text/xml", `<?xml version="1.0" encoding="GBK"?><Error><Code>Throttling.User</Code><Message>`+gbk+`</Message></Error>`)
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	requireKind(t, domaintask.ErrThrottled, err)
	require.ErrorContains(t, err, "(unsupported charset: GBK)")

	client, _ = answerWith(t, 502, "text/html; charset=gb2312", "<html>"+gbk)
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorAs(t, err, &decodeErr)
	require.ErrorContains(t, err, "unsupported charset: gb2312")
}

// A small answer cannot become more tasks than a page may hold, nor much
// memory. Not parallel: it counts what the whole program allocates.
func TestManyTasksInAFewBytes(t *testing.T) {
	for name, test := range map[string]struct{ start, element, end string }{
		"tasks":             {`{"Data":[`, `{"TaskNo":1},`, `null]}`},
		"tasks in XML":      {`<PollTaskResultResponse><Data>`, `<TaskDetail><TaskNo>1</TaskNo></TaskDetail>`, `</Data></PollTaskResultResponse>`},
		"unknown":           {`{"Data":[`, `{"A":1},`, `null]}`},
		"numbers":           {`{"Data":[`, `1,`, `null]}`},
		"lists":             {`{`, `"Data":[],`, `"TotalItemNum":1}`},
		"odd values":        {`{"Data":[{"TaskNo":"1",`, `"TryCount":"x","TryCount":"y",`, `"TaskType":"t"}]}`},
		"odd values in XML": {`<PollTaskResultResponse><Data><TaskDetail>`, `<TryCount>x</TryCount><TryCount>y</TryCount>`, `</TaskDetail></Data></PollTaskResultResponse>`},
	} {
		var body bytes.Buffer
		z := gzip.NewWriter(&body)
		io.WriteString(z, test.start+strings.Repeat(test.element, (domaintask.DefaultMaxResponseBytes-100)/len(test.element))+test.end)
		require.NoError(t, z.Close())
		require.Less(t, body.Len(), 100<<10)
		server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(body.Bytes())
		})
		client := newClient(t, domaintask.Config{Endpoint: server.URL, Retry: once})
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		resp, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1})
		runtime.ReadMemStats(&after)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(4*domaintask.DefaultMaxResponseBytes), name)
		if strings.HasPrefix(name, "tasks") {
			var decodeErr *domaintask.DecodeError
			require.ErrorAs(t, err, &decodeErr, name)
			require.ErrorContains(t, err, "more tasks than a page may hold", name)
			continue
		}
		require.NoError(t, err, name)
		require.LessOrEqual(t, len(resp.Tasks), 1, name)
		require.LessOrEqual(t, len(resp.Unparsed), 100, name)
		require.Equal(t, name == "lists", resp.UnparsedTotal == 0, name)
	}
}
