package domaintasktest_test

import (
	"errors"
	"net/url"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// FuzzRoundTrip: the server accepts the signature of every text that the client
// accepts, with either scheme, and receives the text unchanged.
func FuzzRoundTrip(f *testing.F) {
	for _, s := range []string{"example.com", "a b+c*d~e%f/g", "中文域名.com", "a&b=c;d", "%41", "\u2028\u00a0\ufeff", "'()!$,:@[]", "a\nb", "\xff"} {
		f.Add(s, s, s, s)
	}
	srv := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, PlainHTTP: true, SecurityToken: "CAIS/+=~token", MaxRequests: 1})
	f.Cleanup(srv.Close)
	var clients []*domaintask.Client
	for _, signature := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
		config := srv.Config()
		config.Signature = signature
		client, err := domaintask.NewClient(config)
		if err != nil {
			f.Fatal(err)
		}
		clients = append(clients, client)
	}
	f.Fuzz(func(t *testing.T, domainName, taskNo, instanceID, taskDetailNo string) {
		for _, client := range clients {
			_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{DomainName: domainName, TaskNo: taskNo, InstanceID: instanceID})
			requireArrived(t, srv, err, map[string]string{"DomainName": domainName, "TaskNo": taskNo, "InstanceId": instanceID})

			list := []string{taskDetailNo, taskNo, domainName, taskDetailNo}
			_, err = client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: list})
			requireArrived(t, srv, err, map[string]string{
				"TaskDetailNo.1": list[0], "TaskDetailNo.2": list[1], "TaskDetailNo.3": list[2], "TaskDetailNo.4": list[3],
			})

			_, err = client.Do(t.Context(), domaintask.Call{Action: "QueryRegistrantProfiles", Params: url.Values{domainName: {taskNo}}})
			var apiErr *domaintask.APIError
			switch {
			case errors.As(err, &apiErr) && apiErr.Code == "InvalidApi.NotFound":
				requireArrived(t, srv, nil, map[string]string{domainName: taskNo})
			default:
				requireArrived(t, srv, err, nil)
			}
		}
	})
}

// requireArrived wants the last request to have the parameters, unless the client
// refused them and sent nothing.
func requireArrived(t *testing.T, srv *domaintasktest.Server, err error, params map[string]string) {
	t.Helper()
	var paramErr *domaintask.ParamError
	if errors.As(err, &paramErr) {
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	got := srv.Requests()[0].Params
	for name, value := range params {
		if got.Get(name) != value {
			t.Fatalf("%s: sent %q, arrived %q", name, value, got.Get(name))
		}
	}
}
