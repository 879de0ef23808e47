// Command service follows domain tasks for as long as it runs: it hands each
// one to a function, acknowledges it, and tells over HTTP how it is doing.
//
//	go run ./examples/service -emulator
//	curl http://127.0.0.1:8080/healthz
//	curl http://127.0.0.1:8080/debug/vars
//
// asks an in-memory service where tasks go on finishing; without -emulator it
// asks the real one, with the access key in the environment.
//
// Run one of it: two would be given the same tasks. To make it yours, replace
// handle. The way to read: main.go, service.go (the parts and how they stop),
// worker.go, handle.go, then health.go and metrics.go, which watch the worker,
// and http.go.
package main

import (
	"context"
	"io"
	"net"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

func main() { cli.Main(run) }

// run is the program without its process; it returns the exit code.
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
	// Without its port nothing would tell how the service is doing: it should
	// not begin to work then.
	listener, err := net.Listen("tcp", opts.listen)
	if err != nil {
		return fail(err)
	}
	if err := service.run(ctx, listener); err != nil {
		return fail(err)
	}
	return cli.ExitOK
}
