package main

import (
	"bufio"
	"strings"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// table writes columns of fixed widths: it prints each page as it comes, and
// so cannot know the longest value. Where there is no screen a longer one moves
// what follows it to the right.
type table struct {
	out     *bufio.Writer
	columns []column
	widths  []int
	colours bool
	cut     bool // to the widths; what reads a pipe or a file needs whole values
}

func newTable(out *bufio.Writer, form layout) rowWriter {
	t := table{out, form.or(tableColumns), nil, form.colours, form.screen > 0}
	t.widths = widths(t.columns, form.screen)
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	t.line(titles, bold)
	return t
}

func (t table) write(r row) error {
	values := make([]string, len(t.columns))
	for i, c := range t.columns {
		values[i] = c.text(r)
	}
	colour := plain
	switch {
	case r.Failed():
		colour = red
	case r.Succeeded():
		colour = green
	}
	return t.line(values, colour)
}

// line writes values in their columns. A colour is for the status, except that
// bold is for all of them.
func (t table) line(values []string, colour string) error {
	var b strings.Builder
	gap := 0 // spaces are written before what follows them, so none ends a line
	for i, v := range values {
		v = cli.Printable(v)
		if t.cut {
			v = fit(v, t.widths[i])
		}
		spare := max(t.widths[i]-width(v), 0)
		if text := strings.TrimRight(v, " "); text != "" {
			b.WriteString(strings.Repeat(" ", gap))
			b.WriteString(t.paint(text, colour, t.columns[i].name == "TaskStatus" || colour == bold))
			gap = len(v) - len(text)
		} else {
			gap += len(v)
		}
		gap += spare + 2
	}
	_, err := t.out.WriteString(b.String() + "\n")
	return err
}

func (t table) paint(text, colour string, wanted bool) string {
	if !t.colours || !wanted || colour == plain {
		return text
	}
	return colour + text + reset
}

func (t table) flush() error { return t.out.Flush() }

// narrowest is how narrow a column becomes at most.
const narrowest = 16

// widths makes columns fit a screen: the widest give way first, and what is
// left over goes to the last. A screen of 0 is none.
func widths(columns []column, screen int) []int {
	widths := make([]int, len(columns))
	left := screen
	for i, c := range columns {
		widths[i] = c.width
		left -= c.width + 2
	}
	if left += 2; screen <= 0 {
		return widths
	}
	for ; left < 0; left++ {
		widest := 0
		for i, w := range widths {
			if w >= widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= narrowest {
			break // the lines wrap
		}
		widths[widest]--
	}
	widths[len(widths)-1] += max(left, 0)
	return widths
}
