package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// screen returns what a terminal shows of text: \r moves back, other characters
// overwrite.
func screen(text string) []string {
	rows, column := [][]rune{nil}, 0
	for _, r := range text {
		last := len(rows) - 1
		switch {
		case r == '\n':
			rows, column = append(rows, nil), 0
		case r == '\r':
			column = 0
		case column < len(rows[last]):
			rows[last][column] = r
			column++
		default:
			rows[last] = append(rows[last], r)
			column++
		}
	}
	shown := make([]string, len(rows))
	for i, row := range rows {
		shown[i] = strings.TrimRight(string(row), " ")
	}
	return shown
}

func TestStatusLineOnATerminal(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	s := &statusLine{w: &b, live: true}

	s.show("reading page 100")
	s.show("short")
	require.Equal(t, []string{"short"}, screen(b.String()))

	s.say("a message")
	require.Equal(t, []string{"failedtasks: a message", "short"}, screen(b.String()), "the line comes back")
	s.clear()
	s.say("another")
	require.Equal(t, []string{"failedtasks: a message", "failedtasks: another", ""}, screen(b.String()), "there was none")
	b.Reset()

	s.show("at work")
	slog.New(notices{say: s.say}).Warn("domaintask: logged", "by", "it")
	require.Equal(t, []string{"failedtasks: logged: by=it", "at work"}, screen(b.String()))

	s.show(strings.Repeat("wide ", 40))
	require.Less(t, len([]rune(screen(b.String())[1])), 80)
	s.screen = 40
	s.show(strings.Repeat("wide ", 40))
	require.Less(t, len([]rune(screen(b.String())[1])), 80)
	require.Equal(t, 39, s.shown)
	s.clear()
	s.clear()
	require.Equal(t, []string{"failedtasks: logged: by=it", ""}, screen(b.String()))

	s.show("interrupt me")
	b.WriteString("^C") // echoed by the terminal
	s.clear()
	s.say("interrupted")
	require.Equal(t, []string{"failedtasks: logged: by=it", "failedtasks: interrupted", ""}, screen(b.String()))
	require.NotContains(t, b.String(), "\x1b")
}

// A slow page must not look like a program that hangs.
func TestStatusLineShowsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b clitest.Buffer
		s := &statusLine{w: &b, live: true, screen: 40}
		requireLine := func(want string) {
			t.Helper()
			synctest.Wait()
			shown := screen(b.String())
			require.Equal(t, want, shown[len(shown)-1])
		}
		begin := time.Now()
		at := func(d time.Duration) { <-time.After(time.Until(begin.Add(d))) }

		s.show("reading page 7")
		at(900 * time.Millisecond)
		requireLine("reading page 7")
		at(1100 * time.Millisecond)
		requireLine("reading page 7, waiting 1s")
		at(2500 * time.Millisecond)
		s.say("attempt failed")
		requireLine("reading page 7, waiting 2s")
		at(62500 * time.Millisecond)
		requireLine("reading page 7, waiting 1m2s")

		s.show("at most as wide as a terminal is that is narrow")
		at(64 * time.Second)
		requireLine("at most as wide as a termi…, waiting 1s")

		s.clear()
		written := len(b.String())
		at(time.Hour)
		require.Len(t, b.String(), written)
	})
}

// Nothing is written to a terminal once the listing has ended: the prompt of
// the shell is there.
func TestListingEndsTheStatusLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := domaintasktest.NewServerWith(domaintasktest.Options{InMemory: true, Latency: 3500 * time.Millisecond}, failures(5)...)
		defer server.Close()
		client, err := domaintask.NewClient(server.Config())
		require.NoError(t, err)
		opts, err := parseFlags([]string{"-page-size", "3"})
		require.NoError(t, err)
		var terminal clitest.Buffer
		_, err = list(t.Context(), client, opts, io.Discard, &statusLine{w: &terminal, live: true})
		require.NoError(t, err)
		require.Contains(t, terminal.String(), "reading page 1, waiting 3s")
		require.Regexp(t, `3 of 5 failed tasks so far[^\r]*, waiting 3s\r`, terminal.String())
		written := len(terminal.String())
		<-time.After(time.Hour)
		require.Len(t, terminal.String(), written)
	})
}

func TestPace(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		read, left int
		took       time.Duration
		want       string
	}{
		{0, 100, time.Second, ""},
		{100, 100, 0, ""},
		{2500, 0, 2 * time.Second, ", 1250/s"},
		{2500, -5, 2 * time.Second, ", 1250/s"},
		{5, 0, 2 * time.Second, ", 2.5/s"},
		{1000, 499, time.Second, ", 1000/s, <1s left"},
		{1000, 5000, time.Second, ", 1000/s, 5s left"},
		{1000, 90_000, time.Second, ", 1000/s, 1m30s left"},
	} {
		require.Equal(t, tt.want, pace(tt.read, tt.left, tt.took))
	}
}

func TestProgressOfAPart(t *testing.T) {
	t.Parallel()
	all := listing{noun: "failed task", tasks: 100, pages: 1, total: 1000}
	some := listing{noun: "failed task", tasks: 12, outside: 88, pages: 1, total: 1000}
	for _, tt := range []struct {
		done listing
		args string
		want string
	}{
		{all, "-page-size 100", "100 of 1000 failed tasks so far, 100/s, 9s left, 1 page"},            // all that follow
		{all, "-page-size 100 -page 6", "100 of 1000 failed tasks so far, 100/s, 4s left, 1 page"},    // not what came before
		{all, "-page-size 100 -limit 300", "100 of 1000 failed tasks so far, 100/s, 2s left, 1 page"}, // no more than the limit
		{some, "-page-size 100 -since 2018-01-01", "read 100 of 1000, found 12, 100/s, 9s left, 1 page"},
		{some, "-page-size 100 -since 2018-01-01 -limit 300", "read 100 of 1000, found 12, 100/s, 1 page"}, // the others may be anywhere
	} {
		opts, err := parseFlags(strings.Fields(tt.args))
		require.NoError(t, err)
		require.Equal(t, tt.want, tt.done.progress(opts, time.Second))
	}
}

func TestStatusLineElsewhere(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	s := newStatusLine(&b, &b)
	s.show("reading")
	s.say("bad\x1b[31m\ntext")
	s.clear()
	require.Equal(t, "failedtasks: bad [31m text\n", b.String())
}

func TestListingOnATerminal(t *testing.T) {
	t.Parallel()
	backend := clitest.Service(t, failures(5)...)
	// Rows that are short overwrite nothing of the status line.
	opts, err := parseFlags([]string{"-endpoint", backend.URL, "-page-size", "2", "-columns", "TryCount"})
	require.NoError(t, err)

	// Both streams go to the same screen, as they do for most users.
	var terminal bytes.Buffer
	status := &statusLine{w: &terminal, live: true}
	client, closeService, err := newClient(t.Context(), opts, clitest.Key(), status)
	require.NoError(t, err)
	defer closeService()
	done, err := list(t.Context(), client, opts, &terminal, status)
	require.NoError(t, err)
	require.Equal(t, cli.ExitOK, report(t.Context(), status, opts, done, err))

	require.Contains(t, terminal.String(), "reading page 1")
	require.Regexp(t, `2 of 5 failed tasks so far, [0-9.]+/s, <1s left, 1 page`, terminal.String())
	require.Regexp(t, `4 of 5 failed tasks so far, [0-9.]+/s, <1s left, 2 pages`, terminal.String())
	shown := screen(terminal.String())
	require.Len(t, shown, 1+5+1+1) // header, tasks, summary, and where the cursor is
	for _, row := range shown {
		require.NotContains(t, row, "so far")
		require.NotContains(t, row, "reading")
	}
}

func TestProgressIsShown(t *testing.T) {
	t.Parallel()
	// The null device serves as a terminal; see isTerminal.
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	defer device.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	require.NoError(t, err)
	defer file.Close()
	r, pipe, err := os.Pipe()
	require.NoError(t, err)
	defer r.Close()
	defer pipe.Close()

	for _, tt := range []struct {
		stdout, stderr io.Writer
		want           bool
	}{
		{device, device, true},
		{file, device, true},
		{pipe, device, false},
		{new(bytes.Buffer), device, true},
		{device, file, false},
		{device, pipe, false},
		{device, new(bytes.Buffer), false},
	} {
		require.Equal(t, tt.want, newStatusLine(tt.stdout, tt.stderr).live)
	}
}
