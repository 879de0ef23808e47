package main

import (
	"errors"
	"flag"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// usage fits a screen of 24 lines, which is why it is not left to package flag.
const usage = `Usage: watch [flags]
Prints domain tasks as they finish, and acknowledges those that are printed:
the service never lists them again. The access key is read from
ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.
  -emulator         watch an in-memory service instead, where some tasks finish
                    every second; needs no key
  -interval D       between two looks at the list, such as 30s (default; with
                    -emulator 2s); up to eight times that while none finish
  -status STATUS    all (default), failed or succeeded
  -domain NAME      only tasks of this domain name
  -task NO          only details of this task
  -instance ID      only tasks of this instance
  -endpoint HOST    default domain.aliyuncs.com
  -timeout D        of one attempt, such as 10s; 0 = 30s (default)
It goes on after errors that may pass. Tasks go to stdout, a log to stderr.
Exit codes:
  0  told to stop, by Ctrl-C or SIGTERM; what was printed is acknowledged
  1  an error that does not pass, or tasks printed and not acknowledged
  2  wrong flags, no access key or no stdout; nothing was sent
`

// options are the flags, checked.
type options struct {
	cli.Query
	interval time.Duration
}

// parseFlags reads args. Its errors are for the user, in one line; flag.ErrHelp
// is one of them.
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
		return options{}, errors.New("-interval must be 1s or more: the service throttles who asks too often")
	}
	return opts, nil
}

func flagSet(opts *options) *flag.FlagSet {
	fs := opts.Flags("watch")
	fs.Func("interval", "", cli.Duration(&opts.interval))
	return fs
}
