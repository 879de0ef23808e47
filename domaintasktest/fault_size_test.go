package domaintasktest_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
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

// TestGzipUntouched: with DisableCompression, net/http shows the bytes as sent. A
// client that does not accept compression gets it only if that is the fault.
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

// TestSmallSizes: a response never becomes shorter, and stays valid.
func TestSmallSizes(t *testing.T) {
	t.Parallel()
	srv := newServer(t, domaintasktest.Options{InMemory: true}, task("1"))
	for _, format := range []string{"JSON", "XML"} {
		srv.Inject(domaintasktest.LargeAnswer(1), domaintasktest.Gateway(503).WithSize(1<<20))
		a := acknowledgement(format).send(t, srv)
		require.Equal(t, 200, a.status)
		require.Contains(t, a.body, "Padding")
		require.Less(t, len(arrive(srv.Config().HTTPClient, acknowledgement(format).http(t.Context(), t, srv)).body), 1000, "not the service's")
	}
}

// TestLongErrors: an error with a long Message, or a long field before it, is
// valid.
func TestLongErrors(t *testing.T) {
	t.Parallel()
	for _, format := range []string{"JSON", "XML"} {
		srv := newServer(t, domaintasktest.Options{InMemory: true})
		srv.Inject(domaintasktest.LongError(3<<20+7), domaintasktest.InternalError().WithSize(2<<20))
		a := acknowledgement(format).send(t, srv)
		require.Equal(t, []any{400, "SignatureDoesNotMatch"}, []any{a.status, a.Code})
		require.InDelta(t, 3<<20+500, len(a.body), 500+500)
		require.True(t, strings.HasPrefix(a.Message, "Specified signature is not matched with our calculation. server string to sign is:POST&%2F&AccessKeyId%3D"))
		require.True(t, strings.HasSuffix(a.Message, "%26Version%3D2018-01-29"))
		require.Empty(t, srv.Acknowledged())
		a = acknowledgement(format).send(t, srv)
		require.Equal(t, []any{500, "InternalError", 2 << 20}, []any{a.status, a.Code, len(a.body)})
		require.Greater(t, strings.Index(a.body, "InternalError"), 2<<20-1000)
	}
}

// TestTaskBomb: a small response has n elements.
func TestTaskBomb(t *testing.T) {
	t.Parallel()
	const n = 200_001
	for _, format := range []string{"JSON", "XML"} {
		for listed := range 2 {
			for _, element := range [][2]string{{`{"TaskDetailNo":"2"}`, "<TaskDetail><TaskDetailNo>2</TaskDetailNo></TaskDetail>"}, {`{}`, "<TaskDetail/>"}} {
				srv := newServer(t, domaintasktest.Options{InMemory: true}, submission("a", listed)...)
				srv.Inject(domaintasktest.TaskBomb(n, element[0], element[1]), domaintasktest.TaskBomb(n, element[0], element[1]))
				r := rpcRequest(format, url.Values{"PageNum": {"1"}, "PageSize": {"1"}})
				r.signRPC()
				a := r.send(t, srv)
				require.Len(t, a.Data.TaskDetail, n+listed)
				require.Equal(t, listed, a.TotalItemNum)

				client := srv.Config().HTTPClient
				client.Transport.(*http.Transport).DisableCompression = true
				r = rpcRequest(format, url.Values{"PageNum": {"1"}, "PageSize": {"1"}})
				r.signRPC()
				require.Less(t, len(arrive(client, r.http(t.Context(), t, srv)).body), 50_000)
			}
		}
	}
}

// TestBombIsCheap: a gigabyte is compressed to about a megabyte, and takes little
// memory to make.
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
