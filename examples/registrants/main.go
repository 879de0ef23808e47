// Command registrants lists registrant profiles: it calls an operation that
// the library has no method for.
//
//	go run ./examples/registrants -emulator
//
// asks a service of its own; without -emulator it asks the real one, with the
// access key in the environment. The way to follow: main, run, profiles.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/url"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// usage fits a screen of 24 lines, which is why it is not left to package flag.
const usage = `Usage: registrants [flags]
Lists the registrant profiles of an account: id, status of the real-name
verification, name. The access key is read from ALIBABA_CLOUD_ACCESS_KEY_ID and
ALIBABA_CLOUD_ACCESS_KEY_SECRET. It needs domain:QueryRegistrantProfile by RAM.
  -emulator         ask an in-memory service instead; needs no key
  -status STATUS    only NONAUDIT, AUDITING, SUCCEED or FAILED; default: all
  -page-size N      profiles asked for at once; default 100
  -endpoint HOST    default domain.aliyuncs.com
Exit codes:
  0  every profile is listed, or the reader of stdout wanted no more
  1  an error or Ctrl-C; the profiles before it are listed
  2  wrong flags or no access key; nothing was sent
`

// options are the flags, checked.
type options struct {
	emulator bool
	endpoint string
	pageSize int
	filter   url.Values // parameters of the operation
}

func flagSet(opts *options) *flag.FlagSet {
	fs := flag.NewFlagSet("registrants", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.BoolVar(&opts.emulator, "emulator", false, "")
	fs.Func("endpoint", "", cli.Text(&opts.endpoint))
	opts.pageSize = 100
	fs.Func("page-size", "", cli.Number(&opts.pageSize))
	var statuses []cli.Choice[url.Values]
	for _, status := range []string{"NONAUDIT", "AUDITING", "SUCCEED", "FAILED"} {
		statuses = append(statuses, cli.Choice[url.Values]{Name: status, Value: url.Values{"RealNameStatus": {status}}})
	}
	fs.Func("status", "", cli.OneOf(&opts.filter, statuses...))
	return fs
}

func parseFlags(args []string) (opts options, err error) {
	fs := flagSet(&opts)
	switch err := fs.Parse(args); {
	case err != nil:
		return options{}, err
	case fs.NArg() > 0:
		return options{}, fmt.Errorf("what is %q? everything is a flag", fs.Arg(0))
	case opts.emulator && opts.endpoint != "":
		return options{}, errors.New("-emulator and -endpoint exclude each other")
	case opts.pageSize < 1 || opts.pageSize > 5000:
		return options{}, errors.New("-page-size must be 1 to 5000")
	}
	return opts, nil
}

func main() { cli.Main(run) }

// run is the program without its process; it returns the exit code.
func run(ctx context.Context, args []string, credentials domaintask.CredentialsProvider, stdout, stderr io.Writer) int {
	fail := func(err error) int {
		cli.Say(stderr, "registrants", cli.Explain(err))
		return cli.ExitCode(err)
	}
	opts, err := parseFlags(args)
	if err != nil {
		return cli.Usage("registrants", usage, err, stdout, stderr)
	}
	config := domaintask.Config{Credentials: credentials, Endpoint: opts.endpoint}
	if opts.emulator {
		service := emulate()
		defer service.Close()
		config = service.Config()
	} else if err := cli.CheckCredentials(ctx, credentials); err != nil {
		return fail(err)
	}
	// The rows are decoded here, and so must be in the format that is expected
	// here: JSON, which the zero Format is.
	config.UserAgent = "registrants"
	client, err := domaintask.NewClient(config)
	if err != nil {
		return fail(err)
	}

	for profile, err := range profiles(ctx, client, opts.filter, opts.pageSize) {
		switch {
		case err != nil && ctx.Err() != nil:
			return fail(errors.New("interrupted")) // the error would only say so, too
		case err != nil:
			return fail(err)
		}
		line := fmt.Sprintf("%d  %-8s  %s", profile.ID, profile.RealNameStatus, profile.Name)
		if profile.Organization != "" {
			line += ", " + profile.Organization
		}
		if profile.Default {
			line += " (default)"
		}
		switch _, err := io.WriteString(stdout, cli.Printable(line)+"\n"); {
		case cli.ReaderLeft(err):
			return cli.ExitOK
		case err != nil:
			return fail(fmt.Errorf("writing the profiles: %w", err))
		}
	}
	return cli.ExitOK
}
