package main

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/stretchr/testify/require"
)

// TestBinary is the program as it is started from a shell: what run cannot
// show is exit codes, signals and pipes.
func TestBinary(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds a program")
	}
	binary := filepath.Join(t.TempDir(), "failedtasks.exe")
	build, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, string(build))

	// command starts from an empty environment: the keys of whoever runs the
	// tests are not for them.
	command := func(env []string, args ...string) (cmd *exec.Cmd, stdout, stderr *bytes.Buffer) {
		stdout, stderr = new(bytes.Buffer), new(bytes.Buffer)
		cmd = exec.CommandContext(t.Context(), binary, args...)
		cmd.Env = append([]string{"SYSTEMROOT=" + os.Getenv("SYSTEMROOT")}, env...)
		cmd.Stdout, cmd.Stderr = stdout, stderr
		return cmd, stdout, stderr
	}
	key := []string{
		"ALIBABA_CLOUD_ACCESS_KEY_ID=" + domaintasktest.DefaultAccessKeyID,
		"ALIBABA_CLOUD_ACCESS_KEY_SECRET=" + domaintasktest.DefaultAccessKeySecret,
	}

	t.Run("success", func(t *testing.T) {
		cmd, stdout, stderr := command(nil, "-emulator", "-output", "json", "-limit", "5")
		require.NoError(t, cmd.Run(), stderr)
		require.Len(t, lines(stdout.String()), 5)
		require.Contains(t, stderr.String(), "listed 5 of ")
	})
	t.Run("no key", func(t *testing.T) {
		cmd, stdout, stderr := command(nil)
		cmd.Run()
		require.Equal(t, exitUsage, cmd.ProcessState.ExitCode())
		require.Empty(t, stdout.String())
		require.Len(t, lines(stderr.String()), 1)
		require.Contains(t, stderr.String(), "ALIBABA_CLOUD_ACCESS_KEY_ID")
		require.Contains(t, stderr.String(), "ALIBABA_CLOUD_ACCESS_KEY_SECRET")
	})
	t.Run("the key of the environment", func(t *testing.T) {
		cmd, stdout, stderr := command(key, "-endpoint", service(t, failures(2)...).URL)
		require.NoError(t, cmd.Run(), stderr)
		require.Len(t, lines(stdout.String()), 3)
	})
	t.Run("a reader that leaves", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("broken pipes have other errors there")
		}
		r, w, err := os.Pipe()
		require.NoError(t, err)
		defer w.Close()
		require.NoError(t, r.Close())
		cmd, _, stderr := command(nil, "-emulator")
		cmd.Stdout = w
		require.NoError(t, cmd.Run())
		require.Len(t, lines(stderr.String()), 1)
	})
	t.Run("interrupt", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("a process cannot be sent an interrupt there")
		}
		backend := service(t, failures(4)...)
		pageTwo := make(chan struct{})
		url := front(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("PageNum") == "2" {
				io.Copy(io.Discard, r.Body)
				close(pageTwo)
				<-r.Context().Done()
				return
			}
			backend.ServeHTTP(w, r)
		})
		cmd, stdout, stderr := command(key, "-endpoint", url, "-page-size", "3", "-output", "csv")
		require.NoError(t, cmd.Start())
		<-pageTwo
		require.NoError(t, cmd.Process.Signal(os.Interrupt))
		cmd.Wait()
		require.Equal(t, exitError, cmd.ProcessState.ExitCode(), "signal or crash: %s", stderr)
		require.Len(t, lines(stdout.String()), 1+3)
		require.Contains(t, stderr.String(), "interrupted")
		require.Contains(t, stderr.String(), "listed 3 of 4 failed tasks")
	})
}
