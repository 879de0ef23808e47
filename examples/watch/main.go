// Command watch is a service: it prints every domain task as it finishes, and
// acknowledges the printed tasks, until it is stopped.
//
//	go run ./examples/watch -emulator
//
// calls an in-memory service where tasks keep finishing. Without -emulator it calls
// the real one, with the access key in the environment. Read in this order: main,
// run, watch.
package main

import (
	"context"
	"io"
	"log/slog"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

func main() { cli.Main(run) }

// run is the program without its process. It returns the exit code.
func run(ctx context.Context, args []string, credentials domaintask.CredentialsProvider, stdout, stderr io.Writer) int {
	fail := func(err error) int {
		cli.Say(stderr, "watch", cli.Explain(err))
		return cli.ExitCode(err)
	}
	opts, err := parseFlags(args)
	if err != nil {
		return cli.Usage("watch", usage, err, stdout, stderr)
	}

	if err := cli.CheckStdout(stdout); err != nil {
		cli.Say(stderr, "watch", err.Error())
		return cli.ExitUsage
	}

	logger := slog.New(slog.NewTextHandler(stderr, nil))
	config := domaintask.Config{
		Credentials: credentials,
		Endpoint:    opts.Endpoint,
		Timeout:     opts.Timeout,
		UserAgent:   "watch",
		Logger:      logger,
	}
	if opts.Emulator {
		service := cli.StartEmulator(ctx)
		defer service.Close()
		cli.Say(stderr, "watch", cli.Emulate(&config, service))
	} else if err := cli.CheckCredentials(ctx, credentials); err != nil {
		return fail(err)
	}
	client, err := domaintask.NewClient(config)
	if err != nil {
		return fail(err)
	}
	if err := watch(ctx, client, opts, stdout, logger); err != nil {
		return fail(err)
	}
	return cli.ExitOK
}
