package main

import (
	"testing"

	"github.com/domaintask/domaintask"
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
		{"-concurrency many", "-concurrency: must be a number"},
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

// What is refused wrongly is acknowledged for ever.
func TestRefuse(t *testing.T) {
	t.Parallel()
	opts, err := parseFlags([]string{"-refuse", "order_Renew", "-refuse", "CHG_DNS", "-refuse", "A1"})
	require.NoError(t, err)
	require.Equal(t, []string{"ORDER_RENEW", "CHG_DNS", "A1"}, opts.refuse)
	for _, taskType := range []string{"", " ", "ORDER_RENEW,CHG_DNS", "ORDER_RENEW ", "CHG-DNS"} {
		_, err := parseFlags([]string{"-refuse", taskType})
		require.ErrorContains(t, err, "for flag -refuse: must be one task type, such as ORDER_RENEW", taskType)
	}
	require.ErrorContains(t, handler(opts.refuse, nil, nil)(t.Context(), domaintask.TaskDetail{TaskType: "chg_dns"}), "chg_dns is refused")
}

func TestAFileWithoutName(t *testing.T) {
	t.Parallel()
	_, err := parseFlags([]string{"-out", ""})
	require.ErrorContains(t, err, "-out: must not be empty")
}
