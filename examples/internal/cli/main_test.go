package cli

import (
	"context"
	"io"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// TestMain is also a program that Main runs, for TestSignalsInQuickSuccession.
func TestMain(m *testing.M) {
	if os.Getenv("CLI_TEST_SIGNALS") != "" {
		Main(signaled)
	}
	os.Exit(m.Run())
}

// signaled sends itself signals, and continues to send them after the first has
// ended the context. A signal that is not caught ends it with another code.
func signaled(ctx context.Context, _ []string, _ domaintask.CredentialsProvider, _, _ io.Writer) int {
	self, _ := os.FindProcess(os.Getpid())
	self.Signal(syscall.SIGTERM)
	<-ctx.Done()
	for range 5000 {
		self.Signal(syscall.SIGTERM)
		runtime.Gosched()
	}
	return 42
}

// timeout(1) signals its child, and then the process group that the child is in:
// the second signal does not come from the user.
func TestSignalsInQuickSuccession(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("a process cannot be sent a signal there")
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "CLI_TEST_SIGNALS=1")
	cmd.Run()
	require.Equal(t, 42, cmd.ProcessState.ExitCode(), cmd.ProcessState)
}

func TestASecondSignalEndsAtOnceAfterAWhile(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, interrupt := context.WithCancel(t.Context())
		begin := time.Now()
		stopped := make(chan time.Duration, 1)
		stopLater(ctx, func() { stopped <- time.Since(begin) })
		<-time.After(time.Hour)
		require.Empty(t, stopped)

		begin = time.Now()
		interrupt()
		require.Equal(t, time.Second, <-stopped)
	})
}
