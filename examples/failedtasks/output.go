package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"strings"
	"unicode"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// rowWriter is one form of output. It fills a buffer: what write returned nil
// for is printed once flush has done so, too.
type rowWriter interface {
	write(row) error
	flush() error
}

// newRowWriter makes the rowWriter of one listing, its header in the buffer.
type newRowWriter func(*bufio.Writer, layout) rowWriter

// layout is what the forms of output have in common.
type layout struct {
	columns []column // nil = what the form shows by itself
	screen  int      // how wide the terminal is; 0 = there is none
	colours bool
}

func (l layout) or(usual []column) []column {
	if l.columns != nil {
		return l.columns
	}
	return usual
}

// jsonLines writes one object a line: all that the service sent, unless
// columns are chosen.
type jsonLines struct {
	out     *bufio.Writer
	columns []column
	line    []byte
}

func newJSONLines(out *bufio.Writer, form layout) rowWriter {
	return &jsonLines{out: out, columns: form.columns}
}

func (j *jsonLines) write(r row) (err error) {
	if j.columns == nil {
		j.line, err = cli.AppendJSON(j.line[:0], r.TaskDetail)
	} else {
		j.line, err = appendObject(j.line[:0], j.columns, r)
	}
	if err != nil {
		return err
	}
	_, err = j.out.Write(j.line)
	return err
}

// appendObject keeps the order of columns, which a map would not.
func appendObject(line []byte, columns []column, r row) (_ []byte, err error) {
	for i, c := range columns {
		separator := byte(',')
		if i == 0 {
			separator = '{'
		}
		line = fmt.Appendf(append(line, separator), "%q:", c.name)
		if line, err = cli.AppendJSON(line, c.value(r)); err != nil {
			return line, err
		}
		line = line[:len(line)-1] // the line break
	}
	return append(line, '}', '\n'), nil
}

func (j *jsonLines) flush() error { return j.out.Flush() }

// csvRows writes RFC 4180 under a header of the service's names, one record a
// line. Two things make it differ from what the service sent: characters that
// steer a terminal are spaces, and text that a spreadsheet would run as a
// formula begins with an apostrophe. JSON is the form that changes nothing.
type csvRows struct {
	csv     *csv.Writer
	columns []column
}

func newCSV(out *bufio.Writer, form layout) rowWriter {
	c := csvRows{csv.NewWriter(out), form.or(csvColumns)}
	header := make([]string, len(c.columns))
	for i, column := range c.columns {
		header[i] = column.name
	}
	c.csv.Write(header)
	return c
}

func (c csvRows) write(r row) error {
	record := make([]string, len(c.columns))
	for i, column := range c.columns {
		record[i] = fmt.Sprint(column.value(r))
		if text, ok := column.value(r).(string); ok {
			record[i] = cell(text)
		}
	}
	return c.csv.Write(record)
}

func (c csvRows) flush() error {
	c.csv.Flush()
	return c.csv.Error()
}

// cell makes text safe in a spreadsheet. Such programs look past white space of
// any kind, and some take the full-width forms for the ASCII ones.
func cell(text string) string {
	text = cli.Printable(text)
	if start := strings.TrimLeftFunc(text, unicode.IsSpace); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) {
		return "'" + text
	}
	return text
}
