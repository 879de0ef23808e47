package domaintasktest_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// A program is tested against a service that holds what the test wants it to
// hold.
func Example() {
	srv := domaintasktest.NewServer(
		domaintask.TaskDetail{TaskDetailNo: "1", DomainName: "example.com", TaskStatusCode: domaintask.StatusCodeSuccess, ErrorMsg: "The operation is successful."},
		domaintask.TaskDetail{TaskDetailNo: "2", DomainName: "example.net", TaskStatusCode: domaintask.StatusCodeFailure, ErrorMsg: "The domain name is locked."},
	)
	defer srv.Close()
	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}

	ctx := context.Background()
	page, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
	if err != nil {
		log.Fatal(err)
	}
	for _, task := range page.Tasks {
		fmt.Println(task.DomainName, task.Succeeded(), task.ErrorMsg)
	}
	_, err = client.AcknowledgeTaskResult(ctx, domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("acknowledged:", srv.Acknowledged())
	// Output:
	// example.com true The operation is successful.
	// example.net false The domain name is locked.
	// acknowledged: [1]
}

func ExampleNewServer() {
	srv := domaintasktest.NewServer(domaintasktest.Tasks(50, 1)...)
	defer srv.Close()
	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{PageNum: 3, PageSize: 20})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(page.Tasks), "of", page.TotalItemNum)
	// Output: 10 of 50
}

// A server with other credentials, in another format and by the other
// signature.
func ExampleNewServerWith() {
	srv := domaintasktest.NewServerWith(domaintasktest.Options{
		AccessKeyID:     "STS.example",
		AccessKeySecret: "secret",
		SecurityToken:   "token",
		OmitPageFlags:   true,
	}, domaintasktest.Tasks(2, 1)...)
	defer srv.Close()

	config := srv.Config()
	config.Format = domaintask.FormatXML
	config.Signature = domaintask.SignatureACS3
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{PageSize: 1})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(page.NextPage == nil, page.HasNextPage())
	// Output: true true
}

// A wrong secret is refused as the service refuses it.
func ExampleServer_Config() {
	srv := domaintasktest.NewServer()
	defer srv.Close()

	config := srv.Config()
	config.Credentials = domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, "wrong", "")
	client, err := domaintask.NewClient(config)
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{})
	fmt.Println(srv.Requests()[0].Code, err != nil)
	// Output: SignatureDoesNotMatch true
}

func ExampleServer_Requests() {
	srv := domaintasktest.NewServer()
	defer srv.Close()
	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{DomainName: "example.com"})
	if err != nil {
		log.Fatal(err)
	}
	for _, request := range srv.Requests() {
		fmt.Println(request.Action, request.Params.Encode(), request.StatusCode)
	}
	// Output: PollTaskResult DomainName=example.com&PageNum=1&PageSize=20 200
}

// Tasks finish and are acknowledged by others while a program is at work.
func ExampleServer_Add() {
	tasks := domaintasktest.Tasks(4, 1)
	srv := domaintasktest.NewServer(tasks[1], tasks[2])
	defer srv.Close()

	srv.Add(tasks[3])
	srv.Insert(0, tasks[0])
	srv.Remove(tasks[1].TaskDetailNo)
	for _, task := range srv.Tasks() {
		fmt.Println(task.UpdateTime, task.TaskType, task.TaskStatus)
	}
	// Output:
	// 2018-03-26 09:01:17 UPDATE_TECH_CONTACT EXECUTE_SUCCESS
	// 2018-03-26 09:02:50 UPDATE_TECH_CONTACT EXECUTE_SUCCESS
	// 2018-03-26 09:03:49 ORDER_REDEEM EXECUTE_SUCCESS
}

// The service's clock may differ from the client's.
func ExampleOptions_now() {
	srv := domaintasktest.NewServerWith(domaintasktest.Options{
		Now: func() time.Time { return time.Now().Add(time.Hour) },
	})
	defer srv.Close()
	resp, err := srv.Config().HTTPClient.Get(srv.URL)
	if err != nil {
		log.Fatal(err)
	}
	resp.Body.Close()
	date, err := time.Parse(time.RFC1123, resp.Header.Get("Date"))
	fmt.Println(time.Until(date).Round(time.Hour), err)
	// Output: 1h0m0s <nil>
}

func ExampleTasks() {
	for _, task := range domaintasktest.Tasks(5, 2018) {
		fmt.Println(task.TaskType, task.DomainName, task.TaskStatus, task.TryCount)
	}
	// Output:
	// UPDATE_ADMIN_CONTACT docs-1936.example.net EXECUTE_SUCCESS 0
	// UPDATE_ADMIN_CONTACT payments-4371.例子.测试 EXECUTE_SUCCESS 0
	// UPDATE_ADMIN_CONTACT docs-4180.example.org EXECUTE_SUCCESS 0
	// UPDATE_ADMIN_CONTACT tea-house-2845.例子.测试 EXECUTE_SUCCESS 0
	// UPDATE_ADMIN_CONTACT mail-9556.example.net EXECUTE_FAILURE 3
}

// The service throttles twice, then answers.
func ExampleServer_Inject() {
	srv := domaintasktest.NewServer()
	defer srv.Close()
	srv.Inject(domaintasktest.Throttle(2*time.Second), domaintasktest.Throttle(0))

	for range 3 {
		resp, err := srv.Config().HTTPClient.Get(srv.URL)
		if err != nil {
			log.Fatal(err)
		}
		resp.Body.Close()
		fmt.Printf("%s %q\n", srv.Requests()[len(srv.Requests())-1].Code, resp.Header.Get("x-ratelimit-user-api"))
	}
	// Output:
	// Throttling.User "Limit:1,Remain:0,TimeLeft:2000,Reset:1234"
	// Throttling.User ""
	// MissingAction ""
}

// An acknowledgement is carried out, and its answer is lost.
func ExampleFault_AfterProcessing() {
	srv := domaintasktest.NewServer(domaintask.TaskDetail{TaskDetailNo: "1"})
	defer srv.Close()
	srv.InjectFunc(func(request domaintasktest.Request) domaintasktest.Fault {
		if request.Action == "AcknowledgeTaskResult" {
			return domaintasktest.CloseConnection().AfterProcessing()
		}
		return domaintasktest.Fault{}
	})

	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.AcknowledgeTaskResult(context.Background(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
	fmt.Println(err != nil, srv.Acknowledged())
	// Output: true [1]
}
