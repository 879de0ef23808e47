package domaintasktest

import (
	"bytes"
	"encoding/json"
	"slices"
)

// The faults in this file are in the fields of the document. The operation has
// been performed.

// SampleTypes sends the types of the vendor's sample of QueryTaskDetailList: a
// list of one task as the task itself, and a TaskResult of digits as a number.
// In XML, both look like the usual ones.
func SampleTypes() Fault {
	return rewritten("SampleTypes", func(doc []byte, format string) []byte {
		if format != "JSON" {
			return doc
		}
		doc = replaceValues(doc, format, "TaskResult", func(value []byte) []byte {
			digits := bytes.Trim(value, `"`)
			if len(bytes.Trim(digits, "0123456789")) == 0 && json.Valid(digits) {
				return digits
			}
			return value
		})
		return replaceValues(doc, format, "TaskDetail", func(value []byte) []byte {
			var list []json.RawMessage
			if json.Unmarshal(value, &list) == nil && len(list) == 1 {
				return list[0]
			}
			return value
		})
	})
}

// replaceValues replaces the value of every field of this name: a JSON value, or
// the content of an XML element.
func replaceValues(doc []byte, format, name string, replace func(value []byte) []byte) []byte {
	for from := 0; ; {
		start, end := findValue(doc, format, name, from)
		if start < 0 {
			return doc
		}
		value := bytes.Clone(replace(doc[start:end]))
		doc = slices.Replace(doc, start, end, value...)
		from = start + len(value)
	}
}

// findValue returns where the first value of a field of this name begins and
// ends, from an offset on. The start is -1 if there is none.
func findValue(doc []byte, format, name string, from int) (start, end int) {
	open := `"` + name + `":`
	if format == "XML" {
		open = "<" + name + ">"
	}
	start = bytes.Index(doc[from:], []byte(open))
	if start < 0 {
		return -1, -1
	}
	start += from + len(open)
	length := bytes.Index(doc[start:], []byte("</"+name+">"))
	if format == "JSON" {
		var value json.RawMessage
		dec := json.NewDecoder(bytes.NewReader(doc[start:]))
		if dec.Decode(&value) != nil {
			return -1, -1 // another fault has damaged the document
		}
		length = int(dec.InputOffset())
	}
	return start, start + length
}
