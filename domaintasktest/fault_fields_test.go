package domaintasktest_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// page returns the body of the first page of PollTaskResult that meets the
// fault.
func page(t *testing.T, fault domaintasktest.Fault, format string, tasks ...domaintask.TaskDetail) string {
	t.Helper()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, tasks...)
	srv.Inject(fault)
	r := rpcRequest(format, url.Values{"PageNum": {"1"}, "PageSize": {"20"}})
	r.signRPC()
	got := arrive(srv.Config().HTTPClient, r.http(t.Context(), t, srv))
	require.NoError(t, got.err)
	require.NoError(t, got.bodyErr)
	return got.body
}

func TestSampleTypes(t *testing.T) {
	t.Parallel()
	one, two := task("1"), task("2")
	one.TaskResult, two.TaskResult, two.ErrorMsg = "12345", "done", `"TaskResult":"5"`
	lone := page(t, domaintasktest.SampleTypes(), "JSON", one)
	require.Contains(t, lone, `{"Data":{"TaskDetail":{"TaskNo":"","TaskDetailNo":"1",`)
	require.Contains(t, lone, `"ErrorMsg":"","TaskResult":12345}},"TotalItemNum":1,`)
	pair := page(t, domaintasktest.SampleTypes(), "JSON", one, two)
	require.Contains(t, pair, `"TaskResult":12345},{"TaskNo":""`)
	require.Contains(t, pair, `"ErrorMsg":"\"TaskResult\":\"5\"","TaskResult":"done"}]},`)
	require.Contains(t, page(t, domaintasktest.SampleTypes(), "JSON"), `{"Data":{"TaskDetail":[]},`)
	require.Contains(t, page(t, domaintasktest.SampleTypes(), "XML", one), "<TaskResult>12345</TaskResult>")
}

// TestWithField: raw text takes the place of a value, or becomes a field of the
// first task or of the document.
func TestWithField(t *testing.T) {
	t.Parallel()
	ok := domaintasktest.Fault{}
	first, second := task("1"), task("2")
	second.TaskResult, second.ErrorMsg = "done", `"NextPage":1`
	for _, tt := range []struct {
		fault     domaintasktest.Fault
		tasks     []domaintask.TaskDetail
		json, xml string
	}{
		{ok.WithField("ErrorMsg", `[]`, `<a/>`), []domaintask.TaskDetail{first, second}, `"TryCount":0,"ErrorMsg":[]},{`, `<TryCount>0</TryCount><ErrorMsg><a/></ErrorMsg></TaskDetail><TaskDetail>`},
		{ok.WithField("TaskResult", `{"a":1}`, `1`), []domaintask.TaskDetail{first, second}, `"ErrorMsg":"\"NextPage\":1","TaskResult":{"a":1}}]}`, `<TaskResult>1</TaskResult></TaskDetail></Data>`},
		{ok.WithField("TaskResult", `{"a":1}`, `1`), []domaintask.TaskDetail{first}, `"TaskDetail":[{"TaskResult":{"a":1},"TaskNo":""`, `<Data><TaskDetail><TaskResult>1</TaskResult><TaskNo></TaskNo>`},
		{ok.WithField("TaskResult", `1`, `1`), nil, `{"TaskResult":1,"Data":{"TaskDetail":[]}`, `<PollTaskResultResponse><TaskResult>1</TaskResult><Data></Data>`},
		{ok.WithField("TryCount", `1e400`, `N/A`), []domaintask.TaskDetail{first}, `"TryCount":1e400,"ErrorMsg"`, `<TryCount>N/A</TryCount>`},
		{ok.WithField("NextPage", `0`, ` 0 `), []domaintask.TaskDetail{first, second}, `"PrePage":false,"NextPage":0}`, `<NextPage> 0 </NextPage></PollTaskResultResponse>`},
		{ok.WithField("ErrorMsg", "\"a\x0b\xe4\xb8\"", "a & b&nbsp;&#11;"), []domaintask.TaskDetail{first}, "\"ErrorMsg\":\"a\x0b\xe4\xb8\"}", "<ErrorMsg>a & b&nbsp;&#11;</ErrorMsg>"},
		{ok.WithField("TaskNo", `1`, `1`).WithField("TaskNo", `2`, `2`).WithField("DomainName", `3`, `3`), []domaintask.TaskDetail{first}, `[{"TaskNo":2,"TaskDetailNo":"1",`, `<TaskNo>2</TaskNo><TaskDetailNo>1</TaskDetailNo>`},
		{domaintasktest.Throttle(0).WithField("Code", `" \n Throttling.User "`, "\n Throttling.User "), nil, `"Code":" \n Throttling.User ","Message"`, "<Code>\n Throttling.User </Code>"},
		{domaintasktest.Foreign(200, "text/html", "<TaskNo></TaskNo>").WithField("TaskNo", "1", "1"), nil, "<TaskNo></TaskNo>", "<TaskNo></TaskNo>"},
		{domaintasktest.Truncate(20).WithField("Data", "1", "1"), nil, `{"Data":1,"Data":{"TaskDetail`, `<Data>1</Data>`},
		{domaintasktest.Truncate(70).WithField("Data", "1", "1"), nil, `{"Data":1,`, `<PollTaskResultResponse><Data>1</Data><Data>`},
	} {
		require.Contains(t, page(t, tt.fault, "JSON", tt.tasks...), tt.json)
		require.Contains(t, page(t, tt.fault, "XML", tt.tasks...), tt.xml)
	}
}

func TestWithElement(t *testing.T) {
	t.Parallel()
	fault := domaintasktest.Fault{}.WithElement(`{"Error":"x"}`, `<TaskDetail><Error>x</Error></TaskDetail>`)
	for range 2 { // the fault stays as it is
		require.Contains(t, page(t, fault, "JSON", task("1")), `"TaskDetail":[{"Error":"x"},{"TaskNo":""`)
		require.Contains(t, page(t, fault, "JSON"), `"TaskDetail":[{"Error":"x"}]}`)
	}
	require.Contains(t, page(t, fault, "XML", task("1")), `<Data><TaskDetail><Error>x</Error></TaskDetail><TaskDetail><TaskNo>`)
	require.Contains(t, page(t, fault, "XML"), `<Data><TaskDetail><Error>x</Error></TaskDetail></Data>`)

	srv := newServer(t, domaintasktest.Options{InMemory: true})
	srv.Inject(fault)
	require.Equal(t, 200, acknowledgement("JSON").send(t, srv).status, "no list")
}

func TestRequestIDTwice(t *testing.T) {
	t.Parallel()
	const other = "00000000-0000-0000-0000-000000000000"
	require.Regexp(t, `^{"requestId":"`+other+`",.*"RequestId":".*,"requestId":"`+other+`"}$`, page(t, domaintasktest.RequestIDTwice(), "JSON"))
	require.Regexp(t, `<PollTaskResultResponse><requestId>`+other+`</requestId>.*<RequestId>.*<requestId>`+other+`</requestId></PollTaskResultResponse>$`,
		page(t, domaintasktest.RequestIDTwice(), "XML"))
}

func TestStringTypes(t *testing.T) {
	t.Parallel()
	body := page(t, domaintasktest.StringTypes(), "JSON", domaintasktest.FailedTask("example.com", "locked"), task("2"))
	require.Contains(t, body, `"TaskStatusCode":"3"`)
	require.Contains(t, body, `"TryCount":"3"`)
	require.Contains(t, body, `"TryCount":"0"`)
	require.Contains(t, body, `"TotalItemNum":"2","PageSize":"20","CurrentPageNum":"1",`)
	require.Contains(t, body, `"TotalPageNum":"1","PrePage":"false","NextPage":"false"}`)
	require.Contains(t, page(t, domaintasktest.StringTypes(), "XML", task("1")), "<TryCount>0</TryCount>")
}

func TestTimeFormat(t *testing.T) {
	t.Parallel()
	sample := task("1")
	sample.CreateTime, sample.UpdateTime = "2017-11-01 17:22:51", "later"
	for _, tt := range []struct {
		fault     domaintasktest.Fault
		json, xml string
	}{
		{domaintasktest.TimeFormat(time.RFC3339, time.UTC), `"2017-11-01T09:22:51Z"`, `2017-11-01T09:22:51Z`},
		{domaintasktest.TimeFormat(time.RFC3339, nil), `"2017-11-01T17:22:51+08:00"`, `2017-11-01T17:22:51+08:00`},
		{domaintasktest.TimeFormat(" 2006-01-02 15:04\n", nil), `" 2017-11-01 17:22\n"`, " 2017-11-01 17:22\n"},
		{domaintasktest.TimeFormat(domaintasktest.EpochMillis, time.UTC), `1509528171000`, `1509528171000`},
	} {
		require.Contains(t, page(t, tt.fault, "JSON", sample), `"CreateTime":`+tt.json+`,"UpdateTime":"later"`)
		require.Contains(t, page(t, tt.fault, "XML", sample), `<CreateTime>`+tt.xml+`</CreateTime><UpdateTime>later</UpdateTime>`)
	}
}
