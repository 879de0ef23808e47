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

// Query is which tasks to ask for, and whom.
type Query struct {
	Request  domaintask.PollTaskResultRequest
	Endpoint string        // "" = the real service
	Timeout  time.Duration // of one attempt; 0 = the library's
	Emulator bool          // ask an in-memory service instead
}

// Flags returns the flags that fill q. What q holds before is their defaults.
func (q *Query) Flags(program string) *flag.FlagSet {
	fs := flag.NewFlagSet(program, flag.ContinueOnError)
	fs.SetOutput(io.Discard) // the programs print errors, and usage only when asked
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

// Parse reads args with the flags of q. Its errors are for the user, in one
// line; flag.ErrHelp is one of them.
func (q *Query) Parse(fs *flag.FlagSet, args []string) error {
	if err := fs.Parse(args); err != nil {
		return err
	}
	switch {
	case fs.NArg() > 0:
		return fmt.Errorf("what is %q? everything is a flag", fs.Arg(0))
	case q.Emulator && q.Endpoint != "":
		return errors.New("-emulator and -endpoint exclude each other")
	case q.Timeout < 0:
		return errors.New("-timeout must not be negative")
	}
	return nil
}

// Text is the parser of a flag that takes any text but none. That is what a
// shell makes of a variable that is not set, and without a filter more tasks
// would be acknowledged than was meant, which cannot be undone.
func Text(target *string) func(string) error {
	return func(text string) error {
		if text == "" {
			return errors.New("must not be empty")
		}
		*target = text
		return nil
	}
}

// Number is the parser of a flag that takes a number. Package flag has one, too,
// which does not say what it expects; the same goes for Duration.
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

// Duration is the parser of a flag that takes a time span.
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

// Choice is one value that a flag may have, by its name.
type Choice[T any] struct {
	Name  string
	Value T
}

// OneOf is the parser of a flag that takes one of a few values.
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
