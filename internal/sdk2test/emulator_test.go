package sdk2test

import (
	"fmt"
	"math"
	"net/http"
	"testing"

	"github.com/alibabacloud-go/tea/dara"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func newServer(t *testing.T, opts domaintasktest.Options, tasks ...domaintask.TaskDetail) *domaintasktest.Server {
	t.Helper()
	srv := domaintasktest.NewServerWith(opts, tasks...)
	t.Cleanup(srv.Close)
	return srv
}

// TestEmulator runs the SDK against the emulator in both of its signatures: it
// reads the tasks that this library reads, and acknowledges them.
func TestEmulator(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(120, 1)
	tasks[3].TaskResult = `<结果> & "result"`
	for _, signature := range []string{rpc, acs3} {
		for _, token := range []string{"", "CAIS/+=token"} {
			t.Run(fmt.Sprintf("%s with token %q", signature, token), func(t *testing.T) {
				t.Parallel()
				srv := newServer(t, domaintasktest.Options{SecurityToken: token}, tasks...)
				theirs := newClient(t, srv, signature, token, nil)
				require.Equal(t, readOurs(t, srv), readTheirs(t, theirs, 50))

				query := map[string]*string{}
				var ids []string
				for i, task := range tasks[:12] {
					ids = append(ids, task.TaskDetailNo)
					query[fmt.Sprintf("TaskDetailNo.%d", i+1)] = dara.String(task.TaskDetailNo)
				}
				body, err := theirs.call("AcknowledgeTaskResult", query)
				require.NoError(t, err)
				require.Equal(t, "12", fmt.Sprint(body["Result"]))
				require.ElementsMatch(t, ids, srv.Acknowledged())
				require.Equal(t, readOurs(t, srv), readTheirs(t, theirs, 1000))
			})
		}
	}
}

// readOurs returns the ids that this library lists.
func readOurs(t *testing.T, srv *domaintasktest.Server) (ids []string) {
	t.Helper()
	client, err := domaintask.NewClient(srv.Config())
	require.NoError(t, err)
	for task, err := range client.Tasks(t.Context(), domaintask.PollTaskResultRequest{PageSize: 50}) {
		require.NoError(t, err)
		ids = append(ids, task.TaskDetailNo)
	}
	return ids
}

// readTheirs returns the ids that the SDK lists, page by page.
func readTheirs(t *testing.T, c client, size int) (ids []string) {
	t.Helper()
	for num, next := 1, true; next; num++ {
		require.Less(t, num, 100)
		body, err := c.call("PollTaskResult", map[string]*string{"PageNum": dara.String(fmt.Sprint(num)), "PageSize": dara.String(fmt.Sprint(size))})
		require.NoError(t, err)
		for _, task := range body["Data"].(map[string]any)["TaskDetail"].([]any) {
			ids = append(ids, task.(map[string]any)["TaskDetailNo"].(string))
		}
		next = body["NextPage"].(bool)
	}
	return ids
}

// TestSignatures signs values that are awkward to encode: the emulator verifies
// what the SDK signs and what this library signs, and finds the same task.
func TestSignatures(t *testing.T) {
	t.Parallel()
	for _, value := range []string{" ", "a b", "a+b", "a*b", "a~b", "100%", "a/b", "a&b=c", "中文域名.com", "%20", "'()!", "é", "🀄", "a,b;c:d@e$f?g#h[i]"} {
		task := domaintasktest.Tasks(1, math.MaxUint32)[0]
		task.DomainName = value
		srv := newServer(t, domaintasktest.Options{}, task)
		for signature, method := range map[string]domaintask.SignatureMethod{rpc: domaintask.SignatureHMACSHA1, acs3: domaintask.SignatureACS3} {
			body, err := newClient(t, srv, signature, "", nil).call("PollTaskResult", map[string]*string{
				"PageNum": dara.String("1"), "PageSize": dara.String("20"), "DomainName": dara.String(value),
			})
			require.NoError(t, err, "%q by %s", value, signature)
			require.Equal(t, "1", fmt.Sprint(body["TotalItemNum"]))

			config := srv.Config()
			config.Signature = method
			ours, err := domaintask.NewClient(config)
			require.NoError(t, err)
			page, err := ours.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{DomainName: value})
			require.NoError(t, err, "%q by %v", value, method)
			require.Len(t, page.Tasks, 1)
		}
	}
}

// TestErrors holds the emulator's refusals to what the SDK understands.
func TestErrors(t *testing.T) {
	t.Parallel()
	query := map[string]*string{"PageNum": dara.String("1"), "PageSize": dara.String("20")}
	for code, want := range map[string]int{"Forbidden.RAM": http.StatusForbidden, "Throttling.User": http.StatusBadRequest, "ServiceUnavailable": http.StatusServiceUnavailable} {
		srv := newServer(t, domaintasktest.Options{})
		srv.Inject(domaintasktest.APIError(want, code, "as the test says"))
		_, err := newClient(t, srv, acs3, "", nil).call("PollTaskResult", query)
		require.Equal(t, code, errorCode(err))
		require.ErrorContains(t, err, "as the test says")
		require.ErrorContains(t, err, srv.Requests()[0].RequestID)
	}

	srv := newServer(t, domaintasktest.Options{})
	_, err := newClient(t, srv, acs3, "", nil).call("PollTaskResult", nil)
	require.Equal(t, "MissingPageNum", errorCode(err))

	srv = newServer(t, domaintasktest.Options{SecurityToken: "CAIS/+=token"})
	for _, signature := range []string{rpc, acs3} {
		_, err = newClient(t, srv, signature, "another", nil).call("PollTaskResult", query)
		require.Contains(t, errorCode(err), "InvalidSecurityToken")
	}
}
