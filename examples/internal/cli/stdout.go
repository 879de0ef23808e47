package cli

import (
	"errors"
	"io"
	"os"
	"runtime"
	"syscall"
)

// CheckStdout returns an error if stdout is closed or the null device, for programs
// that acknowledge the tasks that they have written there. If the shell has closed
// stdout (>&-), package runtime opens the null device in its place, so that no
// write fails. Windows does not, and there package os cannot distinguish that
// device from a pipe.
func CheckStdout(stdout io.Writer) error {
	file, ok := stdout.(*os.File)
	if !ok || runtime.GOOS == "windows" {
		return nil
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if null, err := os.Stat(os.DevNull); err == nil && os.SameFile(info, null) {
		return errors.New("stdout is closed or " + os.DevNull + ": tasks would be acknowledged, and nobody would have read them")
	}
	return nil
}

// ReaderLeft reports whether err, from writing to stdout, means that its reader has
// closed it, as head does. This is not a failure.
func ReaderLeft(err error) bool {
	if runtime.GOOS == "windows" {
		// ERROR_BROKEN_PIPE, ERROR_NO_DATA and ERROR_PIPE_NOT_CONNECTED.
		for _, code := range []syscall.Errno{109, 232, 233} {
			if errors.Is(err, code) {
				return true
			}
		}
	}
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, io.ErrClosedPipe)
}
