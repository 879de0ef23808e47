package domaintask_test

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// noSuchHost is how net/http reports a name that does not exist.
var noSuchHost = &net.OpError{Op: "dial", Net: "tcp", Err: &net.DNSError{Err: "no such host", Name: "service.example", IsNotFound: true}}

// TestLostName: a name that does not exist ends a call and a Watch at once if
// the client has never reached it. If it has, the name service is wrong for a
// while, and the client asks again.
func TestLostName(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		service := &replies{list: []reply{{err: noSuchHost}}}
		client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: service}})
		errs := 0
		for _, err := range client.Watch(t.Context(), domaintask.PollTaskResultRequest{}) {
			require.Error(t, err)
			require.False(t, domaintask.Temporary(err))
			errs++
		}
		require.Equal(t, 1, errs)
		require.Len(t, service.sent, 1)
	})
	synctest.Test(t, func(t *testing.T) {
		task := `{"Data":{"TaskDetail":[{"TaskDetailNo":"%d"}]}}`
		lost := reply{err: noSuchHost}
		service := &replies{list: []reply{{status: 200, body: fmt.Sprintf(task, 1)}, lost, lost, lost, lost, lost, lost, {status: 200, body: fmt.Sprintf(task, 2)}}}
		client := newClient(t, domaintask.Config{HTTPClient: &http.Client{Transport: service}})
		var ids []string
		errs := 0
		for task, err := range client.Watch(t.Context(), domaintask.PollTaskResultRequest{}, domaintask.WithInterval(time.Minute)) {
			if err != nil {
				errs++
				var dns *net.DNSError
				require.ErrorAs(t, err, &dns)
				require.True(t, domaintask.Temporary(err))
				continue
			}
			if ids = append(ids, task.TaskDetailNo); len(ids) == 2 {
				break
			}
		}
		require.Equal(t, []string{"1", "2"}, ids)
		require.Equal(t, 2, errs)
		require.Len(t, service.sent, 8)
	})
}

// TestRefusalReachesTheHost: a refusal of the service, too, proves that the name
// exists. An error, and what another client has reached, do not.
func TestRefusalReachesTheHost(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		first reply
		want  bool
	}{
		{"page", reply{status: 200, body: emptyPage}, true},
		{"refusal", refusal(403, "Forbidden"), true},
		{"HTML", reply{status: 404, body: "<html>"}, true},
		{"no response", reply{err: errors.New("odd")}, false},
	} {
		client := newClient(t, domaintask.Config{Retry: once, HTTPClient: &http.Client{Transport: &replies{list: []reply{tt.first, {err: noSuchHost}}}}})
		client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		_, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.ErrorContains(t, err, "no such host")
		require.Equal(t, tt.want, domaintask.Temporary(err), tt.name)
	}
}
