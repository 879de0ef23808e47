package clitest

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/stretchr/testify/require"
)

// RequireUsage checks that -h prints usage, and that it fits a screen and
// names every flag and exit code.
func RequireUsage(t *testing.T, run cli.Run, usage string, flags *flag.FlagSet) {
	t.Helper()
	require.Equal(t, Outcome{cli.ExitOK, usage, ""}, Start(t.Context(), run, "", "-h"))

	// 24 by 80, with the prompt below. In the last column some terminals wrap.
	require.LessOrEqual(t, len(Lines(usage)), 23)
	for _, line := range Lines(usage) {
		require.LessOrEqual(t, len(line), 79, line)
	}
	flags.VisitAll(func(f *flag.Flag) {
		require.Contains(t, usage, "\n  -"+f.Name+" ")
	})
	for _, code := range []string{"0", "1", "2"} {
		require.Contains(t, usage, "\n  "+code+"  ")
	}
}

// RequireRefused checks that args are refused in one line that contains want,
// before anything was sent.
func RequireRefused(t *testing.T, run cli.Run, args, want string) {
	t.Helper()
	got := Start(t.Context(), run, "", strings.Split(args, " ")...)
	require.Equal(t, cli.ExitUsage, got.Code)
	require.Empty(t, got.Stdout)
	require.Len(t, Lines(got.Stderr), 1, got.Stderr)
	require.Contains(t, got.Stderr, want)
	require.NotContains(t, got.Stderr, "secret")
}

// RequireKeyNeeded checks that without credentials nothing is sent, and that one
// line says why.
func RequireKeyNeeded(t *testing.T, run cli.Run) {
	t.Helper()
	server := Service(t)
	asked := 0
	missing := domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		asked++
		return domaintask.Credentials{}, errors.New("not set: NAME")
	})

	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-endpoint", server.URL}, missing, &stdout, &stderr)

	require.Equal(t, cli.ExitUsage, code)
	require.Equal(t, 1, asked)
	require.Empty(t, server.Requests())
	require.Empty(t, stdout.String())
	require.Len(t, Lines(stderr.String()), 1)
	require.Contains(t, stderr.String(), "not set: NAME")
}
