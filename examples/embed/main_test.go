package main

import (
	"bytes"
	"testing"

	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestRun(t *testing.T) {
	t.Parallel()
	var stdout bytes.Buffer
	require.NoError(t, run(t.Context(), &stdout))
	lines := clitest.Lines(stdout.String())
	require.Greater(t, len(lines), 5)
	require.Regexp(t, `^2018-03-26 \d\d:\d\d UTC [A-Z_]+ \S+ \S+`, lines[0])
}
