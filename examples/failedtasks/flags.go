package main

import (
	"errors"
	"flag"
	"fmt"
	"strings"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// usage fits a screen of 24 lines, which is why it is not left to package flag.
const usage = `Usage: failedtasks [flags]   (lists domain tasks that failed, confirms none)
It needs ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET.
  -emulator         ask an in-memory service instead; needs no key
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
  -page N           the page to begin with, to go on after an error; default 1
  -page-size N      tasks asked for at once, 0 to 1000; 0 = largest (default)
  -format FORMAT    what the service is to answer in: json (default) or xml
  -endpoint HOST    default domain.aliyuncs.com
  -timeout DURATION of one attempt, such as 10s; 0 = 30s (default)
Tasks go to stdout, all else to stderr; NO_COLOR is obeyed. Exit codes:
  0  everything asked for is listed, or the reader of stdout wanted no more
  1  an error or Ctrl-C; what was read before it is listed
  2  wrong flags or no access key; nothing was sent
`

// options are the flags, checked.
type options struct {
	cli.Query
	format domaintask.Format
	output newRowWriter
	limit  int // 0 = none

	updated period   // when
	summary bool     // counts in place of tasks
	columns []column // nil = the usual ones
}

// maxItems is how many tasks to read; 0 = no limit. With a period it is not
// known how many have to be read to find those of it.
func (o options) maxItems() int {
	if o.updated.bounded() {
		return 0
	}
	return o.limit
}

// noun is what the options list, in the singular.
func (o options) noun() string {
	switch o.Request.TaskResultStatus {
	case domaintask.OnlyFailed:
		return "failed task"
	case domaintask.OnlySucceeded:
		return "succeeded task"
	}
	return "finished task"
}

// parseFlags reads args. Its errors are for the user, in one line; flag.ErrHelp
// is one of them.
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
		// The library would choose the same, but the user must be told the
		// size together with the page to go on from.
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
