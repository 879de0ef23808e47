package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"syscall"
	"testing"

	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestHelp(t *testing.T) {
	t.Parallel()
	clitest.RequireUsage(t, run, usage, flagSet(new(options)))
}

func TestBadFlags(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-page-size 0":                     "-page-size must be 1 to 5000",
		"-emulator -endpoint example.com":  "exclude each other",
		"-status SUCCEEDED":                `must be one of "NONAUDIT", "AUDITING", "SUCCEED", "FAILED"`,
		"everything":                       `what is "everything"?`,
		"-endpoint http://example.com/x?y": "Endpoint",
	} {
		clitest.RequireRefused(t, run, args, want)
	}
	_, err := parseFlags([]string{"-endpoint", ""})
	require.ErrorContains(t, err, "-endpoint: must not be empty")
	clitest.RequireKeyNeeded(t, run)
}

const everyone = `3600001  SUCCEED   Li Si (default)
3600002  SUCCEED   Wang Wu, Example Tea House
3600003  FAILED    Zhang San, Example Press
3600004  NONAUDIT  Zhao Liu
3600005  AUDITING  Qian Qi
`

func TestEmulator(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	require.Equal(t, cli.ExitOK, run(t.Context(), []string{"-emulator"}, nil, &stdout, &stderr), stderr.String())
	require.Equal(t, everyone, stdout.String())
}

// service performs the operation of the program.
func service(t *testing.T) http.HandlerFunc {
	t.Helper()
	service := clitest.Service(t)
	service.Handle("QueryRegistrantProfiles", "", list)
	return service.ServeHTTP
}

// recorder remembers which pages it was asked for before it answers.
func recorder(t *testing.T, pages *[]string, answer http.HandlerFunc) (url string) {
	t.Helper()
	return clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		*pages = append(*pages, r.URL.Query().Get("PageNum"))
		answer(w, r)
	})
}

func TestPages(t *testing.T) {
	t.Parallel()
	for size, want := range map[string][]string{"1": {"1", "2", "3", "4", "5"}, "2": {"1", "2", "3"}, "5": {"1"}, "6": {"1"}} {
		var pages []string
		got := clitest.Start(t.Context(), run, recorder(t, &pages, service(t)), "-page-size", size)
		require.Equal(t, clitest.Outcome{Code: cli.ExitOK, Stdout: everyone}, got)
		require.Equal(t, want, pages)
	}
	var pages []string
	got := clitest.Start(t.Context(), run, recorder(t, &pages, service(t)), "-status", "FAILED")
	require.Equal(t, "3600003  FAILED    Zhang San, Example Press\n", got.Stdout)
}

// Do tries again only what is known to do no harm twice.
func TestAReadIsTriedAgain(t *testing.T) {
	t.Parallel()
	var pages []string
	emulate := service(t)
	got := clitest.Start(t.Context(), run, recorder(t, &pages, func(w http.ResponseWriter, r *http.Request) {
		if len(pages) == 1 {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		emulate(w, r)
	}))
	require.Equal(t, clitest.Outcome{Code: cli.ExitOK, Stdout: everyone}, got)
	require.Equal(t, []string{"1", "1"}, pages)
}

func TestInterrupt(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	emulate := service(t)
	url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("PageNum") == "2" {
			io.Copy(io.Discard, r.Body) // only then does the server watch the connection
			interrupt()
			<-r.Context().Done()
			return
		}
		emulate(w, r)
	})
	got := clitest.Start(ctx, run, url, "-page-size", "1")
	require.Equal(t, clitest.Outcome{Code: cli.ExitError, Stdout: clitest.Lines(everyone)[0] + "\n", Stderr: "registrants: interrupted\n"}, got)
}

// writer fails for a reason of its own.
type writer struct{ err error }

func (w writer) Write([]byte) (int, error) { return 0, w.err }

func TestStdoutThatFails(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err    error
		code   int
		stderr string
	}{
		{&os.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.EPIPE}, cli.ExitOK, ""}, // as head leaves a pipe
		{errors.New("the disk is full"), cli.ExitError, "registrants: writing the profiles: the disk is full\n"},
	} {
		var stderr bytes.Buffer
		require.Equal(t, tt.code, run(t.Context(), []string{"-emulator"}, nil, writer{tt.err}, &stderr))
		require.Equal(t, tt.stderr, stderr.String())
	}
}

func TestPagesByTheirTotals(t *testing.T) {
	t.Parallel()
	var pages []string
	got := clitest.Start(t.Context(), run, recorder(t, &pages, func(w http.ResponseWriter, r *http.Request) {
		n := r.URL.Query().Get("PageNum")
		fmt.Fprintf(w, `{"RequestId":"R","CurrentPageNum":%s,"TotalPageNum":2,"RegistrantProfiles":{"RegistrantProfile":[{"RegistrantProfileId":%s}]}}`, n, n)
	}))
	require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
	require.Equal(t, []string{"1", "2"}, pages)
}

func TestEmptyPagesThatGoOn(t *testing.T) {
	t.Parallel()
	var pages []string
	got := clitest.Start(t.Context(), run, recorder(t, &pages, func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, `{"RequestId":"R-1","NextPage":true,"RegistrantProfiles":{"RegistrantProfile":[]}}`)
	}))
	require.Equal(t, cli.ExitError, got.Code)
	require.Contains(t, got.Stderr, "3 empty pages")
	require.Equal(t, []string{"1", "2", "3"}, pages)
}

func TestAnswersThatAreNoHelp(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		status int
		answer string
		want   string
	}{
		"does not advance": {200, `{"RequestId":"R-1","CurrentPageNum":7,"NextPage":true,"RegistrantProfiles":{"RegistrantProfile":[{}]}}`, "page 1 was requested, and page 7 came"},
		"another shape":    {200, `{"RequestId":"R-1","RegistrantProfiles":"none"}`, "neither page numbers nor a list"},
		"another row":      {200, `{"RequestId":"R-1","RegistrantProfiles":{"RegistrantProfile":["none"]}}`, "a profile is not as documented"},
		"forbidden":        {403, `{"RequestId":"R-1","Code":"Forbidden.RAM","Message":"no"}`, "domain:QueryRegistrantProfile"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var pages []string
			got := clitest.Start(t.Context(), run, recorder(t, &pages, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				io.WriteString(w, tt.answer)
			}))
			require.Equal(t, cli.ExitError, got.Code)
			require.Empty(t, got.Stdout)
			require.Len(t, clitest.Lines(got.Stderr), 1)
			require.Contains(t, got.Stderr, tt.want)
			for _, num := range pages { // an answer that cannot be read is asked for again
				require.Equal(t, "1", num)
			}
		})
	}
}
