package domaintask_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// The key that tests sign with, where nobody checks the signature.
const (
	testKeyID  = "testid"
	testSecret = "testsecret-30-characters-long!"
)

// once is the policy of tests that are about a single attempt.
var once = domaintask.RetryPolicy{MaxAttempts: 1}

func static() domaintask.CredentialsProvider {
	return domaintask.StaticCredentials(testKeyID, testSecret, "")
}

// newClient returns a client of config, with the credentials of the tests
// where it has none.
func newClient(t *testing.T, config domaintask.Config) *domaintask.Client {
	t.Helper()
	if config.Credentials == nil {
		config.Credentials = static()
	}
	client, err := domaintask.NewClient(config)
	require.NoError(t, err)
	return client
}

// serve runs handler over real HTTP until the test ends.
func serve(t *testing.T, handler http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server
}

// script is a service that answers with the given pages, one a request, and
// keeps what it was asked.
type script struct {
	mu    sync.Mutex
	pages []page
	asked []url.Values
}

// page is one scripted answer. Totals and CurrentPageNum are sent where they
// are not zero, NextPage where it is not nil.
type page struct {
	CurrentPageNum int   `json:",omitempty"`
	PageSize       int   `json:",omitempty"`
	TotalPageNum   int   `json:",omitempty"`
	TotalItemNum   int   `json:",omitempty"`
	NextPage       *bool `json:",omitempty"`
	ids            []string
	status         int // an error with this status in place of a page
}

func yes() *bool { v := true; return &v }
func no() *bool  { return new(bool) }

// play returns a client of a service that plays the pages.
func play(t *testing.T, config domaintask.Config, pages ...page) (*domaintask.Client, *script) {
	t.Helper()
	s := &script{pages: pages}
	config.Endpoint = serve(t, s.ServeHTTP).URL
	return newClient(t, config), s
}

func (s *script) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.asked) == len(s.pages) {
		http.Error(w, "the script has ended", http.StatusTeapot)
		return
	}
	p := s.pages[len(s.asked)]
	s.asked = append(s.asked, r.URL.Query())
	if p.status != 0 {
		w.WriteHeader(p.status)
		fmt.Fprint(w, `{"RequestId":"r","Code":"Scripted","Message":"as written"}`)
		return
	}
	tasks := make([]map[string]any, len(p.ids))
	for i, id := range p.ids {
		tasks[i] = map[string]any{"TaskDetailNo": id}
	}
	json.NewEncoder(w).Encode(struct {
		page
		Data map[string]any
	}{p, map[string]any{"TaskDetail": tasks}})
}

// askedPages returns the PageNum of every request so far.
func (s *script) askedPages() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	nums := []int{}
	for _, values := range s.asked {
		n, _ := strconv.Atoi(values.Get("PageNum"))
		nums = append(nums, n)
	}
	return nums
}
