// Command failedtasks lists the domain tasks that failed, page by page, and
// confirms none of them.
//
//	go run ./examples/failedtasks -emulator
//
// asks an in-memory service; without -emulator it asks the real one, with the
// access key in the environment. The way to follow: main, run, list.
package main

import (
	"context"
	"errors"
	"flag"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
)

// The exit codes; the usage text documents them.
const (
	exitOK    = 0
	exitError = 1 // also when interrupted: not everything is listed
	exitUsage = 2 // nothing was sent
)

func main() {
	// When the reader of a pipe has seen enough (| head), the write should
	// fail like any other, and not end the program halfway through a line.
	signal.Ignore(syscall.SIGPIPE)

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C ends at once

	os.Exit(run(ctx, os.Args[1:], domaintask.EnvCredentials(), os.Stdout, os.Stderr))
}

// run is the program without its process; it returns the exit code.
func run(ctx context.Context, args []string, credentials domaintask.CredentialsProvider, stdout, stderr io.Writer) int {
	status := newStatusLine(stdout, stderr)
	opts, err := parseFlags(args)
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, usage)
		return exitOK
	}
	if err != nil {
		status.say(err.Error() + "; -h lists the flags")
		return exitUsage
	}

	client, closeService, err := newClient(ctx, opts, credentials, status)
	if err != nil {
		return reportError(status, err)
	}
	defer closeService()

	done, err := list(ctx, client, opts, stdout, status)
	return report(ctx, status, opts, done, err)
}

// newClient returns a client of the service that opts name. closeService is
// for the in-memory one; a client needs no closing.
func newClient(ctx context.Context, opts options, credentials domaintask.CredentialsProvider, status *statusLine) (client *domaintask.Client, closeService func(), err error) {
	config := domaintask.Config{Credentials: credentials, Endpoint: opts.endpoint}
	closeService = func() {}
	if opts.emulator {
		server := domaintasktest.NewServer(domaintasktest.Tasks(emulatedTasks, 1)...)
		status.say("asking an in-memory service at " + server.URL + ": nothing here is real")
		config, closeService = server.Config(), server.Close
	} else if _, err := credentials.Credentials(ctx); err != nil {
		// The client would find out too, but only with its first request.
		return nil, nil, &noCredentialsError{err}
	}

	config.Format = opts.format
	config.Timeout = opts.timeout
	config.UserAgent = "failedtasks"
	config.Logger = slog.New(slog.NewTextHandler(status, nil)) // warns when pages contradict themselves
	client, err = domaintask.NewClient(config)
	if err != nil {
		closeService()
		return nil, nil, err
	}
	return client, closeService, nil
}

// emulatedTasks is how many tasks the in-memory service holds. One in eight
// failed: with the largest pages, the failed ones still take several.
const emulatedTasks = 20_000
