package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// usage fits a screen of 24 lines, which is why it is not left to package flag.
const usage = `Usage: failedtasks [flags]
Lists domain tasks that failed and are not confirmed yet. The access key is read
from ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.
  -emulator         ask an in-memory service instead; needs no key
  -status STATUS    failed (default), succeeded or all
  -domain NAME      only tasks of this domain name
  -task NO          only details of this task
  -instance ID      only tasks of this instance
  -lang LANG        of the messages, en or zh; default: the service's
  -limit N          stop after N tasks; 0 = list all (default)
  -output FORM      table (default), json (an object a line) or csv (cells that
                    a spreadsheet would take for a formula begin with ')
  -page N           the page to begin with, to go on after an error; default 1
  -page-size N      tasks asked for at once, 1 to 1000; default: largest
  -format FORMAT    what the service is to answer in: json (default) or xml
  -endpoint HOST    default domain.aliyuncs.com
  -timeout DURATION of one attempt, such as 10s; 0 = 30s (default)
Tasks go to stdout, all else to stderr. Exit codes:
  0  everything asked for is listed, or the reader of stdout wanted no more
  1  an error or Ctrl-C; what was read before it is listed
  2  wrong flags or no access key; nothing was sent
`

// options are the flags, checked.
type options struct {
	request  domaintask.PollTaskResultRequest
	format   domaintask.Format
	timeout  time.Duration
	endpoint string
	emulator bool
	output   newRowWriter
	limit    int // math.MaxInt = none
}

// noun is what the options list, in the singular.
func (o options) noun() string {
	switch o.request.TaskResultStatus {
	case domaintask.StatusCodeFailure:
		return "failed task"
	case domaintask.StatusCodeSuccess:
		return "succeeded task"
	}
	return "finished task"
}

// parseFlags reads args. Its errors are for the user, in one line; flag.ErrHelp
// is one of them.
func parseFlags(args []string) (options, error) {
	opts := options{
		request: domaintask.PollTaskResultRequest{TaskResultStatus: domaintask.StatusCodeFailure},
		output:  newTable,
	}
	fs := flagSet(&opts)
	if err := fs.Parse(args); err != nil {
		return options{}, err
	}
	switch {
	case fs.NArg() > 0:
		return options{}, fmt.Errorf("what is %q? everything is a flag", fs.Arg(0))
	case opts.emulator && opts.endpoint != "":
		return options{}, errors.New("-emulator and -endpoint exclude each other")
	case opts.request.PageSize < 0 || opts.request.PageSize > domaintask.MaxPageSize:
		return options{}, fmt.Errorf("-page-size must be 0 to %d", domaintask.MaxPageSize)
	case opts.request.PageNum < 1:
		return options{}, errors.New("-page must be 1 or more")
	case opts.limit < 0:
		return options{}, errors.New("-limit must not be negative")
	case opts.timeout < 0:
		return options{}, errors.New("-timeout must not be negative")
	}
	if opts.limit == 0 {
		opts.limit = math.MaxInt
	}
	if opts.request.PageSize == 0 {
		// One large page costs the service less than many small ones, but what
		// is larger than the limit would be read in vain.
		opts.request.PageSize = min(opts.limit, domaintask.MaxPageSize)
	}
	return opts, nil
}

func flagSet(opts *options) *flag.FlagSet {
	fs := flag.NewFlagSet("failedtasks", flag.ContinueOnError)
	fs.SetOutput(io.Discard) // run prints errors, and usage only when asked
	req := &opts.request

	fs.BoolVar(&opts.emulator, "emulator", false, "")
	fs.Func("status", "", oneOf(&req.TaskResultStatus,
		choice[domaintask.TaskStatusCode]{"failed", domaintask.StatusCodeFailure},
		choice[domaintask.TaskStatusCode]{"succeeded", domaintask.StatusCodeSuccess},
		choice[domaintask.TaskStatusCode]{"all", 0}))
	fs.StringVar(&req.DomainName, "domain", "", "")
	fs.StringVar(&req.TaskNo, "task", "", "")
	fs.StringVar(&req.InstanceID, "instance", "", "")
	fs.Func("lang", "", oneOf(&req.Lang,
		choice[domaintask.Lang]{"en", domaintask.LangEnglish},
		choice[domaintask.Lang]{"zh", domaintask.LangChinese},
		choice[domaintask.Lang]{"", ""}))
	fs.IntVar(&opts.limit, "limit", 0, "")
	fs.Func("output", "", oneOf(&opts.output,
		choice[newRowWriter]{"table", newTable},
		choice[newRowWriter]{"json", newJSONLines},
		choice[newRowWriter]{"csv", newCSV}))
	fs.IntVar(&req.PageNum, "page", 1, "")
	fs.IntVar(&req.PageSize, "page-size", 0, "")
	fs.Func("format", "", oneOf(&opts.format,
		choice[domaintask.Format]{"json", domaintask.FormatJSON},
		choice[domaintask.Format]{"xml", domaintask.FormatXML}))
	fs.StringVar(&opts.endpoint, "endpoint", "", "")
	fs.DurationVar(&opts.timeout, "timeout", 0, "")
	return fs
}

// choice is one value that a flag may have, by its name.
type choice[T any] struct {
	name  string
	value T
}

// oneOf is the parser of a flag that takes one of a few values.
func oneOf[T any](target *T, choices ...choice[T]) func(string) error {
	return func(text string) error {
		names := make([]string, len(choices))
		for i, c := range choices {
			if c.name == text {
				*target = c.value
				return nil
			}
			names[i] = fmt.Sprintf("%q", c.name)
		}
		return errors.New("must be one of " + strings.Join(names, ", "))
	}
}
