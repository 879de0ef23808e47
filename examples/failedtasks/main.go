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
	"io"
	"log/slog"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

func main() { cli.Main(run) }

// run is the program without its process; it returns the exit code.
func run(ctx context.Context, args []string, credentials domaintask.CredentialsProvider, stdout, stderr io.Writer) int {
	opts, err := parseFlags(args)
	if err != nil {
		return cli.Usage("failedtasks", usage, err, stdout, stderr)
	}

	status := newStatusLine(stdout, stderr)
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
	config := domaintask.Config{
		Credentials: credentials,
		Endpoint:    opts.Endpoint,
		Format:      opts.format,
		Timeout:     opts.Timeout,
		UserAgent:   "failedtasks",
		Logger:      slog.New(notices{say: status.say}), // of attempts that are repeated and pages that contradict themselves
	}
	closeService = func() {}
	if opts.Emulator {
		server := domaintasktest.NewServer(domaintasktest.Tasks(emulatedTasks, 1)...)
		status.say(cli.Emulate(&config, server))
		closeService = server.Close
	} else if err := cli.CheckCredentials(ctx, credentials); err != nil {
		return nil, nil, err
	}
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
