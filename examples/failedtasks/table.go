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
	t.columns = t.columns[:len(t.widths)]
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

// narrowest is how narrow a column becomes at most: of a time nothing may be
// missing, while other text is still a help without its end.
func narrowest(c column) int {
	if c.name == "CreateTime" || c.name == "UpdateTime" {
		return min(c.width, len("2006-01-02 15:04"))
	}
	return min(c.width, 8)
}

// widths makes columns fit a screen: the widest give way first, and what is
// left over goes to the last. A screen of 0 is none. Where all of them at their
// narrowest are too much, the last are left out, since a table whose rows wrap
// is none any more; never the first, which says what a row is about.
func widths(columns []column, screen int) []int {
	fitted := make([]int, len(columns))
	left, spare := screen+2, screen+2 // at the usual widths, and at the narrowest
	for i, c := range columns {
		fitted[i] = c.width
		left -= c.width + 2
		spare -= narrowest(c) + 2
	}
	switch {
	case screen <= 0:
		return fitted
	case spare < 0 && len(columns) > 1:
		return widths(columns[:len(columns)-1], screen)
	}
	for ; left < 0; left++ {
		widest := -1
		for i, w := range fitted {
			if w > narrowest(columns[i]) && (widest < 0 || w >= fitted[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			break // one column, which wraps
		}
		fitted[widest]--
	}
	fitted[len(fitted)-1] += max(left, 0)
	return fitted
}
