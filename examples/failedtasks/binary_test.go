package main

import (
	"io"
	"net/http"
	"os"
	"runtime"
	"testing"

	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// TestBinary runs the program as a shell starts it, for exit codes, signals and
// pipes, which run does not have.
func TestBinary(t *testing.T) {
	t.Parallel()
	binary := clitest.Build(t)

	t.Run("success", func(t *testing.T) {
		cmd, stdout, stderr := binary.Command(t, nil, "-emulator", "-output", "json", "-limit", "5")
		require.NoError(t, cmd.Run(), stderr)
		require.Len(t, clitest.Lines(stdout.String()), 5)
		require.Contains(t, stderr.String(), "listed 5 of ")
	})
	t.Run("no key", func(t *testing.T) {
		binary.RequireKeyNeeded(t)
	})
	t.Run("the key of the environment", func(t *testing.T) {
		cmd, stdout, stderr := binary.Command(t, clitest.KeyEnv(), "-endpoint", clitest.Service(t, failures(2)...).URL)
		require.NoError(t, cmd.Run(), stderr)
		require.Len(t, clitest.Lines(stdout.String()), 3)
	})
	t.Run("a reader that leaves", func(t *testing.T) {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		defer w.Close()
		require.NoError(t, r.Close())
		cmd, _, stderr := binary.Command(t, nil, "-emulator")
		cmd.Stdout = w
		require.NoError(t, cmd.Run())
		require.Len(t, clitest.Lines(stderr.String()), 1)
	})
	t.Run("interrupt", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("a process cannot be sent an interrupt there")
		}
		backend := clitest.Service(t, failures(4)...)
		pageTwo := make(chan struct{})
		url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("PageNum") == "2" {
				io.Copy(io.Discard, r.Body)
				close(pageTwo)
				<-r.Context().Done()
				return
			}
			backend.ServeHTTP(w, r)
		})
		cmd, stdout, stderr := binary.Command(t, clitest.KeyEnv(), "-endpoint", url, "-page-size", "3", "-output", "csv")
		require.NoError(t, cmd.Start())
		<-pageTwo
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		cmd.Wait()
		require.Equal(t, cli.ExitError, cmd.ProcessState.ExitCode(), "signal or crash: %s", stderr)
		require.Len(t, clitest.Lines(stdout.String()), 1+3)
		require.Contains(t, stderr.String(), "interrupted")
		require.Contains(t, stderr.String(), "listed 3 of 4 failed tasks")
	})
}
