package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/domaintasktest"
	"github.com/domaintask/domaintask/examples/internal/cli"
	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// disk is a file that knows what of it is synced, and that breaks at will.
type disk struct {
	written, synced strings.Builder
	writes, syncs   int
	full            error
}

func (d *disk) Write(p []byte) (int, error) {
	d.writes++
	n := len(p)
	if d.full != nil {
		n /= 2 // as full disks do
	}
	d.written.Write(p[:n])
	return n, d.full
}

func (d *disk) sync() error {
	d.syncs++
	d.synced.Reset()
	d.synced.WriteString(d.written.String())
	return nil
}

func TestNoTaskCountsBeforeItIsSynced(t *testing.T) {
	t.Parallel()
	d := new(disk)
	j := &journal{out: d, sync: d.sync}
	var all sync.WaitGroup
	for _, task := range domaintasktest.Tasks(500, 1) {
		all.Go(func() {
			err := j.append(task)
			j.disk.Lock()
			defer j.disk.Unlock()
			if err != nil || !strings.Contains(d.synced.String(), task.TaskDetailNo) {
				t.Errorf("%s: %v", task.TaskDetailNo, err)
			}
		})
	}
	all.Wait()
	require.Len(t, written(t, d.synced.String()), 500)
	require.Equal(t, d.writes, d.syncs)
}

// Lines that gather while the disk is busy are written at once.
func TestTasksShareASync(t *testing.T) {
	t.Parallel()
	d := new(disk)
	j := &journal{out: d, sync: d.sync}
	j.disk.Lock()
	var all sync.WaitGroup
	tasks := domaintasktest.Tasks(50, 2)
	for _, task := range tasks {
		all.Go(func() { j.append(task) })
	}
	for gathered := 0; gathered < len(tasks); {
		j.mu.Lock()
		if j.next != nil {
			gathered = strings.Count(string(j.next.lines), "\n")
		}
		j.mu.Unlock()
	}
	j.disk.Unlock()
	all.Wait()
	require.Equal(t, 1, d.syncs)
	require.Equal(t, idsOf(tasks), written(t, d.synced.String()))
}

func TestJournalStaysBroken(t *testing.T) {
	t.Parallel()
	d := &disk{full: errors.New("the disk is full")}
	j := &journal{out: d, sync: d.sync}
	require.ErrorIs(t, j.append(domaintask.TaskDetail{TaskDetailNo: "1"}), d.full)
	require.ErrorIs(t, j.append(domaintask.TaskDetail{TaskDetailNo: "2"}), d.full)
	require.Equal(t, 1, d.writes)
	require.Zero(t, d.syncs)
}

// brokenWriter is a full disk.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("the disk is full") }

func TestATaskThatCannotBeWrittenIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	service := clitest.Service(t, domaintasktest.Tasks(300, 3)...)
	var stderr strings.Builder
	code := run(t.Context(), []string{"-endpoint", service.URL}, clitest.Key(), brokenWriter{}, &stderr)
	require.Equal(t, cli.ExitError, code)
	require.Len(t, service.Tasks(), 300)
	notes := clitest.Lines(stderr.String())
	require.Len(t, notes, 2)
	require.Equal(t, "drain: writing the tasks: the disk is full", notes[0])
	require.Contains(t, notes[1], "handled 0 tasks, acknowledged 0, refused ")
}

// A regular file is synced, whether it is named or is stdout; what else stdout
// may be cannot be.
func TestWhatIsSynced(t *testing.T) {
	t.Parallel()
	file, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	require.NoError(t, err)
	for _, open := range []func() (*journal, error){
		func() (*journal, error) { return openJournal("", file) },
		func() (*journal, error) { return openJournal(filepath.Join(t.TempDir(), "tasks.jsonl"), nil) },
	} {
		j, err := open()
		require.NoError(t, err)
		require.NoError(t, j.sync())
		require.NoError(t, j.out.(*os.File).Close())
		require.ErrorIs(t, j.sync(), os.ErrClosed, "it is not the file that is synced")
	}
	j, err := openJournal("", new(strings.Builder))
	require.NoError(t, err)
	require.NoError(t, j.sync())
}

// Whoever names the null device means it.
func TestTheNullDeviceByItsName(t *testing.T) {
	t.Parallel()
	service := clitest.Service(t, domaintasktest.Tasks(3, 5)...)
	got := clitest.Start(t.Context(), run, service.URL, "-out", os.DevNull)
	require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
	require.Len(t, service.Acknowledged(), 3)
}

func TestTheFileIsAppendedTo(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "tasks.jsonl")
	for _, tt := range []struct{ before, want string }{
		{"", ""},
		{"a line\n", "a line\n"},
		{"cut sho", "cut sho\n"}, // by a crash
	} {
		require.NoError(t, os.WriteFile(file, []byte(tt.before), 0o600))
		service := clitest.Service(t, domaintasktest.Tasks(2, 4)...)
		got := clitest.Start(t.Context(), run, service.URL, "-out", file)
		require.Equal(t, cli.ExitOK, got.Code, got.Stderr)
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		added, ok := strings.CutPrefix(string(text), tt.want)
		require.True(t, ok, "%q", text)
		require.Len(t, written(t, added), 2)
	}
}
