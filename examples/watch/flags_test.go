package main

import (
	"testing"
	"time"

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
		{"-interval -1s", "-interval must be at least 1s"},
		{"-interval 999ms", "-interval must be at least 1s"},
		{"-interval often", "-interval: must be like 10s"},
		{"-endpoint https://user:secret@example.com", "Endpoint"},
	} {
		t.Run(tt.args, func(t *testing.T) {
			t.Parallel()
			clitest.RequireRefused(t, run, tt.args, tt.want)
		})
	}
}

func TestInterval(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args []string
		want time.Duration
	}{
		{nil, domaintask.DefaultInterval},
		{[]string{"-emulator"}, 2 * time.Second},
		{[]string{"-emulator", "-interval", "5s"}, 5 * time.Second},
		{[]string{"-emulator", "-interval", "20ms"}, 20 * time.Millisecond},
		{[]string{"-interval", "1m"}, time.Minute},
		{[]string{"-interval", "1s"}, time.Second},
	} {
		opts, err := parseFlags(tt.args)
		require.NoError(t, err)
		require.Equal(t, tt.want, opts.interval)
	}
}
