package benchtest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"

	"github.com/domaintask/domaintask"
)

// pageMark marks the place of the page number in a TaskDetailNo, so that no two
// pages have a task in common.
const pageMark = "pagemark"

// Pages writes the documents of a list of equal pages.
type Pages struct {
	size       int
	head, tail string // of a document
	data       []byte // with the tasks
	marks      []int  // positions in data of the page number
}

// NewPages prepares pages of size tasks, as Tasks returns them.
func NewPages(format domaintask.Format, size int, mixed bool) *Pages {
	p := &Pages{size: size}
	var data struct {
		XMLName    struct{} `json:"-" xml:"Data"`
		TaskDetail []Task
	}
	data.TaskDetail = Tasks(size, mixed)
	var err error
	if format == domaintask.FormatXML {
		p.head = xml.Header + `<PollTaskResultResponse><CurrentPageNum>%d</CurrentPageNum>`
		p.tail = `<NextPage>%t</NextPage><PageSize>%d</PageSize><PrePage>%t</PrePage><RequestId>E879DC07-38EE-4408-9F33-73B30CD965CD</RequestId>` +
			`<TotalItemNum>%d</TotalItemNum><TotalPageNum>%d</TotalPageNum></PollTaskResultResponse>`
		p.data, err = xml.Marshal(data)
	} else {
		p.head = `{"CurrentPageNum":%d,"Data":`
		p.tail = `,"NextPage":%t,"PageSize":%d,"PrePage":%t,"RequestId":"E879DC07-38EE-4408-9F33-73B30CD965CD","TotalItemNum":%d,"TotalPageNum":%d}`
		p.data, err = json.Marshal(data)
	}
	if err != nil {
		panic(err)
	}
	for at := 0; ; {
		i := bytes.Index(p.data[at:], []byte(pageMark))
		if i < 0 {
			return p
		}
		p.marks = append(p.marks, at+i)
		at += i + len(pageMark)
	}
}

// Page returns the document of one page.
func (p *Pages) Page(num, pages int) []byte {
	doc := fmt.Appendf(make([]byte, 0, len(p.data)+1024), p.head, num)
	start := len(doc)
	doc = append(doc, p.data...)
	number := fmt.Sprintf("%08x", num)
	for _, mark := range p.marks {
		copy(doc[start+mark:], number)
	}
	return fmt.Appendf(doc, p.tail, num < pages, p.size, num > 1, p.size*pages, pages)
}
