package benchtest

import (
	"bufio"
	"encoding/json"
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

	"github.com/domaintask/domaintask"
)

// Service is a service in its own process, so that its CPU time is not measured.
type Service struct {
	Pages int           // number of pages
	Delay time.Duration // before each response
}

const serviceEnv = "DOMAINTASK_BENCH_SERVICE"

// Start runs the service until the benchmark ends and returns its address. The
// process runs the test's own binary, which must have a TestBenchService that calls
// Serve.
func (s Service) Start(b *testing.B) (url string) {
	b.Helper()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	settings, err := json.Marshal(s)
	must(err)
	process := exec.Command(os.Args[0], "-test.run=^TestBenchService$", "-test.timeout=0")
	process.Env = append(os.Environ(), serviceEnv+"="+string(settings))
	process.Stderr = os.Stderr
	stdin, err := process.StdinPipe()
	must(err)
	stdout, err := process.StdoutPipe()
	must(err)
	must(process.Start())
	b.Cleanup(func() {
		stdin.Close()
		process.Wait()
	})
	url, err = bufio.NewReader(stdout).ReadString('\n')
	must(err)
	return strings.TrimSpace(url)
}

// Serve runs the service in its process. In any other process it skips the test.
func Serve(t *testing.T) {
	settings := os.Getenv(serviceEnv)
	if settings == "" {
		t.Skip("only benchmarks need it")
	}
	var s Service
	if err := json.Unmarshal([]byte(settings), &s); err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("http://%v\n", listener.Addr())
	go http.Serve(listener, &s)
	io.Copy(io.Discard, os.Stdin) // ends with the benchmark
}

// ServeHTTP responds to any request with a page. It checks nothing, since it is not
// what is measured.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	query := r.URL.Query()
	num, _ := strconv.Atoi(query.Get("PageNum"))
	size, _ := strconv.Atoi(query.Get("PageSize"))
	doc := pagesOf(size).Page(num, s.Pages)
	time.Sleep(s.Delay)
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Set("Content-Length", strconv.Itoa(len(doc)))
	w.Write(doc)
}

var pagesOf = func() func(int) *Pages {
	var mu sync.Mutex
	made := map[int]*Pages{}
	return func(size int) *Pages {
		mu.Lock()
		defer mu.Unlock()
		if made[size] == nil {
			made[size] = NewPages(domaintask.FormatJSON, size, false)
		}
		return made[size]
	}
}()
