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
	for args, want := range map[string]string{
		"-interval -1s":               "-interval must be at least 1s",
		"-interval 999ms":             "-interval must be at least 1s",
		"-interval 10m":               "-stale must be more than nine times -interval",
		"-stale 18s -emulator":        "-stale must be more than nine times -interval",
		"-stale soon":                 "-stale: must be like 10s",
		"-emulator -endpoint a.test":  "are mutually exclusive",
		"-endpoint https://u:secret@": "Endpoint",
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			clitest.RequireRefused(t, run, args, want)
		})
	}
}

func TestEmptyAddress(t *testing.T) {
	t.Parallel()
	_, err := parseFlags([]string{"-listen", ""}) // it would be any port, for the whole network
	require.ErrorContains(t, err, "-listen: must not be empty")
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	opts, err := parseFlags(nil)
	require.NoError(t, err)
	want := options{listen: "127.0.0.1:8080", interval: domaintask.DefaultInterval, stale: 10 * time.Minute}
	want.Timeout = timeout
	require.Equal(t, want, opts)

	opts, err = parseFlags([]string{"-emulator"})
	require.NoError(t, err)
	require.Equal(t, 2*time.Second, opts.interval)
	opts, err = parseFlags([]string{"-emulator", "-interval", "20ms"})
	require.NoError(t, err)
	require.Equal(t, 20*time.Millisecond, opts.interval)
	opts, err = parseFlags([]string{"-interval", "1m"})
	require.NoError(t, err)
	require.Equal(t, time.Minute, opts.interval)
}
