// Command service handles domain tasks as they finish: it passes each one to a
// function, acknowledges it, and serves health and metrics over HTTP.
//
//	go run ./examples/service -emulator
//	curl http://127.0.0.1:8080/healthz
//	curl http://127.0.0.1:8080/debug/vars
//
// calls an in-memory service where tasks keep finishing. Without -emulator it calls
// the real one, with the access key in the environment.
//
// Run only one: two would handle the same tasks. To adapt it, replace handle. Read
// in this order: main.go, service.go (the parts and how they stop), worker.go,
// handle.go, then health.go and metrics.go, which observe the worker, and http.go.
package main

import (
	"context"
	"io"
	"net"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

func main() { cli.Main(run) }

// run is the program without its process. It returns the exit code.
func run(ctx context.Context, args []string, credentials domaintask.CredentialsProvider, stdout, stderr io.Writer) int {
	opts, err := parseFlags(args)
	if err != nil {
		return cli.Usage("service", usage, err, stdout, stderr)
	}
	logger := newLogger(stderr)
	fail := func(err error) int {
		logger.Error(cli.Explain(err))
		return cli.ExitCode(err)
	}

	config := domaintask.Config{
		Credentials: credentials,
		Endpoint:    opts.Endpoint,
		Timeout:     opts.Timeout,
		UserAgent:   "service",
	}
	if opts.Emulator {
		emulator := cli.StartEmulator(ctx)
		defer emulator.Close()
		logger.Info(cli.Emulate(&config, emulator))
	} else if err := cli.CheckCredentials(ctx, credentials); err != nil {
		return fail(err)
	}
	service, err := newService(config, opts, logger)
	if err != nil {
		return fail(err)
	}
	// Without its port the service could not report its health, so it must not
	// begin to work.
	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		return fail(err)
	}
	if err := service.run(ctx, listener); err != nil {
		return fail(err)
	}
	return cli.ExitOK
}
