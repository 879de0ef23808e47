package main

import (
	"bytes"
	"errors"
	"testing"

	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	service := domaintasktest.NewServer(domaintasktest.Tasks(100, 1)...)
	defer service.Close()
	var stdout bytes.Buffer
	require.NoError(t, run(t.Context(), service, &stdout))
	lines := clitest.Lines(stdout.String())
	require.Greater(t, len(lines), 5)
	require.Regexp(t, `^2018-03-26 \d\d:\d\d UTC [A-Z_]+ \S+ \S+`, lines[0])
	require.Len(t, service.Acknowledged(), len(lines))
	for _, task := range service.Tasks() {
		require.False(t, task.Failed(), "it is not confirmed")
	}
}

// brokenWriter is a full disk.
type brokenWriter struct{ err error }

func (b brokenWriter) Write([]byte) (int, error) { return 0, b.err }

func TestUnwrittenJobsAreNotConfirmed(t *testing.T) {
	t.Parallel()
	service := domaintasktest.NewServer(domaintasktest.Tasks(100, 1)...)
	defer service.Close()
	full := errors.New("the disk is full")
	require.ErrorIs(t, run(t.Context(), service, brokenWriter{full}), full)
	require.Empty(t, service.Acknowledged())
}
