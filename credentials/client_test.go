package credentials

import (
	"net/http"
	"sync"
	"sync/atomic"
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

// TestClientRenewsARefusedToken: a token that ended before its time costs its
// callers one more request each, and STS one for all of them.
func TestClientRenewsARefusedToken(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	var exchanges atomic.Int64
	f.serve(func(*http.Request) response {
		if exchanges.Add(1) == 1 {
			return ok(assumed("role", "SecurityToken", "token-that-was-revoked"))
		}
		return ok(assumed("role"))
	})
	server := domaintasktest.NewServerWith(domaintasktest.Options{
		AccessKeyID: "role", AccessKeySecret: "secret-of-role", SecurityToken: "token-of-role",
	}, domaintasktest.Tasks(5, 1)...)
	defer server.Close()
	f.write(cliFile, profiles(`"p","mode":"RamRoleArn","access_key_id":"id","access_key_secret":"s","ram_role_arn":"arn"`))
	config := server.Config()
	config.Credentials = Default(f.opts()...)
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	var wg sync.WaitGroup
	for range 32 {
		wg.Go(func() {
			if _, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 2, exchanges.Load())
}

// TestClientWithoutCredentials is told in one line what each place said, and sends
// nothing.
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
