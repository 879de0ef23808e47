package cli

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// Query selects the tasks to read and the service to call.
type Query struct {
	Request  domaintask.PollTaskResultRequest
	Endpoint string        // empty means the real service
	Timeout  time.Duration // of one attempt; 0 means the library's default
	Emulator bool          // call an in-memory service instead
}

// Flags returns the flags that set q. The values in q are their defaults.
func (q *Query) Flags(program string) *flag.FlagSet {
	fs := flag.NewFlagSet(program, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // the programs print errors, and usage only on request
	req := &q.Request

	fs.BoolVar(&q.Emulator, "emulator", false, "")
	fs.Func("status", "", OneOf(&req.TaskResultStatus,
		Choice[domaintask.StatusFilter]{"failed", domaintask.OnlyFailed},
		Choice[domaintask.StatusFilter]{"succeeded", domaintask.OnlySucceeded},
		Choice[domaintask.StatusFilter]{"all", 0}))
	fs.Func("domain", "", Text(&req.DomainName))
	fs.Func("task", "", Text(&req.TaskNo))
	fs.Func("instance", "", Text(&req.InstanceID))
	fs.Func("endpoint", "", Text(&q.Endpoint))
	fs.Func("timeout", "", Duration(&q.Timeout))
	return fs
}

// Parse parses args with the flags of q. Its errors are for the user, in one line.
// For -h it returns flag.ErrHelp.
func (q *Query) Parse(fs *flag.FlagSet, args []string) error {
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch {
	case fs.NArg() > 0:
		return fmt.Errorf("unexpected argument %q", fs.Arg(0))
	case q.Emulator && q.Endpoint != "":
		return errors.New("-emulator and -endpoint are mutually exclusive")
	case q.Timeout < 0:
		return errors.New("-timeout must not be negative")
	}
	return nil
}

// Text returns the parser of a flag that takes any nonempty text. A shell expands
// an unset variable to an empty one, and without a filter more tasks than intended
// would be acknowledged, which cannot be undone.
func Text(target *string) func(string) error {
	return func(text string) error {
		if text == "" {
			return errors.New("must not be empty")
		}
		*target = text
		return nil
	}
}

// Number returns the parser of a flag that takes a number. The errors of package
// flag do not say what is expected. The same applies to Duration.
func Number(target *int) func(string) error {
	return func(text string) error {
		n, err := strconv.Atoi(text)
		if err != nil {
			return errors.New("must be a number, such as 10")
		}
		*target = n
		return nil
	}
}

// Duration returns the parser of a flag that takes a duration.
func Duration(target *time.Duration) func(string) error {
	return func(text string) error {
		d, err := time.ParseDuration(text)
		if err != nil {
			return errors.New("must be like 10s or 1m30s")
		}
		*target = d
		return nil
	}
}

// Choice is one value of a flag and its name.
type Choice[T any] struct {
	Name  string
	Value T
}

// OneOf returns the parser of a flag that takes one of a few values.
func OneOf[T any](target *T, choices ...Choice[T]) func(string) error {
	return func(text string) error {
		names := make([]string, len(choices))
		for i, c := range choices {
			if c.Name == text {
				*target = c.Value
				return nil
			}
			names[i] = fmt.Sprintf("%q", c.Name)
		}
		return errors.New("must be one of " + strings.Join(names, ", "))
	}
}
