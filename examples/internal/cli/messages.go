package cli

import (
	"cmp"
	"errors"
	"flag"
	"io"
	"strconv"
	"strings"

	"github.com/domaintask/domaintask"
)

// Say writes a message of the program, in one line.
func Say(w io.Writer, program, text string) {
	io.WriteString(w, program+": "+Printable(text)+"\n")
}

// Usage handles an error of parsing arguments, including flag.ErrHelp, and returns
// the exit code.
func Usage(program, usage string, err error, stdout, stderr io.Writer) int {
	if errors.Is(err, flag.ErrHelp) {
		io.WriteString(stdout, usage)
		return ExitOK
	}
	Say(stderr, program, err.Error()+"; -h lists the flags")
	return ExitUsage
}

// Explain returns what err means for the user.
func Explain(err error) string { return trim(err) + hint(err) }

// ExitCode distinguishes errors before anything was sent from others.
func ExitCode(err error) int {
	var (
		param   *domaintask.ParamError
		missing *noCredentialsError
	)
	if errors.As(err, &param) || errors.As(err, &missing) {
		return ExitUsage
	}
	return ExitError
}

// trim removes text that does not help the user: the library's name, and a field of
// its Config that no flag sets.
func trim(err error) string {
	text := strings.TrimPrefix(err.Error(), "domaintask: ")
	return strings.Replace(text, "; AllowHTTP permits it nevertheless", "", 1)
}

// hint returns what to do about an error that does not say so itself.
func hint(err error) string {
	var apiErr *domaintask.APIError
	switch {
	case errors.Is(err, domaintask.ErrForbidden):
		permission := "domain:QueryDomainTask"
		if errors.As(err, &apiErr) {
			permission = cmp.Or(permissions[apiErr.Action], permission)
		}
		return "; the RAM policy must allow " + permission
	case errors.Is(err, domaintask.ErrThrottled):
		return "; wait before retrying"
	}
	return ""
}

// permissions are the RAM permissions of operations that do not need domain:QueryDomainTask.
var permissions = map[string]string{
	"AcknowledgeTaskResult":   "domain:AcknowledgeTaskResult",
	"QueryRegistrantProfiles": "domain:QueryRegistrantProfile", // without the s
}

// Plural formats a number of things.
func Plural(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}
