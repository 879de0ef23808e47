package domaintask_test

import (
	"compress/gzip"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/domaintask/domaintask"
	"github.com/stretchr/testify/require"
)

// writePage writes a page of one task.
func writePage(w io.Writer, r *http.Request, pages int) {
	num, _ := strconv.Atoi(r.URL.Query().Get("PageNum"))
	fmt.Fprintf(w, `{"RequestId":"r","CurrentPageNum":%d,"PageSize":1,"TotalPageNum":%d,"TotalItemNum":%d,"NextPage":%t,"Data":{"TaskDetail":[{"TaskDetailNo":"%d"}]}}`,
		num, pages, pages, num < pages, num)
}

// inEights serves a hundred pages, those from the second to the ninth only
// once all eight of them have been asked for.
func inEights() http.HandlerFunc {
	var asked atomic.Int64
	eight := make(chan struct{})
	return func(w http.ResponseWriter, r *http.Request) {
		if n := asked.Add(1); n == 9 {
			close(eight)
		} else if n > 1 {
			select {
			case <-eight:
			case <-r.Context().Done():
			}
		}
		writePage(w, r, 100)
	}
}

func walkHundred(t *testing.T, client *domaintask.Client) {
	t.Helper()
	pages := 0
	for _, err := range client.Pages(t.Context(), domaintask.PollTaskResultRequest{PageSize: 1}, domaintask.WithPrefetch(8)) {
		require.NoError(t, err)
		pages++
	}
	require.Equal(t, 100, pages)
}

// TestPrefetchSharesConnections: eight pages in flight, eight connections for
// the whole walk.
func TestPrefetchSharesConnections(t *testing.T) {
	t.Parallel()
	server, connections := counting(t, inEights(), nil)
	walkHundred(t, newClient(t, domaintask.Config{Endpoint: server.URL}))
	require.EqualValues(t, 8, connections.Load())
}

// TestHTTP2 is spoken where the service offers it: eight pages in flight are
// then eight streams of one connection.
func TestHTTP2(t *testing.T) {
	t.Parallel()
	var versions sync.Map
	connections := new(atomic.Int64)
	pages := inEights()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		versions.Store(r.Proto, true)
		pages(w, r)
	}))
	server.EnableHTTP2 = true
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.StartTLS()
	t.Cleanup(server.Close)

	transport := domaintask.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: x509.NewCertPool()}
	transport.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	t.Cleanup(transport.CloseIdleConnections)
	walkHundred(t, newClient(t, domaintask.Config{Endpoint: server.URL, HTTPClient: &http.Client{Transport: transport}}))

	require.EqualValues(t, 1, connections.Load())
	versions.Range(func(version, _ any) bool {
		require.Equal(t, "HTTP/2.0", version)
		return true
	})
}

// TestGzip is asked for, and read as it arrives.
func TestGzip(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Accept-Encoding") != "gzip" {
			http.Error(w, "gzip is not accepted", http.StatusNotAcceptable)
			return
		}
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		writePage(z, r, 2)
	})
	client := newClient(t, domaintask.Config{Endpoint: server.URL, Retry: once})
	page, err := client.PollTaskResult(t.Context(), domaintask.PollTaskResultRequest{PageNum: 2})
	require.NoError(t, err)
	require.Equal(t, "2", page.Tasks[0].TaskDetailNo)
}
