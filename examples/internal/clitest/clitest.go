// Package clitest tests the example programs: in process by their run function, and
// as binaries.
package clitest

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// Outcome is the visible result of one run.
type Outcome struct {
	Code           int
	Stdout, Stderr string
}

// Start runs a program against the service at the given address, or with its
// default endpoint if that is empty.
func Start(ctx context.Context, run cli.Run, service string, args ...string) Outcome {
	if service != "" {
		args = append([]string{"-endpoint", service}, args...)
	}
	var stdout, stderr bytes.Buffer
	code := run(ctx, args, Key(), &stdout, &stderr)
	return Outcome{code, stdout.String(), stderr.String()}
}

// Key is the access key that a Service accepts.
func Key() domaintask.CredentialsProvider {
	return domaintask.StaticCredentials(domaintasktest.DefaultAccessKeyID, domaintasktest.DefaultAccessKeySecret, "")
}

// KeyEnv returns Key as environment variables.
func KeyEnv() []string {
	return []string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID=" + domaintasktest.DefaultAccessKeyID,
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + domaintasktest.DefaultAccessKeySecret,
	}
}

// Service serves the given tasks over plain HTTP, which the client permits on
// loopback.
func Service(t *testing.T, tasks ...domaintask.TaskDetail) *domaintasktest.Server {
	t.Helper()
	server := domaintasktest.NewServerWith(domaintasktest.Options{PlainHTTP: true}, tasks...)
	t.Cleanup(server.Close)
	return server
}

// Front serves all requests by handler, which may forward them.
func Front(t *testing.T, handler http.HandlerFunc) (url string) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// Lines splits the output of a program.
func Lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

// Buffer holds the output of a program, and can be read while it runs.
type Buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write appends p.
func (b *Buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

// String returns everything that was written.
func (b *Buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}
