package main

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// start runs the program against service; see clitest.Start.
func start(ctx context.Context, service string, args ...string) clitest.Outcome {
	return clitest.Start(ctx, run, service, args...)
}

// failures returns n failed tasks.
func failures(n int) []domaintask.TaskDetail {
	tasks := domaintasktest.Tasks(n, 7)
	for i := range tasks {
		tasks[i].TaskStatus, tasks[i].TaskStatusCode = domaintask.StatusFailure, domaintask.StatusCodeFailure
	}
	return tasks
}

func TestWithoutCredentialsNothingIsSent(t *testing.T) {
	t.Parallel()
	clitest.RequireKeyNeeded(t, run)
}

func TestEmulator(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-emulator", "-output", "json"}, nil, &stdout, &stderr)
	require.Equal(t, cli.ExitOK, code, stderr.String())

	types := make(map[string]bool)
	for _, line := range clitest.Lines(stdout.String()) {
		var task domaintask.TaskDetail
		require.NoError(t, json.Unmarshal([]byte(line), &task))
		require.True(t, task.Failed())
		types[task.TaskType] = true
	}
	require.Greater(t, len(types), 5)

	notes := clitest.Lines(stderr.String())
	require.Len(t, notes, 2)
	require.Contains(t, notes[0], "in-memory service at https://127.0.0.1:")
	require.Contains(t, notes[1], "listed")
}

func TestStatusChoosesTasks(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(200, 3)
	backend := clitest.Service(t, tasks...)
	for status, unwanted := range map[string]func(domaintask.TaskDetail) bool{
		"failed":    domaintask.TaskDetail.Succeeded,
		"succeeded": domaintask.TaskDetail.Failed,
		"all":       func(domaintask.TaskDetail) bool { return false },
	} {
		got := start(t.Context(), backend.URL, "-status", status, "-output", "json", "-page-size", "30")
		require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
		var listed []domaintask.TaskDetail
		for _, line := range clitest.Lines(got.Stdout) {
			var task domaintask.TaskDetail
			require.NoError(t, json.Unmarshal([]byte(line), &task))
			listed = append(listed, task)
		}
		require.Equal(t, slices.DeleteFunc(slices.Clone(tasks), unwanted), listed)
	}
}

func TestFormatsListTheSame(t *testing.T) {
	t.Parallel()
	backend := clitest.Service(t, domaintasktest.Tasks(500, 4)...)
	for _, output := range []string{"table", "json", "csv"} {
		for _, lang := range []string{"", "en", "zh"} {
			args := []string{"-status", "all", "-output", output, "-lang", lang, "-page-size", "150"}
			inJSON := start(t.Context(), backend.URL, append(args, "-format", "json")...)
			inXML := start(t.Context(), backend.URL, append(args, "-format", "xml")...)
			require.Greater(t, len(clitest.Lines(inJSON.Stdout)), 499)
			require.True(t, inJSON.Stdout == inXML.Stdout, "%s %s", output, lang)
		}
	}
}
