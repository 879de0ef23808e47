package main

import (
	"cmp"
	"errors"
	"flag"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// usage fits a screen of 24 lines, unlike the usage of package flag.
const usage = `Usage: service [flags]
Handles domain tasks as they finish, and acknowledges them: they are never
listed again. Over HTTP it serves /healthz and /debug/vars. The access key is
read from ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.
  -emulator         use an in-memory service instead, where some tasks
                    finish every second; needs no key
  -listen ADDRESS   to serve HTTP at; default 127.0.0.1:8080
  -interval D       time between polls, such as 30s (default; with -emulator
                    2s); up to eight times as long while nothing finishes
  -stale D          /healthz returns 503 this long after a success; default 10m
  -status STATUS    all (default), failed or succeeded
  -domain NAME      only tasks of this domain name
  -task NO          only details of this task
  -instance ID      only tasks of this instance
  -endpoint HOST    default domain.aliyuncs.com
  -timeout D        of one attempt; 0 = 10s (default)
It continues after errors. Its log, a line of JSON for each task, is on stderr.
Exit codes:
  0  stopped by Ctrl-C or SIGTERM; all handled tasks are acknowledged
  1  it could not listen, or some handled tasks are not acknowledged
  2  wrong flags or no access key; nothing was sent
`

// timeout is less than the library's: it bounds the time to stop, and service
// managers commonly kill services 30 seconds after SIGTERM.
const timeout = 10 * time.Second

// options are the checked flags.
type options struct {
	cli.Query
	listen   string
	interval time.Duration
	stale    time.Duration
}

// parseFlags parses args. Its errors are for the user, in one line. For -h it
// returns flag.ErrHelp.
func parseFlags(args []string) (options, error) {
	var opts options
	if err := opts.Parse(flagSet(&opts), args); err != nil {
		return options{}, err
	}
	opts.Timeout = cmp.Or(opts.Timeout, timeout)
	switch {
	case opts.interval == 0 && opts.Emulator:
		opts.interval = 2 * time.Second
	case opts.interval == 0:
		opts.interval = domaintask.DefaultInterval
	case opts.interval < 0, opts.interval < time.Second && !opts.Emulator:
		return options{}, errors.New("-interval must be at least 1s: the service throttles frequent calls")
	}
	if opts.stale <= opts.pause() {
		return options{}, errors.New("-stale must be more than nine times -interval: so long may pass between polls")
	}
	return opts, nil
}

// pause returns the longest time between two polls: eight intervals while nothing
// finishes, and a little more.
func (o options) pause() time.Duration { return 9 * o.interval }

func flagSet(opts *options) *flag.FlagSet {
	fs := opts.Flags("service")
	opts.listen = "127.0.0.1:8080"
	fs.Func("listen", "", cli.Text(&opts.listen))
	opts.stale = 10 * time.Minute
	fs.Func("interval", "", cli.Duration(&opts.interval))
	fs.Func("stale", "", cli.Duration(&opts.stale))
	return fs
}
