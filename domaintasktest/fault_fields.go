package domaintasktest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The faults in this file are in single fields of the document. The operation
// has been performed.

// WithField returns the fault with a field of the response set to raw text: a
// value in JSON, the content of the element in XML. It need not be valid:
//
//	domaintasktest.Fault{}.WithField("TaskResult", `{"a":1}`, `<a>1</a>`)
//	domaintasktest.Fault{}.WithField("TryCount", `"N/A"`, `N/A`)
//	domaintasktest.Fault{}.WithField("NextPage", `1`, `1`)
//	domaintasktest.Fault{}.WithField("ErrorMsg", "\"a\x0bb\"", "a &nbsp; b & c &#11;")
//	domaintasktest.Throttle(0).WithField("Code", `" Throttling.User "`, "\n\tThrottling.User\n")
//
// It changes the first field of this name in the document. If there is none, it
// adds the field to the first task or, without tasks, to the document.
func (f Fault) WithField(name, jsonValue, xmlContent string) Fault {
	return f.with(fmt.Sprintf(" with %s %s", name, jsonValue), rewriter(func(doc []byte, format string) []byte {
		start, end := findValue(doc, format, name, 0)
		if start < 0 {
			return addField(doc, format, taskStart(doc, format), name, jsonValue, xmlContent)
		}
		return slices.Replace(doc, start, end, pick(format, jsonValue, xmlContent)...)
	}))
}

// WithElement returns the fault with one more element at the head of the list of
// tasks, of raw text. It may have no field of a task:
//
//	domaintasktest.Fault{}.WithElement(`{"Error":"internal"}`, `<TaskDetail><Error>internal</Error></TaskDetail>`)
//
// The totals do not count it. It changes nothing in a response without a list.
func (f Fault) WithElement(jsonValue, xmlElement string) Fault {
	return f.with(" with element "+jsonValue, rewriter(func(doc []byte, format string) []byte {
		head, empty := listHead(doc, format)
		if head < 0 {
			return doc
		}
		comma := ","
		if empty {
			comma = ""
		}
		return slices.Insert(doc, head, pick(format, jsonValue+comma, xmlElement)...)
	}))
}

// RequestIDTwice adds the field requestId, with another value, before and after
// the RequestId of the service.
func RequestIDTwice() Fault {
	return rewritten("RequestIDTwice", func(doc []byte, format string) []byte {
		const other = "00000000-0000-0000-0000-000000000000"
		first := pick(format, `"requestId":"`+other+`",`, "<requestId>"+other+"</requestId>")
		last := pick(format, `,"requestId":"`+other+`"`, "<requestId>"+other+"</requestId>")
		doc = slices.Insert(doc, inside(doc, format), first...)
		return slices.Insert(doc, bytes.LastIndex(doc, pick(format, "}", "</")), last...)
	})
}

// SampleTypes sends the types of the vendor's sample of QueryTaskDetailList: a
// list of one task as the task itself, and a TaskResult of digits as a number.
// In XML, both look as usual.
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

// StringTypes sends numbers and booleans as strings, as the vendor's samples of
// other operations do. In XML, they look as usual.
func StringTypes() Fault {
	return rewritten("StringTypes", func(doc []byte, format string) []byte {
		for _, name := range []string{
			"CurrentPageNum", "NextPage", "PageSize", "PrePage", "Result", "TaskStatusCode", "TotalItemNum", "TotalPageNum", "TryCount",
		} {
			doc = replaceValues(doc, format, name, func(value []byte) []byte {
				if format == "JSON" {
					return []byte(strconv.Quote(string(value)))
				}
				return value
			})
		}
		return doc
	})
}

// EpochMillis is a layout for TimeFormat: a number of milliseconds since 1970.
const EpochMillis = "epoch milliseconds"

// TimeFormat sends CreateTime and UpdateTime in another layout of package time,
// or as EpochMillis, in zone. If zone is nil, it is UTC+8, as in the service's
// own times.
func TimeFormat(layout string, zone *time.Location) Fault {
	if zone == nil {
		zone = serviceZone
	}
	return rewritten(fmt.Sprintf("TimeFormat %s %v", layout, zone), func(doc []byte, format string) []byte {
		for _, name := range []string{"CreateTime", "UpdateTime"} {
			doc = replaceValues(doc, format, name, func(value []byte) []byte {
				t, err := time.ParseInLocation(time.DateTime, strings.Trim(string(value), `"`), serviceZone)
				switch {
				case err != nil:
					return value
				case layout == EpochMillis:
					return strconv.AppendInt(nil, t.UnixMilli(), 10)
				}
				text := t.In(zone).Format(layout)
				return pick(format, strconv.Quote(text), text)
			})
		}
		return doc
	})
}

// pick returns the text for the format.
func pick(format, forJSON, forXML string) []byte {
	if format == "JSON" {
		return []byte(forJSON)
	}
	return []byte(forXML)
}

// addField adds a field to a document, before the byte at this offset.
func addField(doc []byte, format string, at int, name, jsonValue, xmlContent string) []byte {
	return slices.Insert(doc, at, pick(format, `"`+name+`":`+jsonValue+",", "<"+name+">"+xmlContent+"</"+name+">")...)
}

// taskStart returns where the first field of the first task begins. Without tasks,
// it is the first field of the document.
func taskStart(doc []byte, format string) int {
	open := pick(format, `"TaskDetail":[{`, "<TaskDetail>")
	if at := bytes.Index(doc, open); at >= 0 {
		return at + len(open)
	}
	return inside(doc, format)
}

// listHead returns where the first task of the list is, or would be. It is -1 if
// the document has no list.
func listHead(doc []byte, format string) (head int, empty bool) {
	open := pick(format, `"TaskDetail":[`, "<Data>")
	head = bytes.Index(doc, open)
	if head < 0 {
		return -1, false
	}
	head += len(open)
	return head, bytes.HasPrefix(doc[head:], pick(format, "]", "</Data>"))
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
// ends, from an offset on. The start is -1 if there is none, or if another fault
// has damaged it.
func findValue(doc []byte, format, name string, from int) (start, end int) {
	open := pick(format, `"`+name+`":`, "<"+name+">")
	start = bytes.Index(doc[from:], open)
	if start < 0 {
		return -1, -1
	}
	start += from + len(open)
	if format != "JSON" {
		length := bytes.Index(doc[start:], []byte("</"+name+">"))
		if length < 0 {
			return -1, -1
		}
		return start, start + length
	}
	var value json.RawMessage
	dec := json.NewDecoder(bytes.NewReader(doc[start:]))
	if dec.Decode(&value) != nil {
		return -1, -1
	}
	return start, start + int(dec.InputOffset())
}
