package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// statusLine writes to stderr: messages that stay, and on a terminal one line
// at the end that shows how far the listing is.
type statusLine struct {
	w      io.Writer
	live   bool // whether there is somebody to watch the line change
	screen int  // how wide the terminal is; 0 = unknown
	shown  int  // the width of the line that stands there; 0 = none
}

// newStatusLine shows progress only if stderr is a terminal, and not if stdout
// is a pipe: what reads the pipe commonly writes to the same terminal, and at
// times of its own.
func newStatusLine(stdout, stderr io.Writer) *statusLine {
	return &statusLine{
		w:      stderr,
		live:   isTerminal(stderr) && mode(stdout)&os.ModeNamedPipe == 0,
		screen: screenWidth(stderr),
	}
}

// show replaces the line. It leaves the cursor at its start, so that the ^C
// that a terminal echoes is cleared with it.
func (s *statusLine) show(text string) {
	if !s.live {
		return
	}
	s.clear()
	screen := 80
	if s.screen > 0 {
		screen = min(s.screen, screen)
	}
	text = fit(text, screen-1) // a line that wraps could not be cleared
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

// pace is how fast tasks were read, and how long those that are left will take
// at that; 0 left tells nothing.
func pace(read, left int, took time.Duration) string {
	if read <= 0 || took <= 0 {
		return ""
	}
	rate := float64(read) / took.Seconds()
	text := fmt.Sprintf(", %.0f/s", rate)
	if rate < 10 {
		text = fmt.Sprintf(", %.1f/s", rate)
	}
	if left <= 0 {
		return text
	}
	wait := time.Duration(float64(left) / rate * float64(time.Second)).Round(time.Second)
	if wait < time.Second {
		return text + ", <1s left"
	}
	return text + ", " + wait.String() + " left"
}
