package domaintasktest_test

import (
	"net/url"
	"testing"

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
