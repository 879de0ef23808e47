package main

import (
	"bufio"
	"encoding/csv"
	"strconv"
	"strings"

	"github.com/domaintask/domaintask"
	"github.com/domaintask/domaintask/examples/internal/cli"
)

// rowWriter is one form of output. It fills a buffer: what write returned nil
// for is printed once flush has done so, too.
type rowWriter interface {
	write(domaintask.TaskDetail) error
	flush() error
}

// newRowWriter makes the rowWriter of one listing, its header in the buffer.
type newRowWriter func(*bufio.Writer) rowWriter

// jsonLines writes one object a line, with all that the service sent.
type jsonLines struct {
	out  *bufio.Writer
	line []byte
}

func newJSONLines(out *bufio.Writer) rowWriter { return &jsonLines{out: out} }

func (j *jsonLines) write(task domaintask.TaskDetail) (err error) {
	if j.line, err = cli.AppendJSON(j.line[:0], task); err != nil {
		return err
	}
	_, err = j.out.Write(j.line)
	return err
}

func (j *jsonLines) flush() error { return j.out.Flush() }

// csvRows writes RFC 4180 under a header of the service's names, one record a
// line. Two things make it differ from what the service sent: characters that
// steer a terminal are spaces, and text that a spreadsheet would run as a
// formula begins with an apostrophe. JSON is the form that changes nothing.
type csvRows struct{ csv *csv.Writer }

func newCSV(out *bufio.Writer) rowWriter {
	c := csvRows{csv.NewWriter(out)}
	c.csv.Write([]string{
		"TaskNo", "TaskDetailNo", "TaskType", "TaskTypeDescription", "InstanceId", "DomainName",
		"TaskStatus", "TaskStatusCode", "CreateTime", "UpdateTime", "TryCount",
		"ErrorMsg", "FailReason", "TaskResult",
	})
	return c
}

func (c csvRows) write(t domaintask.TaskDetail) error {
	return c.csv.Write([]string{
		cell(t.TaskNo), cell(t.TaskDetailNo), cell(t.TaskType), cell(t.TaskTypeDescription), cell(t.InstanceID), cell(t.DomainName),
		cell(string(t.TaskStatus)), strconv.Itoa(int(t.TaskStatusCode)), cell(t.CreateTime), cell(t.UpdateTime), strconv.Itoa(t.TryCount),
		cell(t.ErrorMsg), cell(t.FailReason), cell(t.TaskResult),
	})
}

func (c csvRows) flush() error {
	c.csv.Flush()
	return c.csv.Error()
}

// cell makes text safe in a spreadsheet. Such programs look past spaces, and
// some take the full-width forms for the ASCII ones.
func cell(text string) string {
	text = cli.Printable(text)
	if start := strings.TrimLeft(text, " \u3000"); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) {
		return "'" + text
	}
	return text
}
