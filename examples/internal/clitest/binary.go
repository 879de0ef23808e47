package clitest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/stretchr/testify/require"
)

// Binary is a program as a shell starts it, for exit codes, signals and pipes,
// which run does not have.
type Binary string

// Build builds the tested program, without version control: git fails in a checkout
// of another user.
func Build(t *testing.T) Binary {
	t.Helper()
	if testing.Short() {
		t.Skip("builds a program")
	}
	binary := filepath.Join(t.TempDir(), "program.exe")
	out, err := exec.Command("go", "build", "-buildvcs=false", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(out))
	return Binary(binary)
}

// Command uses an empty environment: tests must not use the developer's keys.
func (b Binary) Command(t *testing.T, env []string, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
	t.Helper()
	stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
	cmd = exec.CommandContext(t.Context(), string(b), args...)
	cmd.Env = append([]string{"SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}, env...)
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd, stdout, stderr
}

// RequireKeyNeeded checks that the program without a key in its environment
// says in one line which variables to set.
func (b Binary) RequireKeyNeeded(t *testing.T) {
	t.Helper()
	cmd, stdout, stderr := b.Command(t, nil)
	require.Error(t, cmd.Run())
	require.Equal(t, cli.ExitUsage, cmd.ProcessState.ExitCode())
	require.Empty(t, stdout.String())
	require.Len(t, Lines(stderr.String()), 1)
	require.Contains(t, stderr.String(), "ALIBABA_CLOUD_ACCESS_KEY_ID")
	require.Contains(t, stderr.String(), "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
}

// RequireStdoutNeeded checks that the program acknowledges nothing if its stdout is
// the null device, which is also the case if a shell has closed it.
func (b Binary) RequireStdoutNeeded(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return // see cli.CheckStdout
	}
	service := Service(t, domaintasktest.Tasks(3, 1)...)
	cmd, _, stderr := b.Command(t, KeyEnv(), "-endpoint", service.URL)
	cmd.Stdout = nil
	require.Error(t, cmd.Run())
	require.Equal(t, cli.ExitUsage, cmd.ProcessState.ExitCode())
	require.Empty(t, service.Requests())
	require.Len(t, Lines(stderr.String()), 1)
	require.Contains(t, stderr.String(), "stdout is closed")
}

// Terminate sends SIGTERM to the program, as service managers do.
func Terminate(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be sent a signal there")
	}
	require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
}
