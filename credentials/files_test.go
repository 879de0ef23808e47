package credentials

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestWatchedFile is parsed again only if it may have changed: in size, in time, by
// a rename, or within the two seconds that a file system may not distinguish.
func TestWatchedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	long := time.Now().Add(-time.Hour)
	write := func(path, text string, at time.Time) {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chtimes(path, at, at))
	}
	parsed := 0
	file := watched[string]{parse: func(text []byte) (string, error) {
		parsed++
		if len(text) == 0 {
			return "", errors.New("empty")
		}
		return string(text), nil
	}}
	get := func(want string, times int) {
		t.Helper()
		got, err := file.get(path)
		require.NoError(t, err)
		require.Equal(t, want, got)
		require.Equal(t, times, parsed)
	}
	write(path, "one", long)
	get("one", 1)
	get("one", 1)
	write(path, "two", long.Add(time.Second))
	get("two", 2)
	write(path, "three", long.Add(time.Second))
	get("three", 3)
	write(filepath.Join(dir, "other"), "seven", long.Add(time.Second))
	require.NoError(t, os.Rename(filepath.Join(dir, "other"), path))
	get("seven", 4)
	get("seven", 4)

	write(path, "newer", time.Now())
	get("newer", 5)
	get("newer", 6)

	write(path, "", long)
	for range 2 {
		_, err := file.get(path)
		require.EqualError(t, err, "empty")
	}
	require.Equal(t, 7, parsed)

	require.NoError(t, os.Remove(path))
	_, err := file.get(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
	write(path, "again", long)
	get("again", 8)

	require.NoError(t, os.Remove(path))
	require.NoError(t, os.Mkdir(path, 0o700))
	require.NoError(t, os.Chtimes(path, long, long))
	for range 2 {
		_, err = file.get(path)
		require.ErrorContains(t, err, "not a regular file")
	}
	require.NoError(t, os.Remove(path))
	write(path, "again", long)
	get("again", 9)

	elsewhere := filepath.Join(dir, "elsewhere")
	require.NoError(t, os.Link(path, elsewhere))
	path = elsewhere
	get("again", 10)
}

// TestReadFile reads a regular file of a bounded size.
func TestReadFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("x", maxFile)), 0o600))
	text, err := readFile(path)
	require.NoError(t, err)
	require.Len(t, text, maxFile)
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("x", maxFile+1)), 0o600))
	_, err = readFile(path)
	require.EqualError(t, err, "read "+path+": larger than 1048576 bytes")
	_, err = readFile(filepath.Dir(path))
	require.EqualError(t, err, "read "+filepath.Dir(path)+": not a regular file")
	_, err = readFile(path + "-none")
	require.ErrorIs(t, err, fs.ErrNotExist)
}
