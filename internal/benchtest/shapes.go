package benchtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/domaintask/domaintask"
)

// Delays are the times that a service takes for each page of a walk.
var Delays = []time.Duration{0, 5 * time.Millisecond, 50 * time.Millisecond}

// SecurityToken has the usual length.
var SecurityToken = strings.Repeat("CAIS+gF1q6Ft5B2yfSjIr5bRP4+AjbNQ2/iIVEzHi2UwR+B7nfX8gDz2IH1JdHFr", 11)

// Shape is a page to decode.
type Shape struct {
	Name   string // such as JSON/plain/1000
	Format domaintask.Format
	Tasks  int // number of tasks
	doc    []byte
}

// Answer returns the page as a response of the service.
func (s Shape) Answer() *http.Response {
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(bytes.NewReader(s.doc)), ContentLength: int64(len(s.doc))}
}

// Shapes returns a short page and a long one, plain and mixed, in either format.
func Shapes() (shapes []Shape) {
	for _, format := range []domaintask.Format{domaintask.FormatJSON, domaintask.FormatXML} {
		for _, kind := range []string{"plain", "mixed"} {
			for _, n := range []int{20, 1000} {
				shapes = append(shapes, Shape{fmt.Sprintf("%v/%s/%d", format, kind, n), format, n, NewPages(format, n, kind == "mixed").Page(12, 100)})
			}
		}
	}
	return shapes
}
