package domaintasktest_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// statuses sends n acknowledgements and returns the statuses of the responses.
func statuses(t *testing.T, srv *domaintasktest.Server, n int) []int {
	t.Helper()
	client := srv.Config().HTTPClient
	list := make([]int, n)
	for i := range list {
		if got := arrive(client, acknowledgement("JSON").http(t.Context(), t, srv)); got.err == nil {
			list[i] = got.resp.StatusCode
		}
	}
	return list
}

func TestInject(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	srv.Inject(domaintasktest.Throttle(0), domaintasktest.Fault{}, domaintasktest.CloseConnection())
	srv.Inject(domaintasktest.BadGateway())
	require.Equal(t, []int{400, 200, 0, 502, 200, 200}, statuses(t, srv, 6))
	var names []string
	for _, request := range srv.Requests() {
		names = append(names, request.Fault)
	}
	require.Equal(t, []string{"Throttle", "", "CloseConnection", "BadGateway", "", ""}, names)
}

func TestInjectAlways(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	srv.InjectAlways(domaintasktest.InternalError())
	srv.Inject(domaintasktest.BadGateway()) // the queue comes first
	require.Equal(t, []int{502, 500, 500}, statuses(t, srv, 3))
	srv.InjectAlways(domaintasktest.ServiceUnavailable())
	srv.Inject(domaintasktest.BadGateway(), domaintasktest.BadGateway())
	require.Equal(t, []int{502}, statuses(t, srv, 1))
	srv.Heal()
	require.Equal(t, []int{200, 200}, statuses(t, srv, 2))
}

// TestInjectFunc: choose gets the request and may use the server.
func TestInjectFunc(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"), task("2"))
	srv.InjectFunc(func(request domaintasktest.Request) domaintasktest.Fault {
		assert.Equal(t, "AcknowledgeTaskResult", request.Action)
		assert.Equal(t, "1", request.Params.Get("TaskDetailNo.1"))
		assert.Zero(t, request.StatusCode)
		assert.Empty(t, request.RequestID)
		switch len(srv.Requests()) {
		case 0:
			srv.Remove("2")
			srv.Inject(domaintasktest.BadGateway())
			return domaintasktest.InternalError()
		case 2:
			srv.InjectFunc(nil)
			return domaintasktest.ServiceUnavailable()
		}
		return domaintasktest.Fault{}
	})
	require.Equal(t, []int{500, 502, 503, 200}, statuses(t, srv, 4))
	require.Empty(t, srv.Tasks())
}

// TestInjectConcurrently: each fault applies to one request.
func TestInjectConcurrently(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true})
	client := srv.Config().HTTPClient
	var wg sync.WaitGroup
	for range 16 {
		srv.Inject(domaintasktest.InternalError())
		wg.Go(func() {
			srv.Inject(domaintasktest.BadGateway())
			for range 4 {
				arrive(client, acknowledgement("JSON").http(t.Context(), t, srv))
			}
		})
	}
	wg.Wait()
	count := map[int]int{}
	for _, request := range srv.Requests() {
		count[request.StatusCode]++
	}
	require.Equal(t, map[int]int{200: 32, 500: 16, 502: 16}, count)
}

// TestChooseHasParamsOfItsOwn: changing the Request does not change the record.
func TestChooseHasParamsOfItsOwn(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
	srv.InjectFunc(func(r domaintasktest.Request) domaintasktest.Fault {
		r.Params.Set("PageNum", "9")
		return domaintasktest.Fault{}
	})
	client, err := domaintask.NewClient(srv.Config())
	require.NoError(t, err)
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.NoError(t, err)
	require.Equal(t, "1", srv.Requests()[0].Params.Get("PageNum"))
}
