// Command failedtasks lists failed domain tasks, page by page, and acknowledges
// none.
//
//	go run ./examples/failedtasks -emulator
//
// calls an in-memory service. Without -emulator it calls the real one, with the
// access key in the environment. Read in this order: main, run, list.
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

// run is the program without its process. It returns the exit code.
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

// newClient returns a client of the service that opts name. closeService closes the
// in-memory one. A client needs no closing.
func newClient(ctx context.Context, opts options, credentials domaintask.CredentialsProvider, status *statusLine) (client *domaintask.Client, closeService func(), err error) {
	config := domaintask.Config{
		Credentials: credentials,
		Endpoint:    opts.Endpoint,
		Format:      opts.format,
		Timeout:     opts.Timeout,
		UserAgent:   "failedtasks",
		Logger:      slog.New(notices{say: status.say}), // for retried attempts and inconsistent pages
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

// emulatedTasks is the number of tasks in the in-memory service. One in eight
// failed, so the failed ones take several of the largest pages.
const emulatedTasks = 20_000
