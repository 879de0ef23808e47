package domaintask_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestACS3InFIPSMode runs in a process that allows approved algorithms alone:
// ACS3 works there. What would panic in the middle of a call is refused before,
// with what to do.
func TestACS3InFIPSMode(t *testing.T) {
	t.Parallel()
	if !strings.Contains(os.Getenv("GODEBUG"), "fips140=only") {
		output, err := rerun(t, "GODEBUG=fips140=only")
		require.NoError(t, err, output)
		require.Contains(t, output, "--- PASS: "+t.Name())
		return
	}
	ctx := t.Context()
	// Without TLS: that of Go 1.25 offers X25519, which the mode forbids.
	server := domaintasktest.NewServerWith(domaintasktest.Options{PlainHTTP: true}, domaintasktest.Tasks(30, 1)...)
	t.Cleanup(server.Close)
	config := server.Config()

	_, err := domaintask.NewClient(config)
	var paramErr *domaintask.ParamError
	require.ErrorAs(t, err, &paramErr)
	require.Equal(t, "Signature", paramErr.Param)
	require.ErrorContains(t, err, "SignatureACS3")

	config.Signature = domaintask.SignatureACS3
	client := newClient(t, config)
	result, err := client.Drain(ctx, domaintask.PollTaskResultRequest{PageSize: 10}, func(context.Context, domaintask.TaskDetail) error { return nil })
	require.NoError(t, err)
	require.Equal(t, 30, result.Acknowledged)

	for _, secret := range []string{"thirteen.char", "fourteen.chars"} {
		config.Credentials = domaintask.StaticCredentials(testKeyID, secret, "")
		_, err = newClient(t, config).PollTaskResult(ctx, domaintask.PollTaskResultRequest{})
		require.ErrorIs(t, err, domaintask.ErrCredentials)
		var apiErr *domaintask.APIError
		require.Equal(t, len(secret) == 14, errors.As(err, &apiErr), "%v", err)
	}
}
