package domaintask_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	official "github.com/aliyun/alibaba-cloud-sdk-go/services/domain"
	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// pageMark stands for the number of the page in a TaskDetailNo, so that no two
// pages have a task in common.
const pageMark = "pagemark"

// benchPages writes the pages of a list of equal pages.
type benchPages struct {
	size       int
	head, tail string // of a document
	tasks      []byte
	marks      []int // where in tasks the number of the page goes
}

func newBenchPages(format domaintask.Format, size int, mixed bool) *benchPages {
	p := &benchPages{size: size}
	tasks := benchTasks(size, mixed)
	var err error
	if format == domaintask.FormatXML {
		p.head = xml.Header + `<PollTaskResultResponse><CurrentPageNum>%d</CurrentPageNum><Data>`
		p.tail = `</Data><NextPage>%t</NextPage><PageSize>%d</PageSize><PrePage>%t</PrePage><RequestId>E879DC07-38EE-4408-9F33-73B30CD965CD</RequestId>` +
			`<TotalItemNum>%d</TotalItemNum><TotalPageNum>%d</TotalPageNum></PollTaskResultResponse>`
		p.tasks, err = xml.Marshal(tasks)
	} else {
		p.head = `{"CurrentPageNum":%d,"Data":{"TaskDetail":`
		p.tail = `},"NextPage":%t,"PageSize":%d,"PrePage":%t,"RequestId":"E879DC07-38EE-4408-9F33-73B30CD965CD","TotalItemNum":%d,"TotalPageNum":%d}`
		p.tasks, err = json.Marshal(tasks)
	}
	if err != nil {
		panic(err)
	}
	for at := 0; ; {
		i := bytes.Index(p.tasks[at:], []byte(pageMark))
		if i < 0 {
			return p
		}
		p.marks = append(p.marks, at+i)
		at += i + len(pageMark)
	}
}

// page is the document of one page.
func (p *benchPages) page(num, pages int) []byte {
	doc := fmt.Appendf(make([]byte, 0, len(p.tasks)+1024), p.head, num)
	start := len(doc)
	doc = append(doc, p.tasks...)
	number := fmt.Sprintf("%08x", num)
	for _, mark := range p.marks {
		copy(doc[start+mark:], number)
	}
	return fmt.Appendf(doc, p.tail, num < pages, p.size, num > 1, p.size*pages, pages)
}

// benchTasks are like those of the service. Of mixed ones every fourth has
// Chinese text and characters that JSON and XML write as escapes.
func benchTasks(n int, mixed bool) []official.TaskDetail {
	types := [...][2]string{{"CHG_DNS", "DNS server change"}, {"ORDER_RENEW", "Domain name renewal"}, {"CHG_HOLDER", "Registrant change"}}
	tasks := make([]official.TaskDetail, n)
	for i := range tasks {
		kind := types[i/7%len(types)]
		task := official.TaskDetail{
			TaskNo:              fmt.Sprintf("b95bc334-f7d8-4f39-8a62-4c43%08x", i/20),
			TaskDetailNo:        fmt.Sprintf("15fee9d10d514bad%s%08x", pageMark, uint32(i)*2654435761),
			TaskType:            kind[0],
			TaskTypeDescription: kind[1],
			InstanceId:          "S2018171" + strconv.Itoa(41000000+i),
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
		}
		if mixed && i%4 == 0 {
			task.DomainName = fmt.Sprintf("例子-%04d.中国", i)
			task.TaskTypeDescription = "域名续费 <&> \"DNS\"\n修改"
			task.ErrorMsg = "操作成功 & “完成” \\ \t√"
		}
		tasks[i] = task
	}
	return tasks
}

// benchService is a service in a process of its own, so that its CPU time is
// nobody else's.
type benchService struct {
	Pages int           // how many there are
	Delay time.Duration // before each answer
}

const benchServiceEnv = "DOMAINTASK_BENCH_SERVICE"

// start runs the service until the benchmark ends and returns its address.
func (s benchService) start(b *testing.B) (url string) {
	b.Helper()
	settings, err := json.Marshal(s)
	require.NoError(b, err)
	process := exec.Command(os.Args[0], "-test.run=^TestBenchService$", "-test.timeout=0")
	process.Env = append(os.Environ(), benchServiceEnv+"="+string(settings))
	process.Stderr = os.Stderr
	stdin, err := process.StdinPipe()
	require.NoError(b, err)
	stdout, err := process.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, process.Start())
	b.Cleanup(func() {
		stdin.Close()
		process.Wait()
	})
	url, err = bufio.NewReader(stdout).ReadString('\n')
	require.NoError(b, err)
	return strings.TrimSpace(url)
}

// TestBenchService is that process, and nothing when it runs as a test.
func TestBenchService(t *testing.T) {
	var s benchService
	if os.Getenv(benchServiceEnv) == "" {
		t.Skip("only benchmarks need it")
	}
	require.NoError(t, json.Unmarshal([]byte(os.Getenv(benchServiceEnv)), &s))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	fmt.Printf("http://%v\n", listener.Addr())
	go http.Serve(listener, &s)
	io.Copy(io.Discard, os.Stdin) // ends with the benchmark
}

// ServeHTTP answers any request for a page. It checks nothing: what it costs
// is not what is measured.
func (s *benchService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	num, _ := strconv.Atoi(query.Get("PageNum"))
	size, _ := strconv.Atoi(query.Get("PageSize"))
	doc := benchPagesOf(size).page(num, s.Pages)
	time.Sleep(s.Delay)
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
	w.Write(doc)
}

var benchPagesOf = func() func(int) *benchPages {
	var mu sync.Mutex
	made := map[int]*benchPages{}
	return func(size int) *benchPages {
		mu.Lock()
		defer mu.Unlock()
		if made[size] == nil {
			made[size] = newBenchPages(domaintask.FormatJSON, size, false)
		}
		return made[size]
	}
}()
