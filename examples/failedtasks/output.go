package main

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"strings"
	"unicode"

	"github.com/domaintask/domaintask/examples/internal/cli"
)

// rowWriter is one form of output. It fills a buffer: a row is printed once write
// and then flush have returned nil.
type rowWriter interface {
	write(row) error
	flush() error
}

// newRowWriter returns the rowWriter of one listing, with the header in the buffer.
type newRowWriter func(*bufio.Writer, layout) rowWriter

// layout holds the options of all forms of output.
type layout struct {
	columns []column // nil means the default of the form
	screen  int      // width of the terminal; 0 means none
	colors  bool
}

func (l layout) or(usual []column) []column {
	if l.columns != nil {
		return l.columns
	}
	return usual
}

// jsonLines writes one object a line, with all fields that the service sent unless
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

// csvRows writes RFC 4180 under a header of the service's names, one record a line.
// It changes values in two ways: terminal control characters become spaces, and
// text that a spreadsheet would run as a formula begins with an apostrophe. JSON
// changes nothing.
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

// cell makes text safe in a spreadsheet. Spreadsheets skip any leading white space,
// and some treat full-width characters as ASCII.
func cell(text string) string {
	text = cli.Printable(text)
	if start := strings.TrimLeftFunc(text, unicode.IsSpace); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) {
		return "'" + text
	}
	return text
}
