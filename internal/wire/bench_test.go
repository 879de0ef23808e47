package wire_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"strconv"
	"testing"

	"github.com/domaintask/domaintask/internal/wire"
)

// benchTask is a task as the service sends it, for the standard library to
// write and to read.
type benchTask struct {
	TaskNo, TaskDetailNo, TaskType, TaskTypeDescription string
	InstanceID                                          string `json:"InstanceId" xml:"InstanceId"`
	DomainName, TaskStatus                              string
	TaskStatusCode                                      int
	CreateTime, UpdateTime                              string
	TryCount                                            int
	ErrorMsg                                            string
	FailReason                                          string `json:",omitempty" xml:",omitempty"`
	TaskResult                                          string `json:",omitempty" xml:",omitempty"`
}

type benchPage struct {
	XMLName        xml.Name `json:"-" xml:"PollTaskResultResponse"`
	CurrentPageNum int
	Data           struct{ TaskDetail []benchTask }
	NextPage       bool
	PageSize       int
	PrePage        bool
	RequestID      string `json:"RequestId" xml:"RequestId"`
	TotalItemNum   int
	TotalPageNum   int
}

// newBenchPage makes a page of n tasks. In a mixed one every fourth task has
// Chinese text and characters that JSON and XML write as escapes.
func newBenchPage(n int, mixed bool) benchPage {
	page := benchPage{CurrentPageNum: 1, NextPage: true, PageSize: n, RequestID: "E879DC07-38EE-4408-9F33-73B30CD965CD", TotalItemNum: 10 * n, TotalPageNum: 10}
	types := [...][2]string{{"CHG_DNS", "DNS server change"}, {"ORDER_RENEW", "Domain name renewal"}, {"CHG_HOLDER", "Registrant change"}}
	for i := range n {
		kind := types[i/7%len(types)]
		task := benchTask{
			TaskNo:              fmt.Sprintf("b95bc334-f7d8-4f39-8a62-4c43%08x", i/20),
			TaskDetailNo:        fmt.Sprintf("15fee9d10d514bada66bd08c%08x", uint32(i)*2654435761),
			TaskType:            kind[0],
			TaskTypeDescription: kind[1],
			InstanceID:          "S2018171" + strconv.Itoa(41000000+i),
			DomainName:          fmt.Sprintf("example-%04d.com", i),
			TaskStatus:          "EXECUTE_SUCCESS",
			TaskStatusCode:      2,
			CreateTime:          fmt.Sprintf("2018-03-26 15:%02d:%02d", i/60%60, i%60),
			UpdateTime:          fmt.Sprintf("2018-03-26 16:%02d:%02d", i/60%60, i%60),
			ErrorMsg:            "The operation is successful.",
		}
		if i%10 == 9 {
			task.TaskStatus, task.TaskStatusCode, task.TryCount = "EXECUTE_FAILURE", 3, 3
			task.ErrorMsg = "The domain name is locked by the registry."
			task.TaskResult = "failed"
		}
		if mixed && i%4 == 0 {
			task.DomainName = fmt.Sprintf("例子-%04d.中国", i)
			task.TaskTypeDescription = "域名续费 <&> \"DNS\"\n修改"
			task.ErrorMsg = "操作成功 & “完成” \\ \t√"
		}
		page.Data.TaskDetail = append(page.Data.TaskDetail, task)
	}
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
			TaskDetail []benchTask
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
					if _, tasks, err := wire.DecodePage(doc, keep); err != nil || len(tasks) != n {
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
