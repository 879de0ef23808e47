package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// usage fits a screen of 24 lines, unlike the usage of package flag.
const usage = `Usage: failedtasks [flags]   (lists failed tasks, acknowledges none)
It needs ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.
  -emulator         use an in-memory service instead; needs no key
  -status STATUS    failed (default), succeeded or all
  -domain NAME      only tasks of this domain name
  -task NO          only details of this task
  -instance ID      only tasks of this instance
  -since TIME       updated in UTC+8 at 2026-01-31, "2026-01-31 15:04" or later
  -until TIME       the same or earlier; the day or minute named is included
  -limit N          stop after N tasks; 0 = list all (default)
  -summary          count the tasks by type, status and reason, or by -columns
  -columns LIST     such as DomainName,Reason; names as with -output json
  -output FORM      table (default), json (lines) or csv (' before formulas)
  -lang LANG        of the messages, en or zh; default: the service's
  -page N           first page, to resume after an error; default 1
  -page-size N      tasks per request, 0 to 1000; 0 = largest (default)
  -format FORMAT    response format: json (default) or xml
  -endpoint HOST    default domain.aliyuncs.com
  -timeout DURATION of one attempt, such as 10s; 0 = 30s (default)
Tasks go to stdout, messages to stderr; NO_COLOR is honored. Exit codes:
  0  all matching tasks are listed, or the reader of stdout closed it
  1  an error or Ctrl-C; tasks read before it are listed
  2  wrong flags or no access key; nothing was sent
`

// options are the checked flags.
type options struct {
	cli.Query
	format domaintask.Format
	output newRowWriter
	limit  int // 0 means no limit

	updated period   // the period of -since and -until
	summary bool     // print counts instead of tasks
	columns []column // nil means the usual ones
}

// maxItems returns the number of tasks to read. 0 means no limit: with a period,
// the number that must be read is unknown.
func (o options) maxItems() int {
	if o.updated.bounded() {
		return 0
	}
	return o.limit
}

// noun returns the kind of tasks that the options list, in the singular.
func (o options) noun() string {
	switch o.Request.TaskResultStatus {
	case domaintask.OnlyFailed:
		return "failed task"
	case domaintask.OnlySucceeded:
		return "succeeded task"
	}
	return "finished task"
}

// parseFlags parses args. Its errors are for the user, in one line. For -h it
// returns flag.ErrHelp.
func parseFlags(args []string) (options, error) {
	opts := options{output: newTable}
	opts.Request.TaskResultStatus = domaintask.OnlyFailed
	if err := opts.Parse(flagSet(&opts), args); err != nil {
		return options{}, err
	}
	switch {
	case opts.Request.PageSize < 0 || opts.Request.PageSize > domaintask.MaxPageSize:
		return options{}, fmt.Errorf("-page-size must be 0 to %d", domaintask.MaxPageSize)
	case opts.Request.PageNum < 1:
		return options{}, errors.New("-page must be 1 or more")
	case opts.limit < 0:
		return options{}, errors.New("-limit must not be negative")
	case !opts.updated.until.IsZero() && !opts.updated.since.Before(opts.updated.until):
		return options{}, errors.New("-since is later than -until")
	}
	if opts.Request.PageSize == 0 {
		// The library would choose the same, but after an error the page to resume
		// from is printed together with its size.
		opts.Request.PageSize = domaintask.MaxPageSize
		if most := opts.maxItems(); most > 0 && opts.Request.PageNum == 1 {
			opts.Request.PageSize = min(most, domaintask.MaxPageSize)
		}
	}
	return opts, nil
}

func flagSet(opts *options) *flag.FlagSet {
	fs := opts.Flags("failedtasks")
	req := &opts.Request

	fs.Func("lang", "", cli.OneOf(&req.Lang,
		cli.Choice[domaintask.Lang]{Name: "en", Value: domaintask.LangEnglish},
		cli.Choice[domaintask.Lang]{Name: "zh", Value: domaintask.LangChinese},
		cli.Choice[domaintask.Lang]{Name: "", Value: ""}))
	fs.Func("since", "", func(text string) (err error) {
		opts.updated.since, _, err = span(text)
		return err
	})
	fs.Func("until", "", func(text string) (err error) {
		_, opts.updated.until, err = span(text)
		return err
	})
	fs.Func("limit", "", cli.Number(&opts.limit))
	fs.BoolVar(&opts.summary, "summary", false, "")
	fs.Func("columns", "", func(text string) (err error) {
		opts.columns, err = pick(strings.Split(text, ","))
		return err
	})
	fs.Func("output", "", cli.OneOf(&opts.output,
		cli.Choice[newRowWriter]{Name: "table", Value: newTable},
		cli.Choice[newRowWriter]{Name: "json", Value: newJSONLines},
		cli.Choice[newRowWriter]{Name: "csv", Value: newCSV}))
	req.PageNum = 1
	fs.Func("page", "", cli.Number(&req.PageNum))
	fs.Func("page-size", "", cli.Number(&req.PageSize))
	fs.Func("format", "", cli.OneOf(&opts.format,
		cli.Choice[domaintask.Format]{Name: "json", Value: domaintask.FormatJSON},
		cli.Choice[domaintask.Format]{Name: "xml", Value: domaintask.FormatXML}))
	return fs
}
