package credentials

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"
)

// watched is a file that is parsed again after a change. One goroutine at a time
// may use it.
type watched[T any] struct {
	parse func([]byte) (T, error)

	path  string
	info  fs.FileInfo // of the version that was read; nil if none
	read  time.Time
	value T
	err   error // of parse
}

// settled is the minimum age of a file such that any later change also changes its
// time: the clocks of file systems have a resolution of up to two seconds.
const settled = 2 * time.Second

// get returns the parsed content of the file. The error is a *fs.PathError if the
// file cannot be read, and otherwise the error of parse.
func (w *watched[T]) get(path string) (T, error) {
	info, err := os.Stat(path)
	if err == nil && w.unchanged(path, info) {
		return w.value, w.err
	}
	w.path, w.info, w.read = path, info, time.Now()
	text, err := readFile(path)
	if err != nil {
		w.info = nil
		var none T
		return none, err
	}
	w.value, w.err = w.parse(text)
	return w.value, w.err
}

func (w *watched[T]) unchanged(path string, info fs.FileInfo) bool {
	return w.info != nil && w.path == path && w.info.Size() == info.Size() && w.info.ModTime().Equal(info.ModTime()) &&
		os.SameFile(w.info, info) && w.read.Sub(info.ModTime()) > settled
}

// maxFile bounds a configuration file and a token.
const maxFile = 1 << 20

// readFile reads a regular file: any other may block forever.
func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("not a regular file")}
	case info.Size() > maxFile:
		return nil, &fs.PathError{Op: "read", Path: path, Err: fmt.Errorf("larger than %d bytes", maxFile)}
	}
	return os.ReadFile(path)
}
