package domaintasktest_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// A handler fails for one task: it stays listed, and the others are acknowledged.
func Example_handlerFails() {
	srv := domaintasktest.NewServer(
		domaintask.TaskDetail{TaskDetailNo: "1", DomainName: "example.com", TaskStatusCode: domaintask.StatusCodeSuccess},
		domaintask.TaskDetail{TaskDetailNo: "2", DomainName: "example.net", TaskStatusCode: domaintask.StatusCodeSuccess},
	)
	defer srv.Close()
	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}

	result, err := client.Drain(context.Background(), domaintask.PollTaskResultRequest{}, func(_ context.Context, task domaintask.TaskDetail) error {
		if task.DomainName == "example.com" {
			return errors.New("the database is down")
		}
		return nil
	})
	fmt.Println(err, result.Refusals[0])
	fmt.Println("still listed:", srv.Tasks()[0].DomainName)
	fmt.Println("acknowledged:", srv.Acknowledged())
	// Output:
	// <nil> domaintask: task 1: the database is down
	// still listed: example.com
	// acknowledged: [2]
}

// The service throttles a program twice. BaseDelay is short, so the test does not
// wait.
func Example_serviceThrottles() {
	srv := domaintasktest.NewServer(domaintasktest.Tasks(5, 1)...)
	defer srv.Close()
	srv.Inject(domaintasktest.Throttle(0), domaintasktest.Throttle(0))

	config := srv.Config()
	config.Retry.BaseDelay = 1
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Tasks), "tasks after", len(srv.Requests()), "requests")
	// Output: 5 tasks after 3 requests
}

// The list moves during a walk: after the first page, a task finishes, and another
// program acknowledges two.
func Example_listMoves() {
	tasks := domaintasktest.Tasks(5, 1)
	srv := domaintasktest.NewServer(tasks[:4]...)
	defer srv.Close()
	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}

	seen := 0
	for _, err := range client.Tasks(context.Background(), domaintask.PollTaskResultRequest{PageSize: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		if seen++; seen == 1 {
			srv.Remove(tasks[0].TaskDetailNo)
			srv.Remove(tasks[1].TaskDetailNo)
			srv.Add(tasks[4])
		}
	}
	fmt.Println(seen, "tasks, in", len(srv.Requests()), "pages")
	// Output: 5 tasks, in 3 pages
}
