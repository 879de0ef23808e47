package main

import (
	"io"
	"os"
	"runtime"
)

// The escape sequences of a table on a terminal.
const (
	plain = ""
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	reset = "\x1b[0m"
)

// layoutFor returns the layout for output to w.
func layoutFor(w io.Writer, columns []column) layout {
	return layout{columns: columns, screen: screenWidth(w), colors: colored(w, os.Getenv)}
}

// colored reports whether to use colors on w: only on a terminal, and only if the
// user (https://no-color.org) and the terminal allow them.
func colored(w io.Writer, getenv func(string) string) bool {
	switch {
	case !isTerminal(w), getenv("NO_COLOR") != "", getenv("TERM") == "dumb":
		return false
	case runtime.GOOS == "windows":
		return getenv("WT_SESSION") != "" // the old console prints the codes
	}
	return true
}

// screenWidth returns the number of columns of the terminal w. 0 means that w is
// not a terminal, or that its width is unknown.
func screenWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(w) {
		return 0
	}
	return windowWidth(f)
}

// isTerminal reports whether w may be a terminal. It is also true for /dev/null, a
// character device, where it does no harm.
func isTerminal(w io.Writer) bool { return mode(w)&os.ModeCharDevice != 0 }

// mode returns the mode of the file w, or 0 if w is not a file.
func mode(w io.Writer) os.FileMode {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	info, err := f.Stat()
	if err != nil {
		return 0
	}
	return info.Mode()
}
