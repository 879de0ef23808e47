package main

import (
	"testing"

	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.RequireUsage(t, run, usage, flagSet(new(options)))
}

func TestWithoutCredentialsNothingIsSent(t *testing.T) {
	t.Parallel()
	clitest.RequireKeyNeeded(t, run)
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ args, want string }{
		{"-concurrency 0", "-concurrency"},
		{"-concurrency many", "-concurrency"},
		{"-batch 0", "-batch must be 1 to 100"},
		{"-batch 101", "-batch must be 1 to 100"},
		{"-endpoint https://user:secret@example.com", "Endpoint"},
		{"-domain a\x01b", "DomainName"},
		{"-out no/such/directory/file", "no/such/directory/file"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			clitest.RequireRefused(t, run, tt.args, tt.want)
		})
	}
}

func TestAFileWithoutName(t *testing.T) {
	t.Parallel()
	_, err := parseFlags([]string{"-out", ""})
	require.ErrorContains(t, err, "-out: must not be empty")
}
