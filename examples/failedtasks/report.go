package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// report prints how the listing ended and returns the exit code.
func report(ctx context.Context, status *statusLine, opts options, done listing, err error) int {
	code := cli.ExitOK
	var output *outputError
	switch {
	case err == nil:
	case errors.As(err, &output) && cli.ReaderLeft(err):
		return cli.ExitOK
	case errors.As(err, &output):
		return reportError(status, err) // the number of written tasks is unknown
	case ctx.Err() != nil:
		status.say("interrupted") // the error would say the same
		code = cli.ExitError
	default:
		code = reportError(status, err)
	}

	if err == nil || done.pages > 0 {
		status.say(done.result(opts) + ", " + cli.Plural(done.pages, "page") + ", " + done.took.Round(time.Millisecond).String() + resume(opts, err))
	}
	return code
}

// reportError prints in one line what err means for the user and returns the exit
// code.
func reportError(status *statusLine, err error) int {
	status.say(cli.Explain(err))
	return cli.ExitCode(err)
}

// resume returns how to list the rest after an error. Page numbers are only
// meaningful with the page size.
func resume(opts options, err error) string {
	var walk *domaintask.WalkError
	if !errors.As(err, &walk) {
		return ""
	}
	return fmt.Sprintf("; to resume: -page %d -page-size %d", walk.PageNum, opts.Request.PageSize)
}

// result returns what was listed, counted or omitted.
func (l listing) result(opts options) string {
	text := "listed " + l.count()
	if opts.summary {
		text = "counted " + l.count() + " in " + cli.Plural(l.groups, "group")
	}
	if l.outside > 0 {
		text += ", omitted " + strconv.Itoa(l.outside) + " updated at other times"
	}
	if l.undated > 0 && opts.updated.bounded() {
		text += ", kept " + strconv.Itoa(l.undated) + " without a time"
	}
	return text
}

// count includes the total only if it is larger: it shrinks while others
// acknowledge tasks.
func (l listing) count() string {
	if l.total > l.tasks {
		return strconv.Itoa(l.tasks) + " of " + cli.Plural(l.total, l.noun)
	}
	return cli.Plural(l.tasks, l.noun)
}
