package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/domaintask/domaintask"
)

// report tells how the listing ended and returns the exit code.
func report(ctx context.Context, status *statusLine, opts options, done summary, err error) int {
	code := exitOK
	var output *outputError
	switch {
	case err == nil:
	case errors.As(err, &output) && (errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)):
		return exitOK // as head leaves it: the reader has what it wanted
	case errors.As(err, &output):
		return reportError(status, err) // how much arrived is not known
	case ctx.Err() != nil:
		status.say("interrupted") // the error would only say so, too
		code = exitError
	default:
		code = reportError(status, err)
	}

	if err == nil || done.pages > 0 {
		status.say("listed " + done.count() + ", " + plural(done.pages, "page") + ", " + done.took.Round(time.Millisecond).String() + resume(opts, err))
	}
	return code
}

// reportError tells in one line what err means for the user and returns the
// exit code.
func reportError(status *statusLine, err error) int {
	status.say(strings.TrimPrefix(err.Error(), "domaintask: ") + hint(err))

	var (
		param   *domaintask.ParamError
		missing *noCredentialsError
	)
	if errors.As(err, &param) || errors.As(err, &missing) {
		return exitUsage // both mean that nothing was sent
	}
	return exitError
}

// noCredentialsError is a provider that has nothing to sign with. Its error
// names the variables to set.
type noCredentialsError struct{ err error }

func (e *noCredentialsError) Error() string {
	return "no access key: " + e.err.Error() + " (or try -emulator)"
}

func (e *noCredentialsError) Unwrap() error { return e.err }

// hint is what to do about an error that does not say so itself.
func hint(err error) string {
	switch {
	case errors.Is(err, domaintask.ErrForbidden):
		return "; the RAM policy must allow domain:QueryDomainTask"
	case errors.Is(err, domaintask.ErrThrottled):
		return "; wait before trying again"
	}
	return ""
}

// resume says how to list the rest after an error. Page numbers mean
// something only together with the size of the pages.
func resume(opts options, err error) string {
	var walk *domaintask.WalkError
	if !errors.As(err, &walk) {
		return ""
	}
	return fmt.Sprintf("; to go on: -page %d -page-size %d", walk.PageNum, opts.request.PageSize)
}

// count tells the total only where it says more: it shrinks while others
// confirm tasks.
func (s summary) count() string {
	if s.total > s.tasks {
		return decimal(s.tasks) + " of " + plural(s.total, s.noun)
	}
	return plural(s.tasks, s.noun)
}

func plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return decimal(n) + " " + noun
}

func decimal(n int) string { return strconv.Itoa(n) }
