package domaintask_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/url"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// The examples run against the in-memory service; for the real one the
// configuration is domaintask.Config{Credentials: domaintask.EnvCredentials()}.
func exampleClient() (*domaintask.Client, func()) {
	server := domaintasktest.NewServer(
		domaintask.TaskDetail{TaskDetailNo: "1", TaskType: "ORDER_RENEW", DomainName: "a.example", TaskStatusCode: 2, ErrorMsg: "The operation is successful."},
		domaintask.TaskDetail{TaskDetailNo: "2", TaskType: "CHG_DNS", DomainName: "b.example", TaskStatusCode: 3, ErrorMsg: "The DNS server does not exist."},
		domaintask.TaskDetail{TaskDetailNo: "3", TaskType: "ORDER_RENEW", DomainName: "c.example", TaskStatusCode: 3, ErrorMsg: "The balance is insufficient."},
	)
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}
	return client, server.Close
}

func ExampleNewClient() {
	client, err := domaintask.NewClient(domaintask.Config{
		Credentials: domaintask.EnvCredentials(), // ALIBABA_CLOUD_ACCESS_KEY_ID and so on
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(client != nil)
	// Output: true
}

func ExampleStaticCredentials() {
	_, err := domaintask.NewClient(domaintask.Config{
		Credentials: domaintask.StaticCredentials("LTAI-example", "its secret", ""),
	})
	fmt.Println(err)
	// Output: <nil>
}

func ExampleCredentialsFunc() {
	fromVault := domaintask.CredentialsFunc(func(ctx context.Context) (domaintask.Credentials, error) {
		// Asked before every attempt: fetch, cache and rotate here.
		return domaintask.NewCredentials("STS.example", "secret", "token"), nil
	})
	creds, err := fromVault.Credentials(context.Background())
	fmt.Println(creds, err) // secrets stay out of whatever is printed
	// Output: {STS.example [hidden] [hidden] } <nil>
}

func ExampleClient_Tasks() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	for task, err := range client.Tasks(ctx, domaintask.PollTaskResultRequest{}) {
		if err != nil {
			log.Fatal(err)
		}
		if task.Failed() {
			fmt.Println(task.TaskType, task.DomainName, task.ErrorMsg)
		}
	}
	// Output:
	// CHG_DNS b.example The DNS server does not exist.
	// ORDER_RENEW c.example The balance is insufficient.
}

func ExampleClient_Tasks_options() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	tasks := client.Tasks(ctx, domaintask.PollTaskResultRequest{PageSize: 2},
		domaintask.WithPrefetch(4), // pages in flight while these are dealt with
		domaintask.WithMaxItems(3),
		domaintask.WithProgress(func(p domaintask.Progress) { fmt.Printf("%d of %d read\n", p.Items, p.TotalItems) }),
	)
	for task, err := range tasks {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(task.DomainName)
	}
	// Output:
	// 2 of 3 read
	// a.example
	// b.example
	// 3 of 3 read
	// c.example
}

func work(ctx context.Context, client *domaintask.Client) (domaintask.DrainResult, error) {
	return client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(ctx context.Context, task domaintask.TaskDetail) error {
		if task.Failed() {
			return errors.New(task.ErrorMsg) // refused: it stays listed
		}
		fmt.Println("handled", task.DomainName)
		return nil // accepted: it is acknowledged
	})
}

func ExampleClient_Drain() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	result, err := work(ctx, client)
	fmt.Println(result.Acknowledged, "acknowledged,", result.Refused, "refused, error:", err)
	for _, refusal := range result.Refusals {
		fmt.Println(refusal)
	}
	// Output:
	// handled a.example
	// 1 acknowledged, 2 refused, error: <nil>
	// domaintask: task 2: The DNS server does not exist.
	// domaintask: task 3: The balance is insufficient.
}

// One transaction a batch: what is committed is acknowledged.
func ExampleClient_DrainBatches() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	table := map[string]string{} // such as a table of a database, by primary key
	result, err := client.DrainBatches(ctx, domaintask.PollTaskResultRequest{}, func(ctx context.Context, b *domaintask.Batch) error {
		for _, task := range b.Tasks {
			table[task.TaskDetailNo] = task.DomainName
		}
		return nil // committed; an error refuses all tasks of the batch
	})
	fmt.Println(len(table), "stored,", result.Acknowledged, "acknowledged, error:", err)
	// Output: 3 stored, 3 acknowledged, error: <nil>
}

func ExampleBatch_Refuse() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	result, err := client.DrainBatches(ctx, domaintask.PollTaskResultRequest{}, func(ctx context.Context, b *domaintask.Batch) error {
		for i, task := range b.Tasks {
			if task.Failed() {
				b.Refuse(i, errors.New("somebody has to look at "+task.DomainName))
			}
		}
		return nil // accepts the others
	})
	fmt.Println(result.Acknowledged, "acknowledged,", result.Refused, "refused, error:", err)
	// Output: 1 acknowledged, 2 refused, error: <nil>
}

// A handler is a function of a batch, and can be tested without a client.
func ExampleBatch_Refusal() {
	handle := func(_ context.Context, b *domaintask.Batch) error {
		b.Refuse(1, errors.New("not this one"))
		return nil
	}
	b := &domaintask.Batch{Tasks: domaintasktest.Tasks(2, 1)}
	fmt.Println(handle(context.Background(), b))
	for i := range b.Tasks {
		fmt.Println(b.Refusal(i))
	}
	// Output:
	// <nil>
	// <nil> false
	// not this one true
}

// Without its database a worker has nothing to do.
func Example_stop() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	store := func(domaintask.TaskDetail) error { return errors.New("the database is down") }
	result, err := client.Drain(ctx, domaintask.PollTaskResultRequest{}, func(ctx context.Context, task domaintask.TaskDetail) error {
		if err := store(task); err != nil {
			return fmt.Errorf("%w: %w", domaintask.ErrStop, err)
		}
		return nil
	})
	fmt.Println(result.Handled, errors.Is(err, domaintask.ErrStop))
	fmt.Println(err)
	// Output:
	// 0 true
	// domaintask: task 1: stopped by the handler: the database is down
}

func ExampleClient_Watch() {
	client, done := exampleClient()
	defer done()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()

	seen := 0
	for task, err := range client.Watch(ctx, domaintask.PollTaskResultRequest{}, domaintask.WithInterval(time.Minute)) {
		if err != nil {
			log.Print(err) // it goes on where the error may pass
			continue
		}
		fmt.Println(task.TaskType, task.DomainName)
		if seen++; seen == 3 {
			break // or cancel the context
		}
	}
	// Output:
	// ORDER_RENEW a.example
	// CHG_DNS b.example
	// ORDER_RENEW c.example
}

func ExampleClient_Pages() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	for page, err := range client.Pages(ctx, domaintask.PollTaskResultRequest{PageSize: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("page %d of %d: %d tasks\n", page.CurrentPageNum, page.TotalPageNum, len(page.Tasks))
	}
	// Output:
	// page 1 of 2: 2 tasks
	// page 2 of 2: 1 tasks
}

func ExampleClient_PollTaskResult() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	page, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{
		TaskResultStatus: domaintask.OnlyFailed,
		DomainName:       "b.example",
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.TotalItemNum, page.HasNextPage(), page.Tasks[0].ErrorMsg)
	// Output: 1 false The DNS server does not exist.
}

func ExampleClient_AcknowledgeTaskResult() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	// Walk first, acknowledge after: confirmed tasks leave the list, and the
	// ones behind them would move past a walk that is under way.
	var dealtWith []string
	for task, err := range client.Tasks(ctx, domaintask.PollTaskResultRequest{}) {
		if err != nil {
			log.Fatal(err)
		}
		if task.Succeeded() {
			dealtWith = append(dealtWith, task.TaskDetailNo)
		}
	}
	resp, err := client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: dealtWith})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.Result, "confirmed")
	// Output: 1 confirmed
}

func ExampleClient_Do() {
	client, done := exampleClient()
	defer done()
	ctx := context.Background()

	raw, err := client.Do(ctx, domaintask.Call{
		Action:     "PollTaskResult",
		Params:     url.Values{"PageNum": {"1"}, "PageSize": {"1"}, "DomainName": {"none.example"}},
		Idempotent: true,
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(raw.StatusCode, raw.Body[0] == '{')
	// Output: 200 true
}

func ExampleAPIError() {
	server := domaintasktest.NewServer()
	defer server.Close()
	config := server.Config()
	config.Credentials = domaintask.StaticCredentials("unknown", "secret", "")
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()

	_, err = client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
	var apiErr *domaintask.APIError
	switch {
	case errors.Is(err, domaintask.ErrCredentials):
		fmt.Println("check the access key")
	case errors.As(err, &apiErr):
		fmt.Println(apiErr.Code, apiErr.RequestID)
	}
	// Output: check the access key
}

func ExampleWalkError() {
	client, done := exampleClient()
	ctx := context.Background()

	req := domaintask.PollTaskResultRequest{PageSize: 1}
	for page, err := range client.Pages(ctx, req) {
		var walkErr *domaintask.WalkError
		if errors.As(err, &walkErr) {
			req.PageNum = walkErr.PageNum
		}
		if page != nil && page.CurrentPageNum == 2 {
			done() // the service goes away
		}
	}
	fmt.Println("resume from page", req.PageNum)
	// Output: resume from page 3
}

func Example_testing() {
	server := domaintasktest.NewServer(domaintasktest.Tasks(3, 1)...) // believable ones
	defer server.Close()
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}
	result, err := work(context.Background(), client) // what is tested
	fmt.Println(result.Handled+result.Refused, result.Acknowledged == len(server.Acknowledged()))
	fmt.Println(err)
	// Output:
	// handled tea-house-4373.test
	// handled blog-165.example.com
	// handled docs-3818.test
	// 3 true
	// <nil>
}
