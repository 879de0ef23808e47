package sdktest

import (
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	official "github.com/aliyun/alibaba-cloud-sdk-go/services/domain"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// officialClient is the vendor's own client, which shows whether the server behaves
// like the service. It is not safe to share.
type officialClient struct {
	*official.Client
	srv    *domaintasktest.Server
	format string
}

func newOfficialClient(t *testing.T, srv *domaintasktest.Server, format string, credential auth.Credential) officialClient {
	t.Helper()
	config := sdk.NewConfig().WithAutoRetry(false)
	config.Transport = srv.Config().HTTPClient.Transport
	client, err := official.NewClientWithOptions("cn-hangzhou", config, credential)
	require.NoError(t, err)
	client.SetNoProxy(".*") // regardless of HTTPS_PROXY: the emulator is on this machine
	return officialClient{client, srv, format}
}

// aim sets the address of a request and the format of its response.
func (c officialClient) aim(request *requests.RpcRequest) {
	scheme, host, _ := strings.Cut(c.srv.URL, "://")
	request.Scheme, request.Domain, request.AcceptFormat = scheme, host, c.format
}

// walk reads all pages.
func (c officialClient) walk(t *testing.T, pageSize int, change func(*official.PollTaskResultRequest)) (tasks []official.TaskDetail, pages int) {
	t.Helper()
	for next := true; next; pages++ {
		request := official.CreatePollTaskResultRequest()
		c.aim(request.RpcRequest)
		request.PageNum, request.PageSize = requests.NewInteger(pages+1), requests.NewInteger(pageSize)
		if change != nil {
			change(request)
		}
		page, err := c.PollTaskResult(request)
		require.NoError(t, err)
		require.NotEmpty(t, page.RequestId)
		require.Equal(t, pages+1, page.CurrentPageNum)
		require.Equal(t, pages > 0, page.PrePage)
		tasks = append(tasks, page.Data.TaskDetail...)
		next = page.NextPage
	}
	return tasks, pages
}

func newServer(t *testing.T, opts domaintasktest.Options, tasks ...domaintask.TaskDetail) *domaintasktest.Server {
	t.Helper()
	srv := domaintasktest.NewServerWith(opts, tasks...)
	t.Cleanup(srv.Close)
	return srv
}

func newClient(t *testing.T, config domaintask.Config) *domaintask.Client {
	t.Helper()
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	return client
}

// asOurs renames the fields. It lists each field rather than converting, so that
// each one is named.
func asOurs(tasks []official.TaskDetail) []domaintask.TaskDetail {
	ours := make([]domaintask.TaskDetail, len(tasks))
	for i, task := range tasks {
		ours[i] = domaintask.TaskDetail{
			TaskNo: task.TaskNo, TaskDetailNo: task.TaskDetailNo, TaskType: task.TaskType, TaskTypeDescription: task.TaskTypeDescription,
			InstanceID: task.InstanceId, DomainName: task.DomainName, TaskStatus: domaintask.TaskStatus(task.TaskStatus),
			TaskStatusCode: domaintask.TaskStatusCode(task.TaskStatusCode), CreateTime: task.CreateTime, UpdateTime: task.UpdateTime,
			TryCount: task.TryCount, ErrorMsg: task.ErrorMsg, FailReason: task.FailReason, TaskResult: task.TaskResult,
		}
	}
	return ours
}

// The SDK's client works with the emulator unchanged, and reads the same tasks from
// it as ours.
func TestEmulator(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(230, 1)
	tasks[3].TaskResult = "<结果> & \"result\""
	key, secret := domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret
	for name, tt := range map[string]struct {
		opts       domaintasktest.Options
		credential auth.Credential
	}{
		"AK https":     {domaintasktest.Options{}, credentials.NewAccessKeyCredential(key, secret)},
		"AK http":      {domaintasktest.Options{PlainHTTP: true}, credentials.NewAccessKeyCredential(key, secret)},
		"STS https":    {domaintasktest.Options{SecurityToken: "CAIS/+=token"}, credentials.NewStsTokenCredential(key, secret, "CAIS/+=token")},
		"STS http":     {domaintasktest.Options{SecurityToken: "CAIS/+=token", PlainHTTP: true}, credentials.NewStsTokenCredential(key, secret, "CAIS/+=token")},
		"bearer https": {domaintasktest.Options{BearerToken: "bearer/+=token"}, credentials.NewBearerTokenCredential("bearer/+=token")},
	} {
		for _, format := range []string{"JSON", "XML"} {
			t.Run(name+" "+format, func(t *testing.T) {
				t.Parallel()
				srv := newServer(t, tt.opts, tasks...)
				theirs := newOfficialClient(t, srv, format, tt.credential)
				got, pages := theirs.walk(t, 50, nil)
				require.Equal(t, 5, pages)
				require.Equal(t, tasks, asOurs(got))

				config := srv.Config()
				if format == "XML" {
					config.Format = domaintask.FormatXML
				}
				var read []domaintask.TaskDetail
				for page, err := range newClient(t, config).Pages(t.Context(), domaintask.PollTaskResultRequest{PageSize: 50}) {
					require.NoError(t, err)
					read = append(read, page.Tasks...)
				}
				require.Equal(t, asOurs(got), read)

				var list []string
				for _, task := range tasks[:12] {
					list = append(list, task.TaskDetailNo)
				}
				request := official.CreateAcknowledgeTaskResultRequest()
				theirs.aim(request.RpcRequest)
				request.TaskDetailNo = &list
				ack, err := theirs.AcknowledgeTaskResult(request)
				require.NoError(t, err)
				require.Equal(t, 12, ack.Result)
				require.Equal(t, list, srv.Acknowledged())

				rest, _ := theirs.walk(t, 1000, nil)
				require.Equal(t, tasks[12:], asOurs(rest))
			})
		}
	}
}

func TestEmulatorFilters(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(100, 1)
	tasks[9].DomainName = "a b+c*d~e%f/g 中文.example"
	srv := newServer(t, domaintasktest.Options{}, tasks...)
	theirs := newOfficialClient(t, srv, "JSON", credentials.NewAccessKeyCredential(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret))
	got, _ := theirs.walk(t, 10, func(r *official.PollTaskResultRequest) { r.DomainName = tasks[9].DomainName })
	require.Equal(t, tasks[9:10], asOurs(got))
	got, _ = theirs.walk(t, 10, func(r *official.PollTaskResultRequest) { r.TaskResultStatus = "3" })
	require.NotEmpty(t, got)
	for _, task := range asOurs(got) {
		require.True(t, task.Failed())
	}
	got, _ = theirs.walk(t, 10, func(r *official.PollTaskResultRequest) { r.TaskNo, r.Lang = tasks[50].TaskNo, "zh" })
	require.NotEqual(t, tasks[50].TaskTypeDescription, got[0].TaskTypeDescription)
	require.Contains(t, srv.Requests()[0].Params, "RegionId", "a parameter like any other")
}

// The vendor's client recognizes a refusal, and concludes from the string to sign
// in it that the secret is wrong rather than the signing code.
func TestEmulatorErrors(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{})
	theirs := newOfficialClient(t, srv, "JSON", credentials.NewAccessKeyCredential(domaintasktest.DefaultAccessKeyID, "wrong"))
	request := official.CreatePollTaskResultRequest()
	theirs.aim(request.RpcRequest)
	_, err := theirs.PollTaskResult(request)
	var serverErr *sdkerrors.ServerError
	require.ErrorAs(t, err, &serverErr)
	require.Equal(t, http.StatusBadRequest, serverErr.HttpStatus())
	require.Equal(t, "SignatureDoesNotMatch", serverErr.ErrorCode())
	require.Equal(t, "InvalidAccessKeySecret: Please check you AccessKeySecret", serverErr.Recommend())
	require.Equal(t, srv.Requests()[0].RequestID, serverErr.RequestId())
	require.Equal(t, "domain.aliyuncs.com", serverErr.HostId())
}
