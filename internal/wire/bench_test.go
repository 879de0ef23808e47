package wire_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"testing"

	"github.com/domaintask/domaintask/internal/benchtest"
	"github.com/domaintask/domaintask/internal/wire"
)

type benchPage struct {
	XMLName        xml.Name `json:"-" xml:"PollTaskResultResponse"`
	CurrentPageNum int
	Data           struct{ TaskDetail []benchtest.Task }
	NextPage       bool
	PageSize       int
	PrePage        bool
	RequestID      string `json:"RequestId" xml:"RequestId"`
	TotalItemNum   int
	TotalPageNum   int
}

// newBenchPage makes a page of n tasks.
func newBenchPage(n int, mixed bool) benchPage {
	page := benchPage{CurrentPageNum: 1, NextPage: true, PageSize: n, RequestID: "E879DC07-38EE-4408-9F33-73B30CD965CD", TotalItemNum: 10 * n, TotalPageNum: 10}
	page.Data.TaskDetail = benchtest.Tasks(n, mixed)
	return page
}

func (p benchPage) json(tb testing.TB) []byte {
	doc, err := json.Marshal(p)
	if err != nil {
		tb.Fatal(err)
	}
	return doc
}

func (p benchPage) xml(tb testing.TB) []byte {
	doc, err := xml.Marshal(struct {
		benchPage
		Data struct {
			TaskDetail []benchtest.Task
		}
	}{p, p.Data})
	if err != nil {
		tb.Fatal(err)
	}
	return append([]byte(xml.Header), doc...)
}

func benchmarkPages(b *testing.B, encode func(benchPage) []byte, std func([]byte, any) error) {
	for _, shape := range []string{"plain", "mixed"} {
		for _, n := range []int{20, 1000} {
			doc := encode(newBenchPage(n, shape == "mixed"))
			b.Run(fmt.Sprintf("%s/%d/wire", shape, n), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(doc)))
				for b.Loop() {
					if _, tasks, err := wire.DecodePage(doc, pageRoot, pageLimit, keep); err != nil || len(tasks) != n {
						b.Fatal(len(tasks), err)
					}
				}
			})
			b.Run(fmt.Sprintf("%s/%d/encoding", shape, n), func(b *testing.B) {
				b.ReportAllocs()
				b.SetBytes(int64(len(doc)))
				for b.Loop() {
					var page benchPage
					if err := std(doc, &page); err != nil || len(page.Data.TaskDetail) != n {
						b.Fatal(len(page.Data.TaskDetail), err)
					}
				}
			})
		}
	}
	doc := encode(newBenchPage(1000, false))
	b.Run("plain/1000/copy", func(b *testing.B) {
		b.SetBytes(int64(len(doc)))
		for b.Loop() {
			_ = bytes.Clone(doc)
		}
	})
}

func BenchmarkPageJSON(b *testing.B) {
	benchmarkPages(b, func(p benchPage) []byte { return p.json(b) }, json.Unmarshal)
}

func BenchmarkPageXML(b *testing.B) {
	benchmarkPages(b, func(p benchPage) []byte { return p.xml(b) }, xml.Unmarshal)
}
