package main

import (
	"bufio"
	"strings"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// table writes columns of fixed widths: it prints each page when it arrives, so the
// longest value is unknown. Without a screen a longer value shifts the rest of its
// row to the right.
type table struct {
	out     *bufio.Writer
	columns []column
	widths  []int
	colors  bool
	cut     bool // cut values to the widths; readers of a pipe or file need whole values
}

func newTable(out *bufio.Writer, form layout) rowWriter {
	t := table{out, form.or(tableColumns), nil, form.colors, form.screen > 0}
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
	color := plain
	switch {
	case r.Failed():
		color = red
	case r.Succeeded():
		color = green
	}
	return t.line(values, color)
}

// line writes values in their columns. A color applies to the status, and bold to
// all values.
func (t table) line(values []string, color string) error {
	var b strings.Builder
	gap := 0 // spaces are written before the next value, so no line ends with them
	for i, v := range values {
		v = cli.Printable(v)
		if t.cut {
			v = fit(v, t.widths[i])
		}
		spare := max(t.widths[i]-width(v), 0)
		if text := strings.TrimRight(v, " "); text != "" {
			b.WriteString(strings.Repeat(" ", gap))
			b.WriteString(t.paint(text, color, t.columns[i].name == "TaskStatus" || color == bold))
			gap = len(v) - len(text)
		} else {
			gap += len(v)
		}
		gap += spare + 2
	}
	_, err := t.out.WriteString(b.String() + "\n")
	return err
}

func (t table) paint(text, color string, wanted bool) string {
	if !t.colors || !wanted || color == plain {
		return text
	}
	return color + text + reset
}

func (t table) flush() error { return t.out.Flush() }

// narrowest returns the minimum width of a column: a time must be complete, but
// other text is useful without its end.
func narrowest(c column) int {
	if c.name == "CreateTime" || c.name == "UpdateTime" {
		return min(c.width, len("2006-01-02 15:04"))
	}
	return min(c.width, 8)
}

// widths makes columns fit a screen: the widest shrink first, and the last one gets
// the remaining space. A screen of 0 means none. If all of them at their narrowest
// do not fit, the last are omitted, since wrapped rows are unreadable. The first,
// which identifies a row, is never omitted.
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
