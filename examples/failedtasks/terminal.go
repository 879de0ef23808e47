package main

import (
	"io"
	"os"
	"runtime"
)

// What a table is painted with on a terminal.
const (
	plain = ""
	bold  = "\x1b[1m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	reset = "\x1b[0m"
)

// layoutFor is the layout of what is written to w.
func layoutFor(w io.Writer, columns []column) layout {
	return layout{columns: columns, screen: screenWidth(w), colours: coloured(w, os.Getenv)}
}

// coloured reports whether to use colours on w: never unless it is a terminal,
// and not where the user (https://no-color.org) or the terminal wants none.
func coloured(w io.Writer, getenv func(string) string) bool {
	switch {
	case !isTerminal(w), getenv("NO_COLOR") != "", getenv("TERM") == "dumb":
		return false
	case runtime.GOOS == "windows":
		return getenv("WT_SESSION") != "" // the old console shows the codes as they are
	}
	return true
}

// screenWidth is how many columns the terminal w has; 0 = it is none, or does
// not say.
func screenWidth(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok || !isTerminal(w) {
		return 0
	}
	return windowWidth(f)
}

// isTerminal reports whether w may be a terminal. /dev/null is a character
// device as well; what is shown there harms nobody.
func isTerminal(w io.Writer) bool { return mode(w)&os.ModeCharDevice != 0 }

// mode is what kind of file w is; 0 for what is none.
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
