package credentials_test

import (
	"fmt"
	"net/http"
	"testing"

	sdk "github.com/aliyun/alibaba-cloud-sdk-go/sdk/auth/credentials"
	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/credentials"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestClientWithRole: what STS gives for a role signs requests that the service
// accepts, in both schemes; and a bearer token does.
func TestClientWithRole(t *testing.T) {
	emptyHome(t)
	serveWorld(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, role("assumed")) })
	assumes, err := sdk.NewRAMRoleARNCredentialsProviderBuilder().WithAccessKeyId("id").WithAccessKeySecret("secret").WithRoleArn("acs:ram::1:role/r").Build()
	require.NoError(t, err)
	want := of("assumed")
	server := domaintasktest.NewServerWith(domaintasktest.Options{
		AccessKeyID: want.AccessKeyID, AccessKeySecret: want.AccessKeySecret.Reveal(), SecurityToken: want.SecurityToken.Reveal(), BearerToken: "bearer",
	}, domaintasktest.Tasks(5, 1)...)
	defer server.Close()

	for _, tt := range []struct {
		provider  sdk.CredentialsProvider
		signature domaintask.SignatureMethod
	}{
		{assumes, domaintask.SignatureHMACSHA1},
		{assumes, domaintask.SignatureACS3},
		{sdk.NewBearerTokenCredentialsProvider("bearer"), domaintask.SignatureHMACSHA1},
	} {
		config := server.Config()
		config.Credentials, config.Signature = credentials.FromSDK(tt.provider), tt.signature
		client, err := domaintask.NewClient(config)
		require.NoError(t, err)
		page, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
		require.Len(t, page.Tasks, 5)
	}
}

// TestClientWithoutCredentials tells in one line what each place said, and
// sends nothing.
func TestClientWithoutCredentials(t *testing.T) {
	emptyHome(t)
	server := domaintasktest.NewServer()
	defer server.Close()
	config := server.Config()
	config.Credentials = credentials.Default()
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	_, err = client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
	require.ErrorIs(t, err, domaintask.ErrCredentials)
	require.ErrorContains(t, err, "domaintask: PollTaskResult: credentials missing or not accepted: none in the default chain: env: not set: ")
	require.Empty(t, server.Requests())
}
