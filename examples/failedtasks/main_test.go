package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// outcomeOf is what a user sees of one run.
type outcomeOf struct {
	code           int
	stdout, stderr string
}

func key() domaintask.CredentialsProvider {
	return domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret, "")
}

// start runs the program against service, or with its default endpoint where
// that is "".
func start(ctx context.Context, service string, args ...string) outcomeOf {
	if service != "" {
		args = append([]string{"-endpoint", service}, args...)
	}
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, key(), &stdout, &stderr)
	return outcomeOf{code, stdout.String(), stderr.String()}
}

// service serves the given tasks over plain HTTP, which the client permits on
// loopback.
func service(t *testing.T, tasks ...domaintask.TaskDetail) *domaintasktest.Server {
	t.Helper()
	server := domaintasktest.NewServerWith(domaintasktest.Options{PlainHTTP: true}, tasks...)
	t.Cleanup(server.Close)
	return server
}

// front serves whatever is asked for through handler, which may pass it on.
func front(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// failures returns n failed tasks.
func failures(n int) []domaintask.TaskDetail {
	tasks := domaintasktest.Tasks(n, 7)
	for i := range tasks {
		tasks[i].TaskStatus, tasks[i].TaskStatusCode = domaintask.StatusFailure, domaintask.StatusCodeFailure
	}
	return tasks
}

func lines(s string) []string { return strings.Split(strings.TrimSuffix(s, "\n"), "\n") }

func TestWithoutCredentialsNothingIsSent(t *testing.T) {
	t.Parallel()
	server := service(t)
	asked := 0
	missing := domaintask.CredentialsFunc(func(context.Context) (domaintask.Credentials, error) {
		asked++
		return domaintask.Credentials{}, errors.New("not set: NAME")
	})

	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-endpoint", server.URL}, missing, &stdout, &stderr)

	require.Equal(t, exitUsage, code)
	require.Equal(t, 1, asked)
	require.Empty(t, server.Requests())
	require.Empty(t, stdout.String())
	require.Len(t, lines(stderr.String()), 1)
	require.Contains(t, stderr.String(), "not set: NAME")
}

func TestEmulator(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), []string{"-emulator", "-output", "json"}, nil, &stdout, &stderr)
	require.Equal(t, exitOK, code, stderr.String())

	types := make(map[string]bool)
	for _, line := range lines(stdout.String()) {
		var task domaintask.TaskDetail
		require.NoError(t, json.Unmarshal([]byte(line), &task))
		require.True(t, task.Failed())
		types[task.TaskType] = true
	}
	require.Greater(t, len(types), 5)

	notes := lines(stderr.String())
	require.Len(t, notes, 2)
	require.Contains(t, notes[0], "in-memory service at https://127.0.0.1:")
	require.Contains(t, notes[1], "listed")
}

func TestStatusChoosesTasks(t *testing.T) {
	t.Parallel()
	tasks := domaintasktest.Tasks(200, 3)
	backend := service(t, tasks...)
	for status, unwanted := range map[string]func(domaintask.TaskDetail) bool{
		"failed":    domaintask.TaskDetail.Succeeded,
		"succeeded": domaintask.TaskDetail.Failed,
		"all":       func(domaintask.TaskDetail) bool { return false },
	} {
		got := start(t.Context(), backend.URL, "-status", status, "-output", "json", "-page-size", "30")
		require.Equal(t, exitOK, got.code, got.stderr)
		var listed []domaintask.TaskDetail
		for _, line := range lines(got.stdout) {
			var task domaintask.TaskDetail
			require.NoError(t, json.Unmarshal([]byte(line), &task))
			listed = append(listed, task)
		}
		require.Equal(t, slices.DeleteFunc(slices.Clone(tasks), unwanted), listed)
	}
}

func TestFormatsListTheSame(t *testing.T) {
	t.Parallel()
	backend := service(t, domaintasktest.Tasks(500, 4)...)
	for _, output := range []string{"table", "json", "csv"} {
		for _, lang := range []string{"", "en", "zh"} {
			args := []string{"-status", "all", "-output", output, "-lang", lang, "-page-size", "150"}
			inJSON := start(t.Context(), backend.URL, append(args, "-format", "json")...)
			inXML := start(t.Context(), backend.URL, append(args, "-format", "xml")...)
			require.Greater(t, len(lines(inJSON.stdout)), 499)
			require.True(t, inJSON.stdout == inXML.stdout, "%s %s", output, lang)
		}
	}
}
