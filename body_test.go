package domaintask

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestContentCoding(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		values []string
		want   string
	}{
		{nil, ""},
		{[]string{""}, ""},
		{[]string{"identity"}, ""},
		{[]string{" Identity , "}, ""},
		{[]string{"gzip"}, "gzip"},
		{[]string{"x-gzip"}, "gzip"},
		{[]string{" GZIP "}, "gzip"},
		{[]string{"identity, gzip"}, "gzip"},
		{[]string{"identity", "X-Gzip"}, "gzip"},
		{[]string{"gzip, gzip"}, "gzip, gzip"},
		{[]string{"gzip", "br"}, "gzip, br"},
		{[]string{"br"}, "br"},
		{[]string{"zstd"}, "zstd"},
		{[]string{"deflate"}, "deflate"},
		{[]string{strings.Repeat("x", 1<<20)}, strings.Repeat("x", maxShortText)},
	} {
		require.Equal(t, tt.want, contentCoding(http.Header{"Content-Encoding": tt.values}), "%.40q", tt.values)
	}
}

// TestWithoutCoding leaves the header of the transport as it is.
func TestWithoutCoding(t *testing.T) {
	t.Parallel()
	given := http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {"9"}, "Date": {"now"}}
	require.Equal(t, http.Header{"Date": {"now"}}, withoutCoding(given))
	require.Len(t, given, 3)
}

// zipped compresses each part as a member of its own.
func zipped(parts ...string) string {
	var b bytes.Buffer
	for _, part := range parts {
		z := gzip.NewWriter(&b)
		io.WriteString(z, part)
		z.Close()
	}
	return b.String()
}

// breaking is a body that ends with an error. It counts what is read of it.
type breaking struct {
	io.Reader
	err  error
	read int
}

func (b *breaking) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	b.read += n
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

// TestReadBody states what is read of each body, and why not all of it.
func TestReadBody(t *testing.T) {
	t.Parallel()
	const doc = `{"RequestId":"R-1","Code":"InternalError"}`
	const limit = 3 << 20
	var deflated bytes.Buffer
	z := zlib.NewWriter(&deflated)
	io.WriteString(z, doc)
	z.Close()
	reset := errors.New("connection reset by peer")
	large := doc + strings.Repeat(" ", 2*limit)
	nothing := strings.Repeat(zipped(""), limit/len(zipped(""))+2)
	broken := func(err error) func(*testing.T, error) {
		return func(t *testing.T, got error) {
			require.NotNil(t, brokenOff(got))
			require.ErrorIs(t, got, err)
			require.ErrorContains(t, got, err.Error())
		}
	}
	is := func(err error) func(*testing.T, error) {
		return func(t *testing.T, got error) {
			require.Nil(t, brokenOff(got))
			require.ErrorIs(t, got, err)
		}
	}
	unsupported := func(coding string) func(*testing.T, error) {
		return func(t *testing.T, got error) {
			require.EqualError(t, got, `unsupported Content-Encoding "`+coding+`"`)
			require.False(t, Temporary(&DecodeError{StatusCode: 200, Err: got}))
			require.True(t, Temporary(&DecodeError{StatusCode: 503, Err: got}))
		}
	}
	for _, tt := range []struct {
		name   string
		status int // 0: 200
		coding string
		body   string
		ends   error // in place of io.EOF
		length int64 // Content-Length; 0: it has none
		want   string
		err    func(*testing.T, error) // nil: none
	}{
		{name: "plain", body: doc, want: doc},
		{name: "identity", coding: "identity", body: doc, want: doc},
		{name: "gzip", coding: "gzip", body: zipped(doc), want: doc},
		{name: "x-gzip", coding: "x-gzip", body: zipped(doc), want: doc},
		{name: "gzip of several members", coding: "gzip", body: zipped(doc[:9], "", doc[9:]), want: doc},
		{name: "gzip of an error", status: 400, coding: "gzip", body: zipped(doc), want: doc},
		{name: "said to be gzip", coding: "gzip", body: doc, want: doc},
		{name: "said to be gzip, empty", coding: "gzip"},
		{name: "said to be gzip, a byte", coding: "gzip", body: "{", want: "{"},

		{name: "gzip that is cut short", coding: "gzip", body: zipped(doc)[:20], want: doc[:9], err: is(io.ErrUnexpectedEOF)},
		{name: "gzip with a wrong sum", coding: "gzip", body: zipped(doc)[:len(zipped(doc))-8] + "12345678", want: doc, err: is(gzip.ErrChecksum)},
		{name: "gzip with a wrong header", coding: "gzip", body: "\x1f\x8b" + doc, err: is(gzip.ErrHeader)},
		{name: "gzip that breaks off", coding: "gzip", body: zipped(doc)[:20], ends: reset, want: doc[:9], err: broken(reset)},
		{name: "gzip that breaks off at once", coding: "gzip", ends: reset, err: broken(reset)},
		{name: "gzip, and the connection ends early", coding: "gzip", body: zipped(doc)[:20], ends: io.ErrUnexpectedEOF, want: doc[:9], err: broken(io.ErrUnexpectedEOF)},
		{name: "breaks off", body: doc, ends: reset, want: doc, err: broken(reset)},
		{name: "breaks off far behind", body: large[:2<<20], ends: reset, want: large[:1<<20], err: broken(reset)},
		{name: "an error breaks off", status: 403, body: doc, ends: reset, want: doc, err: broken(reset)},
		{name: "breaks off in a coding that is not supported", coding: "br", body: "\x01", ends: reset, want: "\x01", err: broken(reset)},
		{name: "decompressed by a transport, which fails", body: doc, ends: gzip.ErrChecksum, want: doc, err: is(gzip.ErrChecksum)},

		{name: "br", coding: "br", body: "\x01\x02", want: "\x01\x02", err: unsupported("br")},
		{name: "zstd", coding: "zstd", body: "\x01\x02", want: "\x01\x02", err: unsupported("zstd")},
		{name: "deflate", coding: "deflate", body: deflated.String(), want: deflated.String(), err: unsupported("deflate")},
		{name: "gzip twice", coding: "gzip, gzip", body: zipped(zipped(doc)), want: zipped(zipped(doc)), err: unsupported("gzip, gzip")},

		{name: "as large as allowed by its length", body: doc, length: limit, want: doc},
		{name: "as large as allowed", body: large[:limit], want: large[:limit]},
		{name: "as large as allowed, said to be gzip", coding: "gzip", body: large[:limit], want: large[:limit]},
		{name: "a byte too large, said to be gzip", coding: "gzip", body: large[:limit+1], want: large[:1<<20], err: is(ErrResponseTooLarge)},
		{name: "a byte too large", body: large[:limit+1], want: large[:1<<20], err: is(ErrResponseTooLarge)},
		{name: "too large", body: large, want: large[:1<<20], err: is(ErrResponseTooLarge)},
		{name: "too large by its length", body: doc, length: limit + 1, err: is(ErrResponseTooLarge)},
		{name: "too large once decompressed", coding: "gzip", body: zipped(large), want: large[:1<<20], err: is(ErrResponseTooLarge)},
		{name: "too large although it decompresses to little", coding: "gzip", body: zipped(doc) + nothing, want: doc, err: is(ErrResponseTooLarge)},
		{name: "a large error", status: 503, body: large, want: large[:1<<20]},
		{name: "a large error by its length", status: 503, body: large, length: int64(len(large)), want: large[:1<<20]},
		{name: "a large error once decompressed", status: 400, coding: "gzip", body: zipped(large), want: large[:1<<20]},

		{name: "another protocol", status: 101, ends: reset},
		{name: "the last status of another protocol", status: 199, body: doc},
		{name: "a status that is none", status: -1, body: doc},
		{name: "an unknown status", status: 699, body: doc, want: doc},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			resp := &http.Response{StatusCode: tt.status, ContentLength: -1, Header: http.Header{}}
			if tt.status == 0 {
				resp.StatusCode = 200
			}
			if tt.length != 0 {
				resp.ContentLength = tt.length
			}
			if tt.coding != "" {
				resp.Header.Set("Content-Encoding", tt.coding)
			}
			if tt.ends == nil {
				tt.ends = io.EOF
			}
			sent := &breaking{Reader: strings.NewReader(tt.body), err: tt.ends}
			resp.Body = io.NopCloser(sent)
			var buf bytes.Buffer
			body, err := readBody(&buf, resp, limit)
			require.LessOrEqual(t, sent.read, limit+1, "a byte more shows that it is too large")
			require.True(t, tt.want == string(body), "%d bytes: %.40q", len(body), body)
			if tt.err == nil {
				require.NoError(t, err)
				require.Equal(t, tt.coding == "identity", resp.Header.Get("Content-Encoding") != "", "what was undone is not in the header")
				return
			}
			tt.err(t, err)
		})
	}
}

// TestReadAll reads bodies around each limit, and around what a buffer takes.
func TestReadAll(t *testing.T) {
	t.Parallel()
	const inBuffer = maxPooledBytes / 2
	reset := errors.New("connection reset by peer")
	for _, max := range []int{1, 10, inBuffer - 1, inBuffer, inBuffer + 1, inBuffer + chunkBytes, inBuffer + chunkBytes + 1} {
		for size := max - 1; size <= max+2; size++ {
			sent := bytes.Repeat([]byte{'x'}, size)
			var buf bytes.Buffer
			body, err := readAll(&buf, bytes.NewReader(sent), int64(max))
			if size <= max {
				require.NoError(t, err, "%d of %d", size, max)
				require.Len(t, body, size)
			} else {
				require.ErrorIs(t, err, ErrResponseTooLarge, "%d of %d", size, max)
				require.Len(t, body, min(max, inBuffer), "the beginning")
			}
			buf.Reset()
			body, err = readAll(&buf, &breaking{Reader: bytes.NewReader(sent[:max-1]), err: reset}, int64(max))
			require.ErrorIs(t, err, reset)
			require.Len(t, body, min(max-1, inBuffer), "the beginning")
		}
	}
}

// TestErrorsAreReadInPart, however much is allowed.
func TestErrorsAreReadInPart(t *testing.T) {
	t.Parallel()
	sent := &breaking{Reader: strings.NewReader(strings.Repeat(" ", 2*maxErrorBytes)), err: io.EOF}
	var buf bytes.Buffer
	_, err := readBody(&buf, &http.Response{StatusCode: 503, ContentLength: -1, Body: io.NopCloser(sent)}, 8*maxErrorBytes)
	require.NoError(t, err)
	require.Equal(t, maxErrorBytes+1, sent.read)
}

// A large buffer is not kept.
func TestLargeBuffersAreNotPooled(t *testing.T) {
	t.Parallel()
	var b buffers
	for range 20 {
		b.put(bytes.NewBuffer(make([]byte, 0, maxPooledBytes+1)))
		require.LessOrEqual(t, b.get().Cap(), maxPooledBytes)
	}
}

// A Content-Length is a claim.
func TestContentLengthIsNotBelieved(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	_, err := readBody(&buf, &http.Response{StatusCode: 200, ContentLength: 1 << 30, Body: io.NopCloser(strings.NewReader("{}"))}, 2<<30)
	require.NoError(t, err)
	require.Less(t, buf.Cap(), 4<<20)
}
