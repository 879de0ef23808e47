package main

import (
	"errors"
	"flag"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// usage fits a screen of 24 lines, unlike the usage of package flag.
const usage = `Usage: watch [flags]
Prints domain tasks as they finish, and acknowledges those that are printed:
the service never lists them again. The access key is read from
ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.
  -emulator         watch an in-memory service instead, where some tasks finish
                    every second; needs no key
  -interval D       time between polls, such as 30s (default; with
                    -emulator 2s); up to eight times that while none finish
  -status STATUS    all (default), failed or succeeded
  -domain NAME      only tasks of this domain name
  -task NO          only details of this task
  -instance ID      only tasks of this instance
  -endpoint HOST    default domain.aliyuncs.com
  -timeout D        of one attempt, such as 10s; 0 = 30s (default)
It continues after temporary errors. Tasks go to stdout, a log to stderr.
Exit codes:
  0  stopped by Ctrl-C or SIGTERM; all printed tasks are acknowledged
  1  a lasting error, or some printed tasks are not acknowledged
  2  wrong flags, no access key or no stdout; nothing was sent
`

// options are the checked flags.
type options struct {
	cli.Query
	interval time.Duration
}

// parseFlags parses args. Its errors are for the user, in one line. For -h it
// returns flag.ErrHelp.
func parseFlags(args []string) (options, error) {
	var opts options
	if err := opts.Parse(flagSet(&opts), args); err != nil {
		return options{}, err
	}
	switch {
	case opts.interval == 0 && opts.Emulator:
		opts.interval = 2 * time.Second
	case opts.interval == 0:
		opts.interval = domaintask.DefaultInterval
	case opts.interval < 0, opts.interval < time.Second && !opts.Emulator:
		return options{}, errors.New("-interval must be at least 1s: the service throttles frequent calls")
	}
	return opts, nil
}

func flagSet(opts *options) *flag.FlagSet {
	fs := opts.Flags("watch")
	fs.Func("interval", "", cli.Duration(&opts.interval))
	return fs
}
