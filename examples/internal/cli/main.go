package cli

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/domaintask/domaintask"
)

// The exit codes; the usage texts document them.
const (
	ExitOK    = 0
	ExitError = 1
	ExitUsage = 2 // nothing was sent
)

// Run is a program without its process, for tests to call. It returns the
// exit code.
type Run func(ctx context.Context, args []string, credentials domaintask.CredentialsProvider, stdout, stderr io.Writer) int

// Main is the process around run. The context ends with Ctrl-C or SIGTERM.
func Main(run Run) {
	// When the reader of a pipe has seen enough (| head), the write should
	// fail like any other, and not end the program halfway through a line.
	signal.Ignore(syscall.SIGPIPE)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	stopLater(ctx, stop)

	os.Exit(run(ctx, os.Args[1:], domaintask.EnvCredentials(), os.Stdout, os.Stderr))
}

// stopLater lets signals end the program at once again, so that a second Ctrl-C
// does, but only a second after the first one: timeout(1) signals its child and
// then its process group, which is the child once more.
func stopLater(ctx context.Context, stop func()) {
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
}
