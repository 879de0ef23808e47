// Command drain is a worker: it appends finished domain tasks to a file, and
// acknowledges those that are safely there.
//
//	go run ./examples/drain -emulator -out tasks.jsonl
//
// asks an in-memory service; without -emulator it asks the real one, with the
// access key in the environment. The way to follow: main, run, handler.
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

func main() { cli.Main(run) }

// run is the program without its process; it returns the exit code.
func run(ctx context.Context, args []string, credentials domaintask.CredentialsProvider, stdout, stderr io.Writer) int {
	say := func(text string) { cli.Say(stderr, "drain", text) }
	fail := func(err error) int {
		say(cli.Explain(err))
		return cli.ExitCode(err)
	}
	opts, err := parseFlags(args)
	if err != nil {
		return cli.Usage("drain", usage, err, stdout, stderr)
	}

	if opts.out == "" {
		if err := cli.CheckStdout(stdout); err != nil {
			say(err.Error())
			return cli.ExitUsage
		}
	}

	config := domaintask.Config{
		Credentials: credentials,
		Endpoint:    opts.Endpoint,
		Timeout:     opts.Timeout,
		UserAgent:   "drain",
		Logger:      slog.New(slog.NewTextHandler(stderr, nil)), // warns when pages contradict themselves
	}
	var service *domaintasktest.Server // nil = the real one
	if opts.Emulator {
		service = domaintasktest.NewServer(domaintasktest.Tasks(emulatedTasks, 1)...)
		defer service.Close()
		say(cli.Emulate(&config, service))
	} else if err := cli.CheckCredentials(ctx, credentials); err != nil {
		return fail(err)
	}
	client, err := domaintask.NewClient(config)
	if err != nil {
		return fail(err)
	}
	out, err := openJournal(opts.out, stdout)
	if err != nil {
		say(err.Error())
		return cli.ExitUsage
	}
	defer out.close()

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	start := time.Now()
	result, err := client.Drain(ctx, opts.Request, handler(opts.refuse, out, stop), opts.drain()...)
	code := report(say, result, time.Since(start), err, context.Cause(ctx))
	if service != nil {
		say("the in-memory service still lists " + cli.Plural(len(service.Tasks()), "task"))
	}
	return code
}

// handler returns what is done with a task. Drain acknowledges it once that
// has returned nil, so by then it must not be possible to lose the task any
// more; with an error it stays listed. Drain calls it from several goroutines.
func handler(refuse []string, out *journal, stop context.CancelCauseFunc) func(context.Context, domaintask.TaskDetail) error {
	return func(_ context.Context, task domaintask.TaskDetail) error {
		if slices.Contains(refuse, strings.ToUpper(task.TaskType)) {
			return errors.New(task.TaskType + " is refused")
		}
		err := out.append(task)
		if err != nil {
			stop(err) // the tasks to come would fare no better
		}
		return err
	}
}

// emulatedTasks is how many tasks the in-memory service holds.
const emulatedTasks = 3000
