package main

import (
	"io"
	"os"
	"strings"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// statusLine writes to stderr: messages that stay, and on a terminal one line
// at the end that shows how far the listing is.
type statusLine struct {
	w     io.Writer
	live  bool // whether there is somebody to watch the line change
	shown int  // the width of the line that stands there; 0 = none
}

// newStatusLine shows progress only if stderr is a terminal, and not if stdout
// is a pipe: what reads the pipe commonly writes to the same terminal, and at
// times of its own.
func newStatusLine(stdout, stderr io.Writer) *statusLine {
	return &statusLine{w: stderr, live: isTerminal(stderr) && mode(stdout)&os.ModeNamedPipe == 0}
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

// show replaces the line. It leaves the cursor at its start, so that the ^C
// that a terminal echoes is cleared with it.
func (s *statusLine) show(text string) {
	if !s.live {
		return
	}
	s.clear()
	text = fit(text, 79) // a line that wraps could not be cleared
	io.WriteString(s.w, text+"\r")
	s.shown = width(text)
}

// clear removes the line. It does so with spaces, which work everywhere, and
// not with an escape sequence.
func (s *statusLine) clear() {
	if s.shown > 0 {
		io.WriteString(s.w, strings.Repeat(" ", s.shown)+"\r")
		s.shown = 0
	}
}

// say writes a message that stays.
func (s *statusLine) say(text string) {
	s.clear()
	cli.Say(s.w, "failedtasks", text)
}

// Write makes s the destination of a logger.
func (s *statusLine) Write(b []byte) (int, error) {
	s.clear()
	return s.w.Write(b)
}
