package main

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/domaintask/domaintask"
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
	line bytes.Buffer
	json *json.Encoder // into line
}

func newJSONLines(out *bufio.Writer) rowWriter {
	j := &jsonLines{out: out}
	j.json = json.NewEncoder(&j.line)
	j.json.SetEscapeHTML(false) // people read the lines, too
	return j
}

func (j *jsonLines) write(task domaintask.TaskDetail) error {
	j.line.Reset()
	if err := j.json.Encode(task); err != nil {
		return err
	}
	text := j.line.Bytes()
	text = text[:len(text)-1] // without the line break of Encode

	// Package json leaves some characters as they are that steer a terminal.
	// Escaped they are the same JSON.
	for i := bytes.IndexFunc(text, steers); i >= 0; i = bytes.IndexFunc(text, steers) {
		j.out.Write(text[:i]) // a bufio.Writer keeps its error for later
		r, size := utf8.DecodeRune(text[i:])
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(j.out, `\u%04x`, unit)
		}
		text = text[i+size:]
	}
	j.out.Write(text)
	return j.out.WriteByte('\n')
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
		cell(string(t.TaskStatus)), decimal(int(t.TaskStatusCode)), cell(t.CreateTime), cell(t.UpdateTime), decimal(t.TryCount),
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
	text = printable(text)
	if start := strings.TrimLeft(text, " \u3000"); start != "" && strings.ContainsRune("=+-@＝＋－＠", []rune(start)[0]) {
		return "'" + text
	}
	return text
}
