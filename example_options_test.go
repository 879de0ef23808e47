package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func ExampleConfig() {
	client, err := domaintask.NewClient(domaintask.Config{
		Credentials: domaintask.EnvCredentials(),
		Format:      domaintask.FormatXML,
		Signature:   domaintask.SignatureACS3,
		Timeout:     5 * time.Second, // of one attempt; the context bounds the call
		Retry:       domaintask.RetryPolicy{MaxAttempts: 5},
		Logger:      slog.Default(),
		UserAgent:   "renewals/1.4",
	})
	fmt.Println(client != nil, err)

	_, err = domaintask.NewClient(domaintask.Config{Endpoint: "http://example.com", Timeout: -1})
	fmt.Println(err) // whatever is wrong, at once
	// Output:
	// true <nil>
	// domaintask: Endpoint must be https: plain http exposes the credentials on the network; AllowHTTP permits it nevertheless; Credentials is required; Timeout must not be negative
}

func ExampleEnvCredentials() {
	os.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI-example")
	os.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "its secret")
	defer os.Unsetenv("ALIBABA_CLOUD_ACCESS_KEY_ID")
	defer os.Unsetenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET")

	creds, err := domaintask.EnvCredentials().Credentials(context.Background())
	fmt.Println(creds.AccessKeyID, err)

	os.Unsetenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET") // read at every request
	_, err = domaintask.EnvCredentials().Credentials(context.Background())
	fmt.Println(err)
	// Output:
	// LTAI-example <nil>
	// domaintask: credentials missing or not accepted: not set: ALIBABA_CLOUD_ACCESS_KEY_SECRET
}

// The service is throttled once, and each attempt is told.
func ExampleRetryPolicy() {
	server := domaintasktest.NewServer(domaintasktest.Tasks(3, 1)...)
	defer server.Close()
	server.Inject(domaintasktest.Throttle(0))

	config := server.Config()
	config.Retry = domaintask.RetryPolicy{MaxAttempts: 2, BaseDelay: time.Millisecond, MaxDelay: time.Second}
	config.OnAttempt = func(_ context.Context, a domaintask.Attempt) {
		fmt.Printf("attempt %d: status %d, code %q\n", a.Number, a.StatusCode, a.Code)
	}
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{})
	fmt.Println(err)
	// Output:
	// attempt 1: status 400, code "Throttling.User"
	// attempt 2: status 200, code ""
	// <nil>
}

func ExampleAttempt() {
	server := domaintasktest.NewServer()
	defer server.Close()

	var requests, failures atomic.Int64 // such as expvar.Int, or a counter of Prometheus
	config := server.Config()
	config.OnAttempt = func(_ context.Context, a domaintask.Attempt) {
		requests.Add(1)
		if a.Err != nil {
			failures.Add(1)
		}
	}
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}
	if _, err := client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{}); err != nil {
		log.Fatal(err)
	}
	fmt.Println(requests.Load(), "requests,", failures.Load(), "failed")
	// Output: 1 requests, 0 failed
}

// everySecond is a Limiter; rate.NewLimiter of golang.org/x/time/rate is
// another, as it is.
type everySecond struct{ ticks <-chan time.Time }

func (l everySecond) Wait(ctx context.Context) error {
	select {
	case <-l.ticks:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func ExampleLimiter() {
	config := domaintask.Config{
		Credentials: domaintask.EnvCredentials(),
		Limiter:     everySecond{time.Tick(time.Second)},
	}
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{}) // does not wait
	fmt.Println(errors.Is(err, context.Canceled))
	// Output: true
}

func ExampleTemporary() {
	server := domaintasktest.NewServer()
	defer server.Close()
	server.Inject(domaintasktest.ServiceUnavailable())
	config := server.Config()
	config.Retry.MaxAttempts = 1
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{})
	fmt.Println("again later:", domaintask.Temporary(err))
	_, err = client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{PageSize: 1001})
	fmt.Println("again later:", domaintask.Temporary(err))
	// Output:
	// again later: true
	// again later: false
}

// A program that runs every hour is told to come back after five minutes,
// which is more than a call waits for.
func ExampleRetryAfter() {
	server := domaintasktest.NewServer()
	defer server.Close()
	server.InjectAlways(domaintasktest.BadGateway().WithRetryAfter(5 * time.Minute))
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{})
	if domaintask.Temporary(err) {
		fmt.Println("call again in", domaintask.RetryAfter(err))
	}
	// Output: call again in 5m0s
}

func ExampleParamError() {
	client, done := exampleClient()
	defer done()

	_, err := client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{PageSize: 1001})
	var paramErr *domaintask.ParamError
	if errors.As(err, &paramErr) {
		fmt.Println(paramErr.Param, paramErr.Reason)
	}
	// Output: PageSize must be 0 to 1000
}

func ExampleDecodeError() {
	server := domaintasktest.NewServer()
	defer server.Close()
	server.InjectAlways(domaintasktest.BadGateway())
	config := server.Config()
	config.Retry.MaxAttempts = 1
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{})
	var decodeErr *domaintask.DecodeError
	if errors.As(err, &decodeErr) {
		fmt.Println(decodeErr.StatusCode, decodeErr.ContentType)
	}
	// Output: 502 text/html
}

func ExampleTaskDetail_Updated() {
	task := domaintask.TaskDetail{UpdateTime: "2018-03-26 09:06:22"} // of the service's zone
	updated, err := task.Updated()
	fmt.Println(updated.UTC(), err)
	// Output: 2018-03-26 01:06:22 +0000 UTC <nil>
}

// Four pages are on their way while one is dealt with.
func ExampleWithPrefetch() {
	client, done := exampleClient()
	defer done()

	for task, err := range client.Tasks(context.Background(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(4)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(task.DomainName) // in the order of the list all the same
	}
	// Output:
	// a.example
	// b.example
	// c.example
}

func ExampleWithMaxItems() {
	client, done := exampleClient()
	defer done()

	for task, err := range client.Tasks(context.Background(), domaintask.PollTaskResultRequest{}, domaintask.WithMaxItems(2)) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(task.DomainName)
	}
	// Output:
	// a.example
	// b.example
}

func ExampleWithProgress() {
	client, done := exampleClient()
	defer done()

	progress := domaintask.WithProgress(func(p domaintask.Progress) {
		fmt.Printf("page %d of %d, %d of %d tasks, %d requests\n", p.Pages, p.TotalPages, p.Items, p.TotalItems, p.Attempts)
	})
	for _, err := range client.Tasks(context.Background(), domaintask.PollTaskResultRequest{PageSize: 2}, progress) {
		if err != nil {
			log.Fatal(err)
		}
	}
	// Output:
	// page 1 of 2, 2 of 3 tasks, 1 requests
	// page 2 of 2, 3 of 3 tasks, 2 requests
}

// A page that counts two pages denies that a second one follows.
func ExampleWithStrictPaging() {
	server := domaintasktest.NewServer()
	defer server.Close()
	server.InjectAlways(domaintasktest.Foreign(http.StatusOK, "application/json",
		`{"RequestId":"R","CurrentPageNum":1,"PageSize":1,"TotalPageNum":2,"TotalItemNum":2,"NextPage":false,"Data":{"TaskDetail":[{"TaskDetailNo":"1"}]}}`))
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}

	for task, err := range client.Tasks(context.Background(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithStrictPaging()) {
		fmt.Println(task.TaskDetailNo, errors.Is(err, domaintask.ErrPaging))
	}
	// Output:
	// 1 false
	//  true
}

// The list moves while it is read: the raw walk shows what came twice.
func ExampleWithoutDedupe() {
	tasks := domaintasktest.Tasks(4, 1)
	server := domaintasktest.NewServer(tasks...)
	defer server.Close()
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}

	count := 0
	for _, err := range client.Tasks(context.Background(), domaintask.PollTaskResultRequest{PageSize: 2}, domaintask.WithoutDedupe()) {
		if err != nil {
			log.Fatal(err)
		}
		if count++; count == 2 {
			server.Remove(tasks[0].TaskDetailNo) // acknowledged by another program
		}
	}
	fmt.Println(count, "tasks of", len(tasks))
	// Output: 5 tasks of 4
}

func ExampleWithConcurrency() {
	client, done := exampleClient()
	defer done()

	var handled atomic.Int64 // handlers run at once
	result, err := client.Drain(context.Background(), domaintask.PollTaskResultRequest{}, func(context.Context, domaintask.TaskDetail) error {
		handled.Add(1)
		return nil
	}, domaintask.WithConcurrency(8))
	fmt.Println(handled.Load(), result.Acknowledged, err)
	// Output: 3 3 <nil>
}

func ExampleWithBatchSize() {
	server := domaintasktest.NewServer(domaintasktest.Tasks(25, 1)...)
	defer server.Close()
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}

	_, err = client.DrainBatches(context.Background(), domaintask.PollTaskResultRequest{}, func(_ context.Context, b *domaintask.Batch) error {
		fmt.Println(len(b.Tasks), "tasks in one transaction")
		return nil
	}, domaintask.WithBatchSize(10))
	fmt.Println(err)
	// Output:
	// 10 tasks in one transaction
	// 10 tasks in one transaction
	// 5 tasks in one transaction
	// <nil>
}

func ExampleWithAcknowledgeSize() {
	server := domaintasktest.NewServer(domaintasktest.Tasks(4, 1)...)
	defer server.Close()
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}

	accept := func(context.Context, domaintask.TaskDetail) error { return nil }
	if _, err := client.Drain(context.Background(), domaintask.PollTaskResultRequest{}, accept, domaintask.WithAcknowledgeSize(2)); err != nil {
		log.Fatal(err)
	}
	for _, request := range server.Requests() {
		fmt.Println(request.Action)
	}
	// Output:
	// PollTaskResult
	// AcknowledgeTaskResult
	// AcknowledgeTaskResult
	// PollTaskResult
}

// A drain that does not end before its context does, as a service wants it.
func ExampleWithInterval_drain() {
	client, done := exampleClient()
	defer done()

	ctx, cancel := context.WithCancel(context.Background()) // or signal.NotifyContext
	defer cancel()
	handled := 0
	result, err := client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
		fmt.Println(task.DomainName)
		if handled++; handled == 3 {
			cancel()
		}
		return nil
	}, domaintask.WithInterval(5*time.Minute))
	fmt.Println(result.Acknowledged, "acknowledged", err) // to be stopped is no error
	// Output:
	// a.example
	// b.example
	// c.example
	// 3 acknowledged <nil>
}

// One drain looks at what is listed, another one takes the rest.
func ExampleWithMaxItems_drain() {
	client, done := exampleClient()
	defer done()

	accept := func(context.Context, domaintask.TaskDetail) error { return nil }
	for range 2 {
		result, err := client.Drain(context.Background(), domaintask.PollTaskResultRequest{}, accept, domaintask.WithMaxItems(2))
		fmt.Println(result.Acknowledged, result.Complete, err)
	}
	// Output:
	// 2 false <nil>
	// 1 true <nil>
}

// The progress of a drain has its result so far.
func ExampleWithProgress_drain() {
	client, done := exampleClient()
	defer done()

	progress := domaintask.WithProgress(func(p domaintask.Progress) {
		fmt.Printf("%d listed, %d acknowledged\n", p.TotalItems, p.Drained.Acknowledged)
	})
	accept := func(context.Context, domaintask.TaskDetail) error { return nil }
	if _, err := client.Drain(context.Background(), domaintask.PollTaskResultRequest{PageSize: 2}, accept, progress); err != nil {
		log.Fatal(err)
	}
	// Output:
	// 3 listed, 0 acknowledged
	// 1 listed, 2 acknowledged
	// 0 listed, 3 acknowledged
}

func ExampleWithInterval() {
	client, done := exampleClient()
	defer done()

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	seen := 0
	for task, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithInterval(5*time.Minute)) {
		if err != nil {
			continue
		}
		fmt.Println(task.DomainName)
		if seen++; seen == 3 {
			cancel() // ends the loop at once, within the interval
		}
	}
	// Output:
	// a.example
	// b.example
	// c.example
}
