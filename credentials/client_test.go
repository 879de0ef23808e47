package credentials

import (
	"net/http"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestClientWithRole: the credentials of a role sign requests that the service
// accepts, in both schemes.
func TestClientWithRole(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.serve(func(*http.Request) response { return ok(assumed("role")) })
	server := domaintasktest.NewServerWith(domaintasktest.Options{
		AccessKeyID: "role", AccessKeySecret: "secret-of-role", SecurityToken: "token-of-role",
	}, domaintasktest.Tasks(5, 1)...)
	defer server.Close()
	for _, signature := range []domaintask.SignatureMethod{domaintask.SignatureHMACSHA1, domaintask.SignatureACS3} {
		config := server.Config()
		config.Credentials = AssumeRole(domaintask.StaticCredentials("id", "secret", ""), Role{ARN: "arn"}, f.opts()...)
		config.Signature = signature
		client, err := domaintask.NewClient(config)
		require.NoError(t, err)
		page, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Len(t, page.Tasks, 5)
	}
}

// A client without credentials sends nothing, and its error has the reason of each
// place in one line.
func TestClientWithoutCredentials(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	f.set("ECS_METADATA_DISABLED=true")
	server := domaintasktest.NewServer()
	defer server.Close()
	config := server.Config()
	config.Credentials = Default(f.opts()...)
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorIs(t, err, domaintask.ErrCredentials)
	require.ErrorContains(t, err, "domaintask: PollTaskResult: credentials missing or not accepted: none in the default chain: env: not set: ")
	require.Empty(t, server.Requests())
}
