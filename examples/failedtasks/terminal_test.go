package main

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/domaintask/domaintask/examples/internal/clitest"
	"github.com/stretchr/testify/require"
)

func TestWhereColoursAreUsed(t *testing.T) {
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
	env := func(pairs ...string) func(string) string {
		return func(name string) string {
			for i := 0; i < len(pairs); i += 2 {
				if pairs[i] == name {
					return pairs[i+1]
				}
			}
			return ""
		}
	}

	modern := env("TERM", "xterm", "WT_SESSION", "1")
	require.True(t, colored(device, modern))
	require.True(t, colored(device, env("NO_COLOR", "", "WT_SESSION", "1")), "an empty one is ignored")
	require.Equal(t, runtime.GOOS != "windows", colored(device, env()))
	require.False(t, colored(device, env("NO_COLOR", "0", "WT_SESSION", "1")), "any value disables colors")
	require.False(t, colored(device, env("TERM", "dumb", "WT_SESSION", "1")))
	require.False(t, colored(file, modern))
	require.False(t, colored(pipe, modern))
	require.False(t, colored(new(bytes.Buffer), modern))

	require.Zero(t, screenWidth(device))
	require.Zero(t, screenWidth(file))
	require.Zero(t, screenWidth(new(bytes.Buffer)))
}

func TestColors(t *testing.T) {
	t.Parallel()
	as := layout{columns: named("TaskStatus", "DomainName"), colors: true}
	require.Equal(t, "\x1b[1mSTATUS\x1b[0m  \x1b[1mDOMAIN\x1b[0m\n"+
		"\x1b[31mfailed\x1b[0m  example.com\n"+
		"\x1b[32mok\x1b[0m      例子.example\n", writeAs(t, newTable, as, failed, succeeded))

	// No other form has them, and only the colors differ.
	for _, form := range []newRowWriter{newJSONLines, newCSV} {
		require.NotContains(t, writeAs(t, form, as, failed, hostile), "\x1b")
	}
	painted := []byte(writeAs(t, newTable, layout{colors: true}, failed, chinese, succeeded, hostile))
	for _, code := range []string{bold, red, green, reset} {
		painted = bytes.ReplaceAll(painted, []byte(code), nil)
	}
	require.Equal(t, write(t, newTable, failed, chinese, succeeded, hostile), string(painted))
}

func TestTableFitsTheScreen(t *testing.T) {
	t.Parallel()
	require.Equal(t, []int{16, 25, 28, 6, 42}, widths(tableColumns, 0), "the usual widths")
	require.Equal(t, []int{16, 25, 28, 6, 42}, widths(tableColumns, 125))
	require.Equal(t, []int{16, 25, 28, 6, 117}, widths(tableColumns, 200))
	require.Equal(t, []int{16, 24, 23, 6, 23}, widths(tableColumns, 100))
	require.Equal(t, []int{16, 10, 10, 6, 10}, widths(tableColumns, 60), "times are never cut")
	require.Equal(t, []int{16, 8, 8, 6, 8}, widths(tableColumns, 54), "no narrower")
	require.Equal(t, []int{16, 9, 8, 6}, widths(tableColumns, 45))
	require.Equal(t, []int{16, 10, 10}, widths(tableColumns, 40))
	require.Equal(t, []int{16}, widths(tableColumns, 10), "never the first")
	for screen := 16; screen < 130; screen++ {
		for _, line := range clitest.Lines(writeAs(t, newTable, layout{screen: screen}, failed, chinese, succeeded, hostile)) {
			require.LessOrEqual(t, width(line), screen)
		}
	}
}
