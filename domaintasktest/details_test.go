package domaintasktest_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// What choose does to its Request stays with it.
func TestChooseHasParamsOfItsOwn(t *testing.T) {
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

// Two faults made of one are strangers.
func TestFaultsOfOneFault(t *testing.T) {
	srv := newServer(t, domaintasktest.Options{InMemory: true, PlainHTTP: true})
	f := domaintasktest.Throttle(0).WithHeader("X-1", "1").WithHeader("X-2", "2").WithHeader("X-3", "3")
	for range 3 { // whatever room append leaves
		a, b := f.WithHeader("X-A", "a"), f.WithHeader("X-B", "b")
		srv.Inject(a, b)
		for _, want := range []string{"X-A", "X-B"} {
			resp, err := srv.Config().HTTPClient.Do(acknowledgement("JSON").http(t.Context(), t, srv))
			require.NoError(t, err)
			resp.Body.Close()
			require.Contains(t, resp.Header, http.CanonicalHeaderKey(want))
		}
		f = a
	}
}

// A token is refused from the moment on at which it expires.
func TestTokenExpiresAtItsMoment(t *testing.T) {
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	srv := newServer(t, domaintasktest.Options{InMemory: true, SecurityToken: "token-token", SecurityTokenExpires: now, Now: func() time.Time { return now }})
	config := srv.Config()
	config.Retry.MaxAttempts = 2 // the clock has to be found first
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorIs(t, err, domaintask.ErrCredentials)
}
