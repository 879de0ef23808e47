package sdktest

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
	official "github.com/aliyun/alibaba-cloud-sdk-go/services/domain"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/internal/benchtest"
)

const (
	benchKeyID  = "testid"
	benchSecret = "testsecret-30-characters-long!"
)

// TestBenchService is the service that the benchmarks call.
func TestBenchService(t *testing.T) { benchtest.Serve(t) }

// BenchmarkSign makes a signed request from a typed request.
func BenchmarkSign(b *testing.B) {
	for kind, credential := range map[string]auth.Credential{
		"AK":  credentials.NewAccessKeyCredential(benchKeyID, benchSecret),
		"STS": credentials.NewStsTokenCredential(benchKeyID, benchSecret, benchtest.SecurityToken),
	} {
		b.Run(kind+"/sdk", func(b *testing.B) {
			client := benchClient(b, credential)
			benchtest.Measure(b, func() error {
				return client.BuildRequestWithSigner(benchRequest(domaintask.DefaultEndpoint, 12, 1000), nil)
			})
		})
	}
}

// BenchmarkDecode makes a typed response from an *http.Response.
func BenchmarkDecode(b *testing.B) {
	for _, page := range benchtest.Shapes() {
		b.Run(page.Name+"/sdk", func(b *testing.B) {
			benchtest.Measure(b, func() error {
				got := official.CreatePollTaskResultResponse()
				err := responses.Unmarshal(got, page.Answer(), page.Format.String())
				if err == nil && len(got.Data.TaskDetail) != page.Tasks {
					return fmt.Errorf("%d tasks", len(got.Data.TaskDetail))
				}
				return err
			})
		})
	}
}

// BenchmarkCall reads one page over loopback.
func BenchmarkCall(b *testing.B) {
	url := benchtest.Service{Pages: 100}.Start(b)
	for _, n := range []int{20, 1000} {
		b.Run(fmt.Sprintf("%d/sdk", n), func(b *testing.B) {
			client := benchClient(b, credentials.NewAccessKeyCredential(benchKeyID, benchSecret))
			benchtest.Measure(b, func() error {
				_, err := client.PollTaskResult(benchRequest(url, 12, n))
				return err
			})
		})
	}
}

// BenchmarkWalk reads a hundred pages of a thousand tasks from a service with
// latency.
func BenchmarkWalk(b *testing.B) {
	const pages, size = 100, 1000
	for _, delay := range benchtest.Delays {
		url := benchtest.Service{Pages: pages, Delay: delay}.Start(b)
		b.Run(fmt.Sprintf("%v/sdk", delay), func(b *testing.B) {
			client := benchClient(b, credentials.NewAccessKeyCredential(benchKeyID, benchSecret))
			benchtest.Measure(b, func() error {
				tasks := 0
				for num, next := 1, true; next; num++ {
					page, err := client.PollTaskResult(benchRequest(url, num, size))
					if err != nil {
						return err
					}
					tasks += len(page.Data.TaskDetail)
					next = page.NextPage
				}
				if tasks != pages*size {
					return fmt.Errorf("%d tasks", tasks)
				}
				return nil
			})
		})
	}
}

func benchClient(b *testing.B, credential auth.Credential) *official.Client {
	b.Helper()
	client, err := official.NewClientWithOptions("cn-hangzhou", sdk.NewConfig(), credential)
	if err != nil {
		b.Fatal(err)
	}
	return client
}

// benchRequest asks for a page of n tasks, with the filter of the main job.
func benchRequest(endpoint string, page, n int) *official.PollTaskResultRequest {
	request := official.CreatePollTaskResultRequest()
	request.Scheme, request.Domain, _ = strings.Cut(endpoint, "://")
	request.AcceptFormat = "JSON"
	request.PageNum, request.PageSize, request.TaskResultStatus = requests.NewInteger(page), requests.NewInteger(n), requests.NewInteger(3)
	return request
}
