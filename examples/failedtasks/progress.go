package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// statusLine writes to stderr: permanent messages, and on a terminal a last line
// that shows the progress of the listing.
type statusLine struct {
	w      io.Writer
	live   bool // whether the line is shown
	screen int  // width of the terminal; 0 means unknown

	mu    sync.Mutex // the timer has its own goroutine
	text  string     // the line; empty if there is none
	since time.Time  // when text was set
	timer *time.Timer
	shown int // the width of the line on the screen; 0 means none
}

// newStatusLine shows progress only if stderr is a terminal and stdout is not a
// pipe: the reader of the pipe often writes to the same terminal at the same time.
func newStatusLine(stdout, stderr io.Writer) *statusLine {
	return &statusLine{
		w:      stderr,
		live:   isTerminal(stderr) && mode(stdout)&os.ModeNamedPipe == 0,
		screen: screenWidth(stderr),
	}
}

// show replaces the line. Every second until the next call, or clear, it also shows
// how long the line has been there.
func (s *statusLine) show(text string) {
	if !s.live {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text, s.since = text, time.Now()
	s.draw()
	if s.timer == nil {
		s.timer = time.AfterFunc(time.Second, s.tick)
	} else {
		s.timer.Reset(time.Second)
	}
}

// tick redraws the line, unless it has been cleared.
func (s *statusLine) tick() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.text != "" {
		s.draw()
		s.timer.Reset(time.Second)
	}
}

// clear removes the line.
func (s *statusLine) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text = ""
	s.wipe()
	if s.timer != nil {
		s.timer.Stop()
	}
}

// say writes a permanent message, and the line again below it.
func (s *statusLine) say(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wipe()
	cli.Say(s.w, "failedtasks", text)
	if s.text != "" {
		s.draw()
	}
}

// draw leaves the cursor at the start of the line, so that the ^C that a
// terminal echoes is cleared with it. A line that wraps could not be cleared.
func (s *statusLine) draw() {
	s.wipe()
	screen := 80
	if s.screen > 0 {
		screen = min(s.screen, screen)
	}
	waiting := ""
	if waited := time.Since(s.since).Truncate(time.Second); waited > 0 {
		waiting = ", waiting " + waited.String()
	}
	text := fit(s.text, screen-1-width(waiting)) + waiting
	io.WriteString(s.w, text+"\r")
	s.shown = width(text)
}

// wipe removes what was drawn. It does so with spaces, which work everywhere,
// and not with an escape sequence.
func (s *statusLine) wipe() {
	if s.shown > 0 {
		io.WriteString(s.w, strings.Repeat(" ", s.shown)+"\r")
		s.shown = 0
	}
}

// pace returns the speed of reading and the time for the remaining tasks. If left
// is 0, that time is omitted.
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
