package domaintasktest_test

import (
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

func TestBearerToken(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{BearerToken: "bearer-token"}, domaintasktest.Tasks(1, 1)...)
	require.Len(t, poll(t, newClient(t, srv), domaintask.PollTaskResultRequest{}).Tasks, 1)

	// The access key still works.
	byKey := newClient(t, srv, func(c *domaintask.Config) {
		c.Credentials = domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret, "")
	})
	require.Len(t, poll(t, byKey, domaintask.PollTaskResultRequest{}).Tasks, 1)
}

// TestTokenExpiresAtItsMoment: a token is refused from SecurityTokenExpires on.
func TestTokenExpiresAtItsMoment(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	srv := newServer(t, domaintasktest.Options{InMemory: true, SecurityToken: "token-token", SecurityTokenExpires: now, Now: func() time.Time { return now }})
	config := srv.Config()
	config.Retry.MaxAttempts = 2 // the first one finds the clock
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorIs(t, err, domaintask.ErrCredentials)
}

// TestRenew: the old token is refused as expired, and the new one does not expire.
func TestRenew(t *testing.T) {
	t.Parallel()
	now := time.Now()
	srv := newServer(t, domaintasktest.Options{InMemory: true, SecurityToken: "first", SecurityTokenExpires: now.Add(time.Hour), Now: func() time.Time { return now }}, task("1"))
	code := func(token string) string {
		r := rpcRequest("JSON", url.Values{"PageNum": {"1"}, "PageSize": {"20"}, "SecurityToken": {token}, "Timestamp": {timestamp(now)}})
		r.signRPC()
		return r.send(t, srv).Code
	}
	require.Empty(t, code("first"))
	client := newClient(t, srv)
	srv.Renew("second")
	require.Equal(t, "InvalidSecurityToken.Expired", code("first"))
	require.Empty(t, code("second"))
	require.Equal(t, "InvalidSecurityToken.Malformed", code("third"))
	require.Len(t, poll(t, client, domaintask.PollTaskResultRequest{}).Tasks, 1, "the provider of Config has the next one")
	now = now.Add(24 * time.Hour)
	require.Empty(t, code("second"))
	srv.Renew("first")
	require.Empty(t, code("first"))
	require.Equal(t, "InvalidSecurityToken.Expired", code("second"))
	require.Equal(t, "MissingSecurityToken", code(""))
}
