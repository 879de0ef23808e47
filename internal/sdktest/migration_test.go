package sdktest

import (
	"context"
	"errors"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/credentials"
	"github.com/stretchr/testify/require"
)

// migrated is what the README has in place of the code of an official SDK: it
// compiles.
func migrated(ctx context.Context, id, secret, token, arn, session, role, name, action string, timeout time.Duration, params url.Values, provider sdk.CredentialsProvider) {
	use(domaintask.DefaultEndpoint, domaintask.StaticCredentials(id, secret, token))
	use(credentials.AssumeRole(domaintask.StaticCredentials(id, secret, ""), credentials.Role{ARN: arn, SessionName: session}))
	use(credentials.ECSRole(role), credentials.Default(), credentials.FromSDK(provider))
	use(domaintask.Config{Endpoint: domaintask.EndpointInternational})
	use(domaintask.Config{Timeout: timeout, Retry: domaintask.RetryPolicy{MaxAttempts: 5}})
	use(domaintask.PollTaskResultRequest{PageSize: 100})
	use(domaintask.PollTaskResultRequest{PageSize: 100, DomainName: name})
	use(domaintask.AcknowledgeTaskResultRequest{TaskDetailNos: []string{id}})
	client, err := domaintask.NewClient(domaintask.Config{Credentials: domaintask.StaticCredentials(id, secret, "")})
	use(err)
	request := domaintask.PollTaskResultRequest{TaskResultStatus: domaintask.OnlyFailed}
	resp, err := client.PollTaskResult(ctx, request)
	use(client.Tasks(ctx, request), client.Tasks(ctx, request, domaintask.WithPrefetch(8)))
	use(client.Do(ctx, domaintask.Call{Action: action, Params: params}))
	use(resp.Tasks, resp.HasNextPage())
	for _, task := range resp.Tasks {
		use(task.DomainName)
	}
	var apiErr *domaintask.APIError
	if errors.As(err, &apiErr) {
		use(apiErr.Code, apiErr.StatusCode)
	}
}

func use(...any) {}

// TestReadmeMigration finds all code in the right columns of the tables for
// those who come from another SDK in migrated.
func TestReadmeMigration(t *testing.T) {
	t.Parallel()
	use(migrated)
	code, err := os.ReadFile("migration_test.go")
	require.NoError(t, err)
	source, _, _ := strings.Cut(string(code), "func use(")
	readme, err := os.ReadFile("../../README.md")
	require.NoError(t, err)
	_, tables, found := strings.Cut(string(readme), "\n## Coming from an official SDK\n")
	require.True(t, found)
	tables, _, _ = strings.Cut(tables, "\n## ")
	pieces := 0
	for row := range strings.Lines(tables) {
		columns := strings.Split(row, " | ")
		if len(columns) != 2 {
			continue
		}
		for i, piece := range strings.Split(columns[1], "`") {
			if i%2 == 1 {
				pieces++
				require.Contains(t, source, piece, "in a row of the README")
			}
		}
	}
	require.Greater(t, pieces, 25)
}
