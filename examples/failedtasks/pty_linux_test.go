package main

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

// openTerminal returns both ends of a pseudo-terminal of the given width.
func openTerminal(t *testing.T, columns uint16) (master, slave *os.File) {
	t.Helper()
	var err error
	master, err = os.OpenFile("/dev/ptmx", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		t.Skip("no pseudo-terminals here: ", err)
	}
	t.Cleanup(func() { master.Close() })
	ioctl := func(request uintptr, arg unsafe.Pointer) {
		raw, err := master.SyscallConn()
		require.NoError(t, err)
		require.NoError(t, raw.Control(func(fd uintptr) {
			_, _, errno := syscall.Syscall(syscall.SYS_IOCTL, fd, request, uintptr(arg))
			require.Zero(t, errno)
		}))
	}
	var number, unlock uint32
	ioctl(syscall.TIOCGPTN, unsafe.Pointer(&number))
	ioctl(syscall.TIOCSPTLCK, unsafe.Pointer(&unlock))
	size := [4]uint16{24, columns}
	ioctl(syscall.TIOCSWINSZ, unsafe.Pointer(&size))
	slave, err = os.OpenFile("/dev/pts/"+strconv.Itoa(int(number)), os.O_RDWR|syscall.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { slave.Close() })
	return master, slave
}

// TestOnATerminal runs the program on a real terminal, for colors, width and
// progress.
func TestOnATerminal(t *testing.T) {
	t.Parallel()
	binary := clitest.Build(t)
	run := func(t *testing.T, columns uint16, env ...string) string {
		master, slave := openTerminal(t, columns)
		backend := clitest.Service(t, failures(5)...)
		cmd, _, _ := binary.Command(t, append(clitest.KeyEnv(), env...), "-endpoint", backend.URL, "-page-size", "2")
		cmd.Stdout, cmd.Stderr = slave, slave
		require.NoError(t, cmd.Start())
		slave.Close()
		var shown bytes.Buffer
		shown.ReadFrom(master) // ends with EIO once all have closed it
		require.NoError(t, cmd.Wait())
		return strings.ReplaceAll(shown.String(), "\r\n", "\n")
	}
	for _, columns := range []uint16{60, 80, 100} {
		text := run(t, columns, "TERM=xterm")
		require.Contains(t, text, red+"failed"+reset)
		require.Regexp(t, `2 of 5 failed tasks so far, [0-9.]+/s, <1s left`, text)
		for _, code := range []string{bold, red, green, reset} {
			text = strings.ReplaceAll(text, code, "")
		}
		widest := 0
		for _, row := range screen(text) {
			require.NotContains(t, row, "so far")
			if !strings.HasPrefix(row, "failedtasks: ") {
				widest = max(widest, width(row))
			}
		}
		require.Equal(t, int(columns), widest)
	}
	require.NotContains(t, run(t, 80, "TERM=xterm", "NO_COLOR=1"), "\x1b")
	require.NotContains(t, run(t, 80, "TERM=dumb"), "\x1b")
}
