package cli

import (
	"flag"
	"testing"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

func parse(args ...string) (Query, error) {
	q := Query{Request: domaintask.PollTaskResultRequest{TaskResultStatus: domaintask.OnlyFailed}}
	err := q.Parse(q.Flags("program"), args)
	return q, err
}

func TestFlags(t *testing.T) {
	t.Parallel()
	q, err := parse()
	require.NoError(t, err)
	require.Equal(t, domaintask.OnlyFailed, q.Request.TaskResultStatus, "a default of the program")

	q, err = parse("-status", "all", "-domain", "d", "-task", "t", "-instance", "i", "-endpoint", "e", "-timeout", "3s")
	require.NoError(t, err)
	require.Equal(t, Query{
		Request:  domaintask.PollTaskResultRequest{DomainName: "d", TaskNo: "t", InstanceID: "i"},
		Endpoint: "e",
		Timeout:  3 * time.Second,
	}, q)

	q, err = parse("-emulator", "-status", "succeeded")
	require.NoError(t, err)
	require.True(t, q.Emulator)
	require.Equal(t, domaintask.OnlySucceeded, q.Request.TaskResultStatus)
}

func TestRefusedFlags(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`must be one of "failed", "succeeded", "all"`:             {"-status", "broken"},
		"-timeout must not be negative":                           {"-timeout", "-1s"},
		`value "10" for flag -timeout: must be like 10s or 1m30s`: {"-timeout", "10"},
		"are mutually exclusive":                                  {"-emulator", "-endpoint", "example.com"},
		`unexpected argument "example.com"`:                       {"example.com"},
		"-nonsense":                                               {"-nonsense"},
		// An unset variable of a shell must not select more tasks than intended.
		`value "" for flag -domain: must not be empty`:   {"-domain", ""},
		`value "" for flag -task: must not be empty`:     {"-task", ""},
		`value "" for flag -instance: must not be empty`: {"-instance", ""},
		`value "" for flag -endpoint: must not be empty`: {"-endpoint", ""},
	} {
		_, err := parse(args...)
		require.ErrorContains(t, err, want)
	}
	_, err := parse("-h")
	require.ErrorIs(t, err, flag.ErrHelp)
}

func TestNumber(t *testing.T) {
	t.Parallel()
	n := 7
	require.NoError(t, Number(&n)("12"))
	require.Equal(t, 12, n)
	for _, text := range []string{"", "many", "1.5", "1e3", "99999999999999999999"} {
		require.ErrorContains(t, Number(&n)(text), "must be a number, such as 10")
	}
	require.Equal(t, 12, n)
}
