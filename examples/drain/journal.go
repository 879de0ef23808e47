package main

import (
	"io"
	"os"
	"path/filepath"
	"sync"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// journal is where tasks are written, one JSON object a line.
//
// To sync a file takes milliseconds, so that a sync for each task would take
// longer than all the rest. Tasks that are appended at the same time therefore
// share one: while one group of lines is on its way to the disk, the next one
// gathers.
type journal struct {
	out   io.Writer
	sync  func() error // makes what was written durable
	close func() error

	mu   sync.Mutex
	next *group // that lines may still join; nil = none

	disk sync.Mutex // held while a group is written
	err  error      // of the first group that failed
}

// group is lines that are written, and synced, together.
type group struct {
	lines   []byte
	written bool
	err     error
}

// writeError is a journal that cannot be written.
type writeError struct{ err error }

func (e *writeError) Error() string { return "writing the tasks: " + e.err.Error() }

func (e *writeError) Unwrap() error { return e.err }

// openJournal opens the file at path, or takes stdout where that is "".
func openJournal(path string, stdout io.Writer) (*journal, error) {
	nothing := func() error { return nil }
	j := &journal{out: stdout, sync: nothing, close: nothing}
	if path != "" {
		file, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_RDWR, 0o644)
		if err != nil {
			return nil, err
		}
		j.out, j.close = file, file.Close
		// A new file is safe once its directory is. Not every system syncs
		// directories, and nothing can be done where it does not.
		if dir, err := os.Open(filepath.Dir(path)); err == nil {
			dir.Sync()
			dir.Close()
		}
	}
	if file, ok := j.out.(*os.File); ok {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			j.sync = file.Sync // pipes and terminals know no such thing
			if path != "" && info.Size() > 0 {
				return j, endLine(file, info.Size())
			}
		}
	}
	return j, nil
}

// endLine ends the last line of the file, should a crash have cut it short.
func endLine(file *os.File, size int64) error {
	last := make([]byte, 1)
	if _, err := file.ReadAt(last, size-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err := file.WriteString("\n")
	return err
}

// append returns once task is written and synced. It may be called by many
// goroutines at once.
func (j *journal) append(task domaintask.TaskDetail) error {
	j.mu.Lock()
	if j.next == nil {
		j.next = new(group)
	}
	g := j.next
	var err error
	g.lines, err = cli.AppendJSON(g.lines, task)
	j.mu.Unlock()
	if err != nil {
		return err
	}

	j.disk.Lock()
	defer j.disk.Unlock()
	if !g.written { // else another goroutine wrote this line with its own
		j.mu.Lock()
		j.next = nil
		j.mu.Unlock()
		g.err = j.write(g.lines)
		g.written = true
	}
	return g.err
}

// write fails for good once it has failed: the file may then end in the middle
// of a line, to which nothing must be added.
func (j *journal) write(lines []byte) error {
	if j.err != nil {
		return j.err
	}
	_, err := j.out.Write(lines)
	if err == nil {
		err = j.sync()
	}
	if err != nil {
		j.err = &writeError{err}
	}
	return j.err
}
