package domaintasktest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// The service lists the tasks that the test needs.
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

// A server with other credentials, used with another format and signature.
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

// A wrong secret is refused, as the real service does.
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

// Tasks finish and are acknowledged by other programs.
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
	// UPDATE_ADMIN_CONTACT static-1936.example.org EXECUTE_SUCCESS 0
	// UPDATE_ADMIN_CONTACT wiki-4371.xn--fsqu00a.xn--0zwm56d EXECUTE_SUCCESS 0
	// UPDATE_ADMIN_CONTACT tea-house-4180.example.org EXECUTE_SUCCESS 0
	// UPDATE_ADMIN_CONTACT blog-2845.示例.test EXECUTE_SUCCESS 0
	// UPDATE_ADMIN_CONTACT tea-house-9556.example.org EXECUTE_FAILURE 3
}

func ExampleFailedTask() {
	srv := domaintasktest.NewServer(domaintasktest.FailedTask("example.com", "The domain name is locked."))
	defer srv.Close()
	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	page, err := client.PollTaskResult(context.Background(), domaintask.PollTaskResultRequest{})
	if err != nil {
		log.Fatal(err)
	}
	for _, task := range page.Tasks {
		fmt.Println(task.DomainName, task.Failed(), task.ErrorMsg)
	}
	// Output: example.com true The domain name is locked.
}

// A submitted task waits, is executed and fails. PollTaskResult lists it once it
// has failed, QueryTaskDetailList always.
func ExampleServer_Submit() {
	srv := domaintasktest.NewServer()
	defer srv.Close()
	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	ctx := context.Background()
	show := func() {
		page, err := client.PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		if err != nil {
			log.Fatal(err)
		}
		all, err := client.Do(ctx, domaintask.Call{
			Action: "QueryTaskDetailList",
			Params: url.Values{"TaskNo": {"a"}, "PageNum": {"1"}, "PageSize": {"20"}},
		})
		if err != nil {
			log.Fatal(err)
		}
		var list struct {
			Data struct{ TaskDetail []domaintask.TaskDetail }
		}
		if err := json.Unmarshal(all.Body, &list); err != nil {
			log.Fatal(err)
		}
		fmt.Println(list.Data.TaskDetail[0].TaskStatus, len(page.Tasks))
	}

	srv.Submit(domaintask.TaskDetail{TaskNo: "a", TaskDetailNo: "1", DomainName: "example.com"})
	show()
	srv.Execute("1")
	show()
	srv.Fail("The domain name is locked.", "1")
	show()
	// Output:
	// WAITING_EXECUTE 0
	// EXECUTING 0
	// EXECUTE_FAILURE 1
}

// Any other operation of the service can be added. Its requests are checked like
// all others.
func ExampleServer_Handle() {
	srv := domaintasktest.NewServer()
	defer srv.Close()
	srv.Handle("QueryDomainList", "", func(params url.Values) (any, error) {
		if params.Get("PageNum") == "" {
			return nil, &domaintask.APIError{Code: "MissingPageNum", Message: "PageNum is mandatory for this action."}
		}
		return map[string]any{"TotalItemNum": 1, "Data": map[string]any{
			"Domain": []map[string]string{{"DomainName": "example.com"}},
		}}, nil
	})

	for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
		config := srv.Config()
		config.Format = format
		client, err := domaintask.NewClient(config)
		if err != nil {
			log.Fatal(err)
		}
		_, err = client.Do(context.Background(), domaintask.Call{Action: "QueryDomainList"})
		var apiErr *domaintask.APIError
		fmt.Println(errors.As(err, &apiErr) && apiErr.Code == "MissingPageNum")
		resp, err := client.Do(context.Background(), domaintask.Call{Action: "QueryDomainList", Params: url.Values{"PageNum": {"1"}}})
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(strings.Replace(string(resp.Body), resp.RequestID, "…", 1))
	}
	// Output:
	// true
	// {"RequestId":"…","Data":{"Domain":[{"DomainName":"example.com"}]},"TotalItemNum":1}
	// true
	// <?xml version='1.0' encoding='UTF-8'?><QueryDomainListResponse><RequestId>…</RequestId><Data><Domain><DomainName>example.com</DomainName></Domain></Data><TotalItemNum>1</TotalItemNum></QueryDomainListResponse>
}

// A server on a fixed port, for a program in another language. The program trusts
// the certificate in the file, or uses http with Options.PlainHTTP. It signs with
// DefaultAccessKeyID and DefaultAccessKeySecret.
func ExampleOptions_addr() {
	srv := domaintasktest.NewServerWith(domaintasktest.Options{
		Addr: "127.0.0.1:0", // such as 127.0.0.1:8443
	}, domaintasktest.Tasks(50, 1)...)
	defer srv.Close()

	dir, err := os.MkdirTemp("", "domaintasktest")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	trusted := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: srv.Certificate().Raw})
	if err := os.WriteFile(filepath.Join(dir, "ca.pem"), trusted, 0o644); err != nil {
		log.Fatal(err)
	}

	// Like curl --cacert ca.pem https://127.0.0.1:8443/?Format=JSON
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(trusted)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}
	resp, err := client.Get(srv.URL + "/?Format=JSON")
	if err != nil {
		log.Fatal(err)
	}
	defer resp.Body.Close()
	defer client.CloseIdleConnections()
	var refusal struct{ Code, Message string }
	if err := json.NewDecoder(resp.Body).Decode(&refusal); err != nil {
		log.Fatal(err)
	}
	fmt.Println(resp.StatusCode, refusal.Code, refusal.Message)
	// Output: 400 MissingAction Action is mandatory for this action.
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

// An acknowledgement takes effect, and its response is lost.
func ExampleFault_AfterProcessing() {
	srv := domaintasktest.NewServer(domaintask.TaskDetail{TaskDetailNo: "1"})
	defer srv.Close()
	srv.InjectAlways(domaintasktest.CloseConnection().AfterProcessing().On("AcknowledgeTaskResult"))

	client, err := domaintask.NewClient(srv.Config())
	if err != nil {
		log.Fatal(err)
	}
	_, err = client.AcknowledgeTaskResult(context.Background(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
	fmt.Println(err != nil, srv.Acknowledged())
	// Output: true [1]
}
