package domaintasktest_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func TestDeny(t *testing.T) {
	t.Parallel()
	deny := []string{"AcknowledgeTaskResult"}
	srv := newServer(t, domaintasktest.Options{Deny: deny}, task("1"))
	deny[0] = "PollTaskResult"
	for _, change := range []func(*domaintask.Config){func(*domaintask.Config) {}, xml, acs3} {
		client := newClient(t, srv, change)
		require.Len(t, poll(t, client, domaintask.PollTaskResultRequest{}).Tasks, 1)
		_, err := client.AcknowledgeTaskResult(t.Context(), domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{"1"}})
		require.ErrorIs(t, err, domaintask.ErrForbidden)
	}
	got := arrive(srv.Config().HTTPClient, acknowledgement("JSON").http(t.Context(), t, srv))
	require.Equal(t, 403, got.resp.StatusCode)
	require.Contains(t, got.body, `"Code":"Forbidden.RAM"`)
	require.Contains(t, got.body, `"AccessDeniedDetail":{"AuthAction":"domain:AcknowledgeTaskResult","AuthPrincipalType":"SubUser",`)
	require.Empty(t, srv.Acknowledged())

	blind := newServer(t, domaintasktest.Options{Deny: []string{"PollTaskResult"}})
	r := rpcRequest("XML", nil)
	r.signRPC()
	require.Contains(t, r.send(t, blind).body, "<AccessDeniedDetail><AuthAction>domain:QueryDomainTask</AuthAction>")
}
