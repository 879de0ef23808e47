package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestInterruptKeepsWhatWasRead(t *testing.T) {
	t.Parallel()
	ctx, interrupt := context.WithCancel(t.Context())
	backend := service(t, failures(6)...)
	url := front(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("PageNum") == "3" {
			io.Copy(io.Discard, r.Body) // only then does the server watch the connection
			interrupt()
			<-r.Context().Done()
			return
		}
		backend.ServeHTTP(w, r)
	})
	got := start(ctx, url, "-output", "csv", "-page-size", "2")

	require.Equal(t, exitError, got.code)
	require.Len(t, lines(got.stdout), 1+4)
	notes := lines(got.stderr)
	require.Len(t, notes, 2)
	require.Contains(t, notes[0], "interrupted")
	require.Contains(t, notes[1], "listed 4 of 6 failed tasks, 2 pages, ")
	require.Contains(t, notes[1], "-page 3 -page-size 2")
}

func TestResume(t *testing.T) {
	t.Parallel()
	backend := service(t, failures(5)...)
	all := start(t.Context(), backend.URL, "-output", "json", "-page-size", "2")
	rest := start(t.Context(), backend.URL, "-output", "json", "-page-size", "2", "-page", "2")
	require.Equal(t, lines(all.stdout)[2:], lines(rest.stdout))
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
			backend := service(t, failures(12)...)
			got := start(t.Context(), backend.URL, append(tt.args, "-output", "json")...)
			require.Equal(t, exitOK, got.code)
			require.Len(t, lines(got.stdout), tt.listed)
			require.Len(t, backend.Requests(), tt.pages)
			require.Contains(t, got.stderr, tt.wantNotice)
		})
	}
}

func TestNothingToList(t *testing.T) {
	t.Parallel()
	backend := service(t)
	for output, want := range map[string]int{"table": 1, "csv": 1} {
		got := start(t.Context(), backend.URL, "-output", output)
		require.Equal(t, exitOK, got.code)
		require.Len(t, lines(got.stdout), want)
		require.Contains(t, got.stderr, "listed 0 failed tasks, 1 page, ")
	}
	require.Empty(t, start(t.Context(), backend.URL, "-output", "json").stdout)
}

// A page is read again where tasks went away meanwhile: the library may do it,
// and so may a service by shifting rows.
func TestATaskIsListedOnce(t *testing.T) {
	t.Parallel()
	url := front(t, func(w http.ResponseWriter, r *http.Request) {
		answer := `{"RequestId":"R","TotalItemNum":3,"CurrentPageNum":1,"TotalPageNum":2,"PageSize":2,"NextPage":true,
			"Data":{"TaskDetail":[{"TaskDetailNo":"a"},{"TaskDetailNo":"b"}]}}`
		if r.URL.Query().Get("PageNum") == "2" {
			answer = `{"RequestId":"R","TotalItemNum":3,"CurrentPageNum":2,"TotalPageNum":2,"PageSize":2,"NextPage":false,
				"Data":{"TaskDetail":[{"TaskDetailNo":"b"},{"TaskDetailNo":"c"},{"TaskNo":"no id"},{"TaskNo":"no id"}]}}`
		}
		io.WriteString(w, answer)
	})
	got := start(t.Context(), url, "-output", "json", "-page-size", "2")
	require.Equal(t, exitOK, got.code, got.stderr)
	require.Len(t, lines(got.stdout), 5)
}

func TestEachPageIsPrintedBeforeTheNextIsAsked(t *testing.T) {
	t.Parallel()
	var stdout lockedBuffer
	printed := make(chan int, 3) // lines on stdout when a page was asked for
	backend := service(t, failures(6)...)
	url := front(t, func(w http.ResponseWriter, r *http.Request) {
		printed <- stdout.lines()
		backend.ServeHTTP(w, r)
	})
	code := run(t.Context(), []string{"-endpoint", url, "-page-size", "2"}, key(), &stdout, io.Discard)
	require.Equal(t, exitOK, code)
	require.Equal(t, []int{0, 3, 5}, []int{<-printed, <-printed, <-printed})
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) lines() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return bytes.Count(l.b.Bytes(), []byte("\n"))
}
