package domaintask_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestCredentialsThatCannotSign are refused before anything is sent.
func TestCredentialsThatCannotSign(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name      string
		creds     domaintask.Credentials
		signature domaintask.SignatureMethod
		says      string
	}{
		{name: "none", says: "access key id is empty"},
		{name: "no secret", creds: domaintask.Credentials{AccessKeyID: "id"}, says: "access key secret is empty"},
		{name: "a line break copied along", creds: domaintask.NewCredentials("id", "hunter2\n", ""), says: "access key secret holds white space"},
		{name: "a space in the id", creds: domaintask.NewCredentials(" id", "hunter2", ""), says: "access key id holds white space"},
		{name: "a control character in the token", creds: domaintask.NewCredentials("id", "hunter2", "hunter2\x00"), says: "security token holds"},
		{name: "a delete character in the secret", creds: domaintask.NewCredentials("id", "hunter2\x7f", ""), says: "access key secret holds"},
		{name: "a character beyond ASCII in the bearer token", creds: domaintask.BearerCredentials("hunter2é"), says: "bearer token holds"},
		{name: "an id that was printed", creds: domaintask.NewCredentials("[hidden]", "hunter2", ""), says: "access key id holds [hidden], which was printed"},
		{name: "a secret that was printed", creds: domaintask.NewCredentials("id", "[hidden]", ""), says: "access key secret holds [hidden], which was printed"},
		{name: "a token that was printed in part", creds: domaintask.NewCredentials("id", "hunter2", "CAIS[hidden]="), says: "security token holds [hidden], which was printed"},
		{name: "a bearer token that was printed", creds: domaintask.BearerCredentials("[hidden]\n"), says: "bearer token holds [hidden], which was printed"},
		{name: "two kinds", creds: domaintask.Credentials{AccessKeyID: "id", AccessKeySecret: domaintask.NewSecret("hunter2"), BearerToken: domaintask.NewSecret("hunter2")}, says: "both a bearer token and an access key"},
		{name: "a bearer token with ACS3", creds: domaintask.BearerCredentials("hunter2"), signature: domaintask.SignatureACS3, says: "needs HMAC-SHA1"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := newClient(t, domaintask.Config{
				Endpoint: serve(t, unexpected(t)).URL, Signature: tt.signature,
				Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { return tt.creds, nil }),
			}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
			require.ErrorIs(t, err, domaintask.ErrCredentials)
			require.ErrorContains(t, err, tt.says)
			require.NotContains(t, err.Error(), "hunter2")
		})
	}
}

// TestCredentialsOfPrintableASCII sign, the first and the last character included.
func TestCredentialsOfPrintableASCII(t *testing.T) {
	t.Parallel()
	for _, creds := range []domaintask.Credentials{domaintask.NewCredentials("!~", "!~", "!~"), domaintask.BearerCredentials("!~")} {
		_, err := newClient(t, domaintask.Config{
			Credentials: domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) { return creds, nil }),
			HTTPClient:  via(func(r *http.Request) (*http.Response, error) { return answering(r, 200, emptyPage), nil }),
		}).PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{})
		require.NoError(t, err)
	}
}

func TestEnvCredentials(t *testing.T) {
	names := []string{"ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET", "ALIBABA_CLOUD_SECURITY_TOKEN"}
	for _, name := range names {
		t.Setenv(name, "")
	}
	provider := domaintask.EnvCredentials()
	_, err := provider.Credentials(t.Context())
	require.ErrorIs(t, err, domaintask.ErrCredentials)
	require.ErrorContains(t, err, "not set: "+names[0]+", "+names[1])

	t.Setenv(names[0], "id")
	_, err = provider.Credentials(t.Context())
	require.ErrorContains(t, err, "not set: "+names[1])

	t.Setenv(names[1], "secret")
	creds, err := provider.Credentials(t.Context())
	require.NoError(t, err)
	require.Equal(t, domaintask.NewCredentials("id", "secret", ""), creds)

	t.Setenv(names[2], "token")
	creds, err = provider.Credentials(t.Context())
	require.NoError(t, err)
	require.Equal(t, domaintask.NewSecret("token"), creds.SecurityToken, "the environment is read each time")
}
