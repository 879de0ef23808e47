package cli

import (
	"context"
	"errors"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// A field of Config does not help users who only have flags.
func TestExplainNamesNoFieldOfConfig(t *testing.T) {
	t.Parallel()
	_, err := domaintask.NewClient(domaintask.Config{Endpoint: "http://example.com", Credentials: domaintask.EnvCredentials()})
	require.Equal(t, "Endpoint must be https: plain http exposes the credentials on the network", Explain(err))
}

func TestExplain(t *testing.T) {
	t.Parallel()
	missing := CheckCredentials(t.Context(), domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		return domaintask.Credentials{}, errors.New("not set: NAME")
	}))
	api := func(action, code string) error {
		return &domaintask.WalkError{PageNum: 2, Err: &domaintask.APIError{Action: action, StatusCode: 400, Code: code}}
	}
	for _, tt := range []struct {
		err  error
		want string // its end
		code int
	}{
		{missing, "no access key: not set: NAME (or try -emulator)", ExitUsage},
		{&domaintask.ParamError{Param: "Lang", Reason: "is odd"}, "Lang is odd", ExitUsage},
		{api("PollTaskResult", "Forbidden.RAM"), "; the RAM policy must allow domain:QueryDomainTask", ExitError},
		{api("AcknowledgeTaskResult", "Forbidden.RAM"), "; the RAM policy must allow domain:AcknowledgeTaskResult", ExitError},
		{api("PollTaskResult", "Throttling"), "; wait before retrying", ExitError},
		{api("PollTaskResult", "InternalError"), "(HTTP 400)", ExitError},
	} {
		require.Contains(t, Explain(tt.err)+"$", tt.want+"$")
		require.Equal(t, tt.code, ExitCode(tt.err))
	}
}
