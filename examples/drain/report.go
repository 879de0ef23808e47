package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// report tells what Drain did and returns the exit code. cause is what ended
// it early; nil is nothing.
func report(say func(string), done domaintask.DrainResult, took time.Duration, err, cause error) int {
	if done.Rounds == 0 { // the request was refused before it was sent
		say(cli.Explain(err))
		return cli.ExitUsage
	}

	errs := each(err)
	var unwritten *writeError
	switch {
	case errors.As(cause, &unwritten):
		say(unwritten.Error())
		errs = nil // whatever else failed did so for that
	case cause != nil && !done.Complete:
		say("interrupted")
		errs = errs[1:] // what ended Drain would only say so, too
	}
	for _, err := range errs {
		say(cli.Explain(err))
	}

	text := fmt.Sprintf("handled %s, acknowledged %d", cli.Plural(done.Handled, "task"), done.Acknowledged)
	if left := done.Handled - done.Acknowledged; left > 0 {
		text += fmt.Sprintf(", the other %d will come again", left)
	}
	if done.Refused > 0 {
		text += fmt.Sprintf(", refused %d, which stay listed", done.Refused)
	}
	say(fmt.Sprintf("%s; %s, %s", text, cli.Plural(done.Rounds, "round"), took.Round(time.Millisecond)))
	if err != nil {
		return cli.ExitError
	}
	return cli.ExitOK
}

// each takes apart the error of Drain, which joins what it met on its way.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}
