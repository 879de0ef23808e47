package domaintask_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/url"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// exampleTask returns a client and a service with a task of three details.
func exampleTask() (*domaintask.Client, *domaintasktest.Server) {
	server := domaintasktest.NewServer()
	server.Submit(
		domaintask.TaskDetail{TaskNo: "T-1", TaskDetailNo: "1", DomainName: "a.example"},
		domaintask.TaskDetail{TaskNo: "T-1", TaskDetailNo: "2", DomainName: "b.example"},
		domaintask.TaskDetail{TaskNo: "T-1", TaskDetailNo: "3", DomainName: "c.example"},
	)
	client, err := domaintask.NewClient(server.Config())
	if err != nil {
		log.Fatal(err)
	}
	return client, server
}

func ExampleClient_QueryTaskDetailList() {
	client, server := exampleTask()
	defer server.Close()
	server.Execute("2")

	page, err := client.QueryTaskDetailList(context.Background(), domaintask.QueryTaskDetailListRequest{
		TaskNo:     "T-1",
		TaskStatus: domaintask.OnlyWaiting,
	})
	if err != nil {
		log.Fatal(err)
	}
	for _, task := range page.Tasks {
		fmt.Println(task.DomainName, task.TaskStatus)
	}
	// Output:
	// a.example WAITING_EXECUTE
	// c.example WAITING_EXECUTE
}

func ExampleClient_TaskDetails() {
	client, server := exampleTask()
	defer server.Close()
	server.Succeed("1")
	server.Fail("DomainLocked: The domain name is locked.", "2")

	for task, err := range client.TaskDetails(context.Background(), domaintask.QueryTaskDetailListRequest{TaskNo: "T-1"}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Printf("%s %t %q\n", task.DomainName, task.Ended(), task.FailReason)
	}
	// Output:
	// a.example true ""
	// b.example true "DomainLocked: The domain name is locked."
	// c.example false ""
}

func ExampleClient_TaskDetailPages() {
	client, server := exampleTask()
	defer server.Close()

	for page, err := range client.TaskDetailPages(context.Background(), domaintask.QueryTaskDetailListRequest{TaskNo: "T-1", PageSize: 2}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(page.CurrentPageNum, len(page.Tasks), page.TotalItemNum)
	}
	// Output:
	// 1 2 3
	// 2 1 3
}

// Wait for what a batch submission returned a TaskNo for.
func ExampleClient_Wait() {
	client, server := exampleTask()
	defer server.Close()
	time.AfterFunc(20*time.Millisecond, func() {
		server.Succeed("1", "2")
		server.Fail("DomainLocked: The domain name is locked.", "3")
	})

	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	tasks, err := client.Wait(ctx, domaintask.QueryTaskDetailListRequest{TaskNo: "T-1"},
		domaintask.WithInterval(10*time.Millisecond)) // seconds in production: the service throttles
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		fmt.Println("it still runs")
	case err != nil:
		log.Fatal(err)
	}
	for _, task := range tasks {
		fmt.Printf("%s %t %q\n", task.DomainName, task.Succeeded(), task.ReasonCode())
	}
	// Output:
	// a.example true ""
	// b.example true ""
	// c.example false "DomainLocked"
}

func ExampleWithProgress_wait() {
	client, server := exampleTask()
	defer server.Close()
	server.Succeed("1", "2", "3")

	progress := domaintask.WithProgress(func(p domaintask.Progress) { fmt.Println(p.Items, "of", p.TotalItems) })
	_, err := client.Wait(context.Background(), domaintask.QueryTaskDetailListRequest{TaskNo: "T-1"}, progress)
	fmt.Println(err)
	// Output:
	// 3 of 3
	// <nil>
}

// List all domain names of an account, by an operation that has no
// method here.
func ExampleClient_DoPages() {
	client, server := exampleTask()
	defer server.Close()
	server.Handle("QueryDomainList", "", func(params url.Values) (any, error) {
		return json.RawMessage(`{"TotalItemNum":2,"CurrentPageNum":1,"TotalPageNum":1,"PageSize":50,"Data":{"Domain":[
			{"DomainName":"a.example","ExpirationDate":"2031-05-01 00:00:00"},
			{"DomainName":"b.example","ExpirationDate":"2030-01-31 00:00:00"}]}}`), nil
	})

	domains := domaintask.Call{Action: "QueryDomainList", Params: url.Values{"PageSize": {"50"}}}
	for page, err := range client.DoPages(context.Background(), domains) {
		if err != nil {
			log.Fatal(err)
		}
		for _, row := range page.Rows {
			var domain struct{ DomainName, ExpirationDate string }
			if err := json.Unmarshal(row, &domain); err != nil {
				log.Fatal(err)
			}
			fmt.Println(domain.DomainName, domain.ExpirationDate)
		}
	}
	// Output:
	// a.example 2031-05-01 00:00:00
	// b.example 2030-01-31 00:00:00
}
