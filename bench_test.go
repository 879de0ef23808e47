package domaintask_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/aliyun/alibaba-cloud-sdk-go/sdk"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth"
	sdkcredentials "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/requests"
	"github.com/aliyun/alibaba-cloud-sdk-go/sdk/responses"
	official "github.com/aliyun/alibaba-cloud-sdk-go/services/domain"
	"github.com/domaintask/domaintask"
)

// The benchmarks do the same work with this library ("ours") and with the
// official SDK ("sdk"). cpu-ns/op is the CPU time of the whole process, the
// garbage collector included and the service, a process of its own, not.
// go run ./internal/bench sets them side by side.

// measure runs f in a benchmark.
func measure(b *testing.B, f func() error) {
	b.Helper()
	b.ReportAllocs()
	before := cpuTime()
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	if spent := cpuTime() - before; spent > 0 {
		b.ReportMetric(float64(spent)/float64(b.N), "cpu-ns/op")
	}
}

// benchToken is a security token of the usual length.
var benchToken = strings.Repeat("CAIS+gF1q6Ft5B2yfSjIr5bRP4+AjbNQ2/iIVEzHi2UwR+B7nfX8gDz2IH1JdHFr", 11)

// benchRequest asks for a page of n tasks, with the filter of the main job.
func benchRequest(n int) domaintask.PollTaskResultRequest {
	return domaintask.PollTaskResultRequest{PageNum: 12, PageSize: n, TaskResultStatus: domaintask.StatusCodeFailure}
}

func sdkRequest(endpoint string, page, n int, format domaintask.Format) *official.PollTaskResultRequest {
	request := official.CreatePollTaskResultRequest()
	request.Scheme, request.Domain, _ = strings.Cut(endpoint, "://")
	if request.Domain == "" {
		panic(endpoint)
	}
	request.AcceptFormat = format.String()
	request.PageNum, request.PageSize, request.TaskResultStatus = requests.NewInteger(page), requests.NewInteger(n), requests.NewInteger(3)
	return request
}

func newSDKClient(b *testing.B, credential auth.Credential) *official.Client {
	b.Helper()
	client, err := official.NewClientWithOptions("cn-hangzhou", sdk.NewConfig(), credential)
	if err != nil {
		b.Fatal(err)
	}
	return client
}

func benchClient(b *testing.B, config domaintask.Config) *domaintask.Client {
	b.Helper()
	if config.Credentials == nil {
		config.Credentials = static()
	}
	client, err := domaintask.NewClient(config)
	if err != nil {
		b.Fatal(err)
	}
	return client
}

// BenchmarkSign makes a signed *http.Request of a typed request.
func BenchmarkSign(b *testing.B) {
	for _, kind := range []struct {
		name, token string
		credential  auth.Credential
	}{
		{"AK", "", sdkcredentials.NewAccessKeyCredential(testKeyID, testSecret)},
		{"STS", benchToken, sdkcredentials.NewStsTokenCredential(testKeyID, testSecret, benchToken)},
	} {
		b.Run(kind.name+"/ours", func(b *testing.B) {
			client := benchClient(b, domaintask.Config{Credentials: domaintask.StaticCredentials(testKeyID, testSecret, kind.token)})
			measure(b, func() error {
				_, err := domaintask.BuildRequest(b.Context(), client, benchRequest(1000))
				return err
			})
		})
		b.Run(kind.name+"/sdk", func(b *testing.B) {
			client := newSDKClient(b, kind.credential)
			measure(b, func() error {
				return client.BuildRequestWithSigner(sdkRequest(domaintask.DefaultEndpoint, 12, 1000, domaintask.FormatJSON), nil)
			})
		})
	}
}

// BenchmarkDecode makes a typed response of an *http.Response.
func BenchmarkDecode(b *testing.B) {
	for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
		for _, shape := range []string{"plain", "mixed"} {
			for _, n := range []int{20, 1000} {
				doc := newBenchPages(format, n, shape == "mixed").page(12, 100)
				answer := func() *http.Response {
					return &http.Response{StatusCode: 200, Body: io.NopCloser(bytes.NewReader(doc)), ContentLength: int64(len(doc))}
				}
				b.Run(fmt.Sprintf("%v/%s/%d/ours", format, shape, n), func(b *testing.B) {
					client := benchClient(b, domaintask.Config{})
					measure(b, func() error {
						page, err := domaintask.ReadPage(client, answer())
						if err == nil && len(page.Tasks) != n {
							return fmt.Errorf("%d tasks", len(page.Tasks))
						}
						return err
					})
				})
				b.Run(fmt.Sprintf("%v/%s/%d/sdk", format, shape, n), func(b *testing.B) {
					measure(b, func() error {
						page := official.CreatePollTaskResultResponse()
						err := responses.Unmarshal(page, answer(), format.String())
						if err == nil && len(page.Data.TaskDetail) != n {
							return fmt.Errorf("%d tasks", len(page.Data.TaskDetail))
						}
						return err
					})
				})
			}
		}
	}
}
