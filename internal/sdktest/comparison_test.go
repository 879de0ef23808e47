package sdktest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	sdkcredentials "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	sdkerrors "github.com/aliyun/alibaba-cloud-sdk-go/sdk/errors"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	official "github.com/aliyun/alibaba-cloud-sdk-go/services/domain"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/internal/comparison"
)

// TestComparison runs this library and the official SDK, and requires the README's
// table to show the results.
func TestComparison(t *testing.T) {
	t.Parallel()
	comparison.RequireColumn(t, "domaintask", newOurs)
	comparison.RequireColumn(t, "official SDK", newTheirs)
}

type ours struct {
	*domaintask.Client
	config domaintask.Config
}

func newOurs(t *testing.T, srv *domaintasktest.Server, format domaintask.Format, transport http.RoundTripper) comparison.Peer {
	t.Helper()
	config := domaintask.Config{Credentials: domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret, "")}
	if srv != nil {
		config = srv.Config()
	}
	if transport != nil {
		config.HTTPClient = &http.Client{Transport: transport}
	}
	config.Format = format
	return ours{newClient(t, config), config}
}

func (o ours) Method() any { return o.PollTaskResult }

func (o ours) Poll(domainName string, _ bool) (tasks int, more bool, err error) {
	page, err := o.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{DomainName: domainName})
	if err != nil {
		return 0, false, err
	}
	return len(page.Tasks), page.HasNextPage(), nil
}

func (o ours) Code(err error) string {
	var apiErr *domaintask.APIError
	errors.As(err, &apiErr)
	return cmp.Or(apiErr, new(domaintask.APIError)).Code
}

func (o ours) Credentials() any {
	creds, _ := o.config.Credentials.Credentials(context.Background())
	return creds
}

type theirs struct {
	*official.Client
	aim     func(*requests.RpcRequest)
	request *official.PollTaskResultRequest
}

func newTheirs(t *testing.T, srv *domaintasktest.Server, format domaintask.Format, transport http.RoundTripper) comparison.Peer {
	t.Helper()
	p := &theirs{aim: func(r *requests.RpcRequest) {
		r.AcceptFormat = format.String()
		if srv != nil {
			r.Scheme, r.Domain, _ = strings.Cut(srv.URL, "://")
		}
	}}
	config := sdk.NewConfig().WithAutoRetry(true)
	if config.Transport = transport; transport == nil {
		config.Transport = comparison.RoundTrip(srv.Config().HTTPClient.Transport.RoundTrip) // it would change a *http.Transport
	}
	var err error
	p.Client, err = official.NewClientWithOptions("cn-hangzhou", config, p.Credentials().(*sdkcredentials.AccessKeyCredential))
	require.NoError(t, err)
	return p
}

func (p *theirs) Method() any { return p.PollTaskResult }

func (p *theirs) Poll(domainName string, again bool) (tasks int, more bool, err error) {
	if !again {
		p.request = official.CreatePollTaskResultRequest()
		p.aim(p.request.RpcRequest)
		p.request.PageNum, p.request.PageSize = requests.NewInteger(1), requests.NewInteger(20)
	}
	p.request.DomainName = domainName
	page, err := p.PollTaskResult(p.request)
	if err != nil {
		return 0, false, err
	}
	return len(page.Data.TaskDetail), page.NextPage, nil
}

func (p *theirs) Code(err error) string {
	var serverErr *sdkerrors.ServerError
	if !errors.As(err, &serverErr) {
		return ""
	}
	return serverErr.ErrorCode()
}

func (p *theirs) Credentials() any {
	return sdkcredentials.NewAccessKeyCredential(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret)
}
