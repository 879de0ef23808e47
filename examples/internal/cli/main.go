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

// The exit codes, which the usage texts document.
const (
	ExitOK    = 0
	ExitError = 1
	ExitUsage = 2 // nothing was sent
)

// Run is a program without its process, for tests to call. It returns the
// exit code.
type Run func(ctx context.Context, args []string, credentials domaintask.CredentialsProvider, stdout, stderr io.Writer) int

// Main runs run in this process. The context ends on Ctrl-C or SIGTERM.
func Main(run Run) {
	// If the reader of a pipe closes it (| head), the write should fail like any
	// other, and not end the program in the middle of a line.
	signal.Ignore(syscall.SIGPIPE)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	stopLater(ctx, stop)

	os.Exit(run(ctx, os.Args[1:], domaintask.EnvCredentials(), os.Stdout, os.Stderr))
}

// stopLater lets a second Ctrl-C end the program immediately, but only a second
// after the first one: timeout(1) signals its child and then its process group,
// which includes the child.
func stopLater(ctx context.Context, stop func()) {
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, stop) })
}
