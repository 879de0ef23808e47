package domaintask_test

import (
	"fmt"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/internal/benchtest"
)

// The benchmarks here and those of package sdktest, which have the same names,
// do the same work: here with this library ("ours"), there with the official
// SDK ("sdk"). go run ./internal/bench sets them side by side.

// benchRequest asks for a page of n tasks, with the filter of the main job.
func benchRequest(n int) domaintask.PollTaskResultRequest {
	return domaintask.PollTaskResultRequest{PageNum: 12, PageSize: n, TaskResultStatus: domaintask.OnlyFailed}
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
	for kind, token := range map[string]string{"AK": "", "STS": benchtest.SecurityToken} {
		b.Run(kind+"/ours", func(b *testing.B) {
			client := benchClient(b, domaintask.Config{Credentials: domaintask.StaticCredentials(testKeyID, testSecret, token)})
			benchtest.Measure(b, func() error {
				_, err := domaintask.BuildRequest(b.Context(), client, benchRequest(1000))
				return err
			})
		})
	}
}

// BenchmarkDecode makes a typed response of an *http.Response.
func BenchmarkDecode(b *testing.B) {
	client := benchClient(b, domaintask.Config{})
	for _, page := range benchtest.Shapes() {
		b.Run(page.Name+"/ours", func(b *testing.B) {
			benchtest.Measure(b, func() error {
				got, err := domaintask.ReadPage(client, page.Answer())
				if err == nil && len(got.Tasks) != page.Tasks {
					return fmt.Errorf("%d tasks", len(got.Tasks))
				}
				return err
			})
		})
	}
}
