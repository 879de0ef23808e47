package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// usage fits a screen of 24 lines, which is why it is not left to package flag.
const usage = `Usage: drain [flags]
Appends finished domain tasks to a file, a JSON object a line, and acknowledges
those that are written: the service never lists them again. The access key is
read from ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.
  -emulator         use an in-memory service instead; needs no key
  -out FILE         the file to append to; default: stdout
  -refuse TYPE      leave tasks of this type alone; may be given again
  -status STATUS    all (default), failed or succeeded
  -domain NAME      only tasks of this domain name
  -task NO          only details of this task
  -instance ID      only tasks of this instance
  -concurrency N    tasks handled at once; default 16
  -batch N          tasks acknowledged in one call, 1 to 100 (default)
  -endpoint HOST    default domain.aliyuncs.com
  -timeout DURATION of one attempt, such as 30s; 0 = 10s (default)
A file is synced before a task counts as written; what the reader of a pipe
leaves unread is lost. After a crash some tasks may be written a second time.
Exit codes:
  0  every task was written and acknowledged
  1  an error, a refused task or Ctrl-C; what is not acknowledged comes again
  2  wrong flags, no access key or no stdout; nothing was sent
`

// timeout is less than the library's: it bounds how long stopping takes, and
// what supervises programs commonly kills them 30 seconds after SIGTERM.
const timeout = 10 * time.Second

// options are the flags, checked.
type options struct {
	cli.Query
	out         string   // "" = stdout
	refuse      []string // in capitals
	concurrency int
	batch       int
}

// drain is what of the options Drain has options for.
func (o options) drain() []domaintask.Option {
	return []domaintask.Option{domaintask.WithConcurrency(o.concurrency), domaintask.WithBatchSize(o.batch)}
}

// parseFlags reads args. Its errors are for the user, in one line; flag.ErrHelp
// is one of them.
func parseFlags(args []string) (options, error) {
	var opts options
	if err := opts.Parse(flagSet(&opts), args); err != nil {
		return options{}, err
	}
	opts.Timeout = cmp.Or(opts.Timeout, timeout)
	switch {
	case opts.concurrency < 1:
		return options{}, errors.New("-concurrency must be 1 or more")
	case opts.batch < 1 || opts.batch > domaintask.MaxAcknowledge:
		return options{}, fmt.Errorf("-batch must be 1 to %d", domaintask.MaxAcknowledge)
	}
	return opts, nil
}

func flagSet(opts *options) *flag.FlagSet {
	fs := opts.Flags("drain")
	fs.Func("out", "", cli.Text(&opts.out))
	fs.Func("refuse", "", func(text string) error {
		taskType := strings.ToUpper(text)
		if taskType == "" || strings.Trim(taskType, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") != "" {
			return errors.New("must be one task type, such as " + domaintask.TaskTypeOrderRenew)
		}
		opts.refuse = append(opts.refuse, taskType)
		return nil
	})
	opts.concurrency, opts.batch = 16, domaintask.MaxAcknowledge
	fs.Func("concurrency", "", cli.Number(&opts.concurrency))
	fs.Func("batch", "", cli.Number(&opts.batch))
	return fs
}
