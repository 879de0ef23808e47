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

// statusLine writes to stderr: messages that stay, and on a terminal one line
// at the end that shows how far the listing is.
type statusLine struct {
	w      io.Writer
	live   bool // whether there is somebody to watch the line change
	screen int  // how wide the terminal is; 0 = unknown

	mu    sync.Mutex // the timer has a goroutine of its own
	text  string     // what the line says; "" = there is none
	since time.Time  // when it began to say so
	timer *time.Timer
	shown int // the width of the line that stands there; 0 = none
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

// show replaces the line. Every second until the next one, or clear, it also
// tells how long it has been there.
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

// tick draws the line anew, unless it was cleared meanwhile.
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

// say writes a message that stays. The line comes back below it: what it waits
// for goes on.
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
