package domaintasktest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/domaintasktest"
)

func TestSizesOnTheWire(t *testing.T) {
	t.Parallel()
	const large = 1<<20 + 1000
	padded := func(t *testing.T, got arrival, own, format string, _ way) {
		require.NoError(t, got.bodyErr)
		require.Len(t, got.body, large)
		first, start, end := "{", `"Padding":"`, `",`
		if format == "XML" {
			first, start, end = "<AcknowledgeTaskResultResponse>", "<Padding>", "</Padding>"
		}
		padding := strings.Repeat("x", large-len(own)-len(start)-len(end))
		require.True(t, strings.Replace(own, first, first+start+padding+end, 1) == got.body)
	}
	requireOnTheWire(t, []onTheWire{
		{fault: domaintasktest.LargeAnswer(large), status: 200, processed: true, what: func(t *testing.T, got arrival, own, format string, way way) {
			require.EqualValues(t, large, got.resp.ContentLength)
			padded(t, got, own, format, way)
		}},
		{fault: domaintasktest.LargeAnswer(large).WithHeader("Content-Length"), status: 200, processed: true, what: func(t *testing.T, got arrival, own, format string, way way) {
			require.EqualValues(t, -1, got.resp.ContentLength)
			padded(t, got, own, format, way)
		}},
		{fault: domaintasktest.GzipBomb(large), status: 200, processed: true, what: func(t *testing.T, got arrival, own, format string, way way) {
			require.True(t, got.resp.Uncompressed)
			padded(t, got, own, format, way)
		}},
		{fault: domaintasktest.Gzip(), status: 200, processed: true, what: func(t *testing.T, got arrival, own, _ string, _ way) {
			require.NoError(t, got.bodyErr)
			require.True(t, got.resp.Uncompressed)
			require.Equal(t, own, got.body)
		}},
		{fault: domaintasktest.GzipUnasked(), status: 200, processed: true, what: func(t *testing.T, got arrival, own, _ string, _ way) {
			require.True(t, got.resp.Uncompressed)
			require.Equal(t, own, got.body)
		}},
		{fault: domaintasktest.GzipTruncated(), status: 200, processed: true, what: func(t *testing.T, got arrival, own, _ string, _ way) {
			require.ErrorIs(t, got.bodyErr, io.ErrUnexpectedEOF)
			require.NotEqual(t, own, got.body)
		}},
		{fault: domaintasktest.GzipGarbage(), status: 200, processed: true, what: func(t *testing.T, got arrival, _, _ string, _ way) {
			require.ErrorIs(t, got.bodyErr, gzip.ErrHeader)
		}},
	})
}

// TestGzipUntouched: without net/http's transparency the bytes are those that
// were sent, and who accepts no compression gets none but where that is the
// fault.
func TestGzipUntouched(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		fault      domaintasktest.Fault
		accept     string
		compressed bool
	}{
		{domaintasktest.Gzip(), "", false},
		{domaintasktest.Gzip(), "br, gzip;q=0.5", true},
		{domaintasktest.GzipUnasked(), "", true},
		{domaintasktest.GzipBomb(5 << 20), "", true},
	} {
		srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
		srv.Inject(tt.fault)
		client := srv.Config().HTTPClient
		client.Transport.(*http.Transport).DisableCompression = true
		req := acknowledgement("JSON").http(t.Context(), t, srv)
		if tt.accept != "" {
			req.Header.Set("Accept-Encoding", tt.accept)
		}
		got := arrive(client, req)
		require.NoError(t, got.bodyErr)
		require.EqualValues(t, len(got.body), got.resp.ContentLength)
		body := []byte(got.body)
		if tt.compressed {
			require.Equal(t, "gzip", got.resp.Header.Get("Content-Encoding"))
			r, err := gzip.NewReader(bytes.NewReader(body))
			require.NoError(t, err)
			require.Less(t, len(body), 10_000)
			body, err = io.ReadAll(r)
			require.NoError(t, err)
		}
		require.True(t, json.Valid(body))
		require.Equal(t, tt.compressed, len(got.resp.Header["Content-Encoding"]) == 1)
	}
}

// TestBombIsCheap: a gigabyte is about a megabyte to send, and takes no more
// than that to make.
func TestBombIsCheap(t *testing.T) {
	srv := newServer(t, domaintasktest.Options{InMemory: true, PlainHTTP: true}, task("1"))
	srv.Inject(domaintasktest.GzipBomb(1<<30), domaintasktest.LargeAnswer(64<<20))
	client := srv.Config().HTTPClient
	client.Transport.(*http.Transport).DisableCompression = true
	for _, want := range []int64{1 << 20, 64 << 20} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		resp, err := client.Do(acknowledgement("JSON").http(t.Context(), t, srv))
		require.NoError(t, err)
		n, err := io.Copy(io.Discard, resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		runtime.ReadMemStats(&after)
		require.InEpsilon(t, want, n, 0.1)
		require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(8<<20))
	}
}
