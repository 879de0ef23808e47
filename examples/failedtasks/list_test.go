package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestInterruptKeepsReadTasks(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	backend := clitest.Service(t, failures(6)...)
	url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("PageNum") == "3" {
			io.Copy(io.Discard, r.Body) // only then does the server watch the connection
			interrupt()
			<-r.Context().Done()
			return
		}
		backend.ServeHTTP(w, r)
	})
	got := start(ctx, url, "-output", "csv", "-page-size", "2")

	require.Equal(t, cli.ExitError, got.Code)
	require.Len(t, clitest.Lines(got.Stdout), 1+4)
	notes := clitest.Lines(got.Stderr)
	require.Len(t, notes, 2)
	require.Contains(t, notes[0], "interrupted")
	require.Contains(t, notes[1], "listed 4 of 6 failed tasks, 2 pages, ")
	require.Contains(t, notes[1], "-page 3 -page-size 2")
}

func TestResume(t *testing.T) {
	t.Parallel()
	backend := clitest.Service(t, failures(5)...)
	all := start(t.Context(), backend.URL, "-output", "json", "-page-size", "2")
	rest := start(t.Context(), backend.URL, "-output", "json", "-page-size", "2", "-page", "2")
	require.Equal(t, clitest.Lines(all.Stdout)[2:], clitest.Lines(rest.Stdout))
}

func TestLimit(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name       string
		args       []string
		listed     int
		pages      int
		wantNotice string
	}{
		{"within a page", []string{"-limit", "3", "-page-size", "5"}, 3, 1, "listed 3 of 12 failed tasks, 1 page, "},
		{"at the end of a page", []string{"-limit", "10", "-page-size", "5"}, 10, 2, "listed 10 of 12 failed tasks, 2 pages, "},
		{"beyond the end", []string{"-limit", "99"}, 12, 1, "listed 12 failed tasks, 1 page, "},
		{"none", []string{"-limit", "0"}, 12, 1, "listed 12 failed tasks, 1 page, "},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			backend := clitest.Service(t, failures(12)...)
			got := start(t.Context(), backend.URL, append(tt.args, "-output", "json")...)
			require.Equal(t, cli.ExitOK, got.Code)
			require.Len(t, clitest.Lines(got.Stdout), tt.listed)
			require.Len(t, backend.Requests(), tt.pages)
			require.Contains(t, got.Stderr, tt.wantNotice)
		})
	}
}

func TestNothingToList(t *testing.T) {
	t.Parallel()
	backend := clitest.Service(t)
	for output, want := range map[string]int{"table": 1, "csv": 1} {
		got := start(t.Context(), backend.URL, "-output", output)
		require.Equal(t, cli.ExitOK, got.Code)
		require.Len(t, clitest.Lines(got.Stdout), want)
		require.Contains(t, got.Stderr, "listed 0 failed tasks, 1 page, ")
	}
	require.Empty(t, start(t.Context(), backend.URL, "-output", "json").Stdout)
}

// Tasks may be read twice when others leave the list: the library may reread a
// page, and a service may shift rows.
func TestATaskIsListedOnce(t *testing.T) {
	t.Parallel()
	url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		answer := `{"RequestId":"R","TotalItemNum":3,"CurrentPageNum":1,"TotalPageNum":2,"PageSize":2,"NextPage":true,
			"Data":{"TaskDetail":[{"TaskDetailNo":"a"},{"TaskDetailNo":"b"}]}}`
		if r.URL.Query().Get("PageNum") == "2" {
			answer = `{"RequestId":"R","TotalItemNum":3,"CurrentPageNum":2,"TotalPageNum":2,"PageSize":2,"NextPage":false,
				"Data":{"TaskDetail":[{"TaskDetailNo":"b"},{"TaskDetailNo":"c"},{"TaskNo":"no id"},{"TaskNo":"nor this"},{"TaskNo":"nor this"}]}}`
		}
		io.WriteString(w, answer)
	})
	got := start(t.Context(), url, "-output", "json", "-page-size", "2")
	require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
	require.Len(t, clitest.Lines(got.Stdout), 5)
}

func TestEachPageIsPrintedBeforeTheNextIsAsked(t *testing.T) {
	t.Parallel()
	var stdout clitest.Buffer
	printed := make(chan int, 3) // lines on stdout when a page was asked for
	backend := clitest.Service(t, failures(6)...)
	url := clitest.Front(t, func(w http.ResponseWriter, r *http.Request) {
		printed <- strings.Count(stdout.String(), "\n")
		backend.ServeHTTP(w, r)
	})
	code := run(t.Context(), []string{"-endpoint", url, "-page-size", "2"}, clitest.Key(), &stdout, io.Discard)
	require.Equal(t, cli.ExitOK, code)
	require.Equal(t, []int{0, 3, 5}, []int{<-printed, <-printed, <-printed})
}
