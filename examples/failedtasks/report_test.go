package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"testing"

	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestErrorOnPageTwoKeepsPageOne(t *testing.T) {
	t.Parallel()
	backend := clitest.Service(t, failures(5)...)
	url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("PageNum") == "2" {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, `{"Code":"Forbidden.RAM","Message":"not\u001byours","RequestId":"R-2"}`)
			return
		}
		backend.ServeHTTP(w, r)
	})
	got := start(t.Context(), url, "-output", "json", "-page-size", "2")

	require.Equal(t, cli.ExitError, got.Code)
	require.Len(t, clitest.Lines(got.Stdout), 2)
	notes := clitest.Lines(got.Stderr)
	require.Len(t, notes, 2)
	for _, part := range []string{"page 2", "Forbidden.RAM", "R-2", "domain:QueryDomainTask"} {
		require.Contains(t, notes[0], part)
	}
	require.Contains(t, notes[1], "listed 2 of 5 failed tasks, 1 page, ")
	require.Contains(t, notes[1], "-page 2 -page-size 2")
	require.NotContains(t, got.Stderr, "\x1b")
}

func TestErrorOnPageOnePrintsNoHeader(t *testing.T) {
	t.Parallel()
	url := clitest.Front(t, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusForbidden)
		io.WriteString(w, `{"Code":"Forbidden","Message":"no","RequestId":"R-1"}`)
	})
	for _, output := range []string{"table", "json", "csv"} {
		got := start(t.Context(), url, "-output", output)
		require.Equal(t, cli.ExitError, got.Code)
		require.Empty(t, got.Stdout)
		require.Len(t, clitest.Lines(got.Stderr), 1)
	}
}

func TestTimeoutBoundsAnAttempt(t *testing.T) {
	t.Parallel()
	url := clitest.Front(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	got := start(t.Context(), url, "-timeout", "1ms")
	require.Equal(t, cli.ExitError, got.Code)
	notes := clitest.Lines(got.Stderr)
	require.Len(t, notes, 3, "one for each attempt")
	require.Regexp(t, `^failedtasks: attempt failed, another follows: .*attempt=1 `, notes[0])
	require.Contains(t, notes[2], "page 1")
}

func TestClosedReaderEndsQuietly(t *testing.T) {
	t.Parallel()
	pipe := func(t *testing.T) io.Writer {
		r, w, err := os.Pipe()
		require.NoError(t, err)
		require.NoError(t, r.Close())
		t.Cleanup(func() { w.Close() })
		return w
	}
	inProcess := func(*testing.T) io.Writer {
		r, w := io.Pipe()
		r.Close()
		return w
	}
	for name, stdout := range map[string]func(*testing.T) io.Writer{"a pipe": pipe, "in process": inProcess} {
		for _, output := range []string{"table", "json", "csv"} {
			t.Run(name+" "+output, func(t *testing.T) {
				t.Parallel()
				backend := clitest.Service(t, failures(9)...)
				var stderr bytes.Buffer
				code := run(t.Context(), []string{"-endpoint", backend.URL, "-output", output, "-page-size", "3"}, clitest.Key(), stdout(t), &stderr)
				require.Equal(t, cli.ExitOK, code)
				require.Empty(t, stderr.String())
				require.Len(t, backend.Requests(), 1)
			})
		}
	}
}

// brokenWriter is a full disk.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestUnwrittenResults(t *testing.T) {
	t.Parallel()
	for _, output := range []string{"table", "json", "csv"} {
		backend := clitest.Service(t, failures(300)...)
		var stderr bytes.Buffer
		code := run(t.Context(), []string{"-endpoint", backend.URL, "-output", output, "-page-size", "100"}, clitest.Key(), brokenWriter{}, &stderr)
		require.Equal(t, cli.ExitError, code)
		require.Equal(t, "failedtasks: writing the results: the disk is full\n", stderr.String())
		require.Len(t, backend.Requests(), 1)
	}
}
