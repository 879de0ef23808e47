package domaintask

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"strings"
	"sync"
)

// codingError is the error of a content coding that is not supported. It is
// final, since the sender would use it again.
type codingError struct{ coding string }

func (e *codingError) Error() string {
	return fmt.Sprintf("unsupported Content-Encoding %q", cut(e.coding, maxShortText))
}

// contentCoding returns the codings of a response as one text, in lower case,
// "" if it has none. Some senders still write gzip as x-gzip.
func contentCoding(header http.Header) string {
	var codings []string
	for _, value := range header["Content-Encoding"] {
		for coding := range strings.SplitSeq(cut(value, maxShortText), ",") {
			switch coding = strings.ToLower(strings.TrimSpace(coding)); coding {
			case "", "identity":
			case "x-gzip":
				codings = append(codings, "gzip")
			default:
				codings = append(codings, coding)
			}
		}
	}
	return strings.Join(codings, ", ")
}

// withoutCoding returns header as net/http leaves it after decompressing.
func withoutCoding(header http.Header) http.Header {
	header = maps.Clone(header)
	header.Del("Content-Encoding")
	header.Del("Content-Length")
	return header
}

// gunzip reads a compressed body. Neither form may be larger than max. If the
// body is not compressed, it is read as it is: some proxies decompress a body and
// leave the header, and no document of the service starts like a compressed one.
func gunzip(buf *bytes.Buffer, r io.Reader, max int64) ([]byte, error) {
	d := decompressors.Get().(*decompressor)
	defer func() {
		d.sent = sent{}
		decompressors.Put(d)
	}()
	d.sent = sent{r: r, left: max + 1}
	d.in.Reset(&d.sent)
	var err error
	from := io.Reader(d.in)
	if start, _ := d.in.Peek(2); string(start) == "\x1f\x8b" {
		from, err = &d.gzip, d.gzip.Reset(d.in)
	}
	var body []byte
	if err == nil {
		body, err = readAll(buf, from, max)
	}
	switch {
	case err == nil || errors.Is(err, ErrResponseTooLarge):
		return body, err
	case d.sent.err != nil:
		return body, &brokenError{d.sent.err}
	}
	return body, fmt.Errorf("Content-Encoding gzip: %w", err)
}

// decompressors are reused because one takes 40 KB.
var decompressors = sync.Pool{New: func() any { return &decompressor{in: bufio.NewReader(nil)} }}

type decompressor struct {
	sent sent
	in   *bufio.Reader // of sent
	gzip gzip.Reader   // of in
}

// sent is the body before decompression. It keeps the error of the connection:
// to a decompressor a broken connection looks like a truncated body.
type sent struct {
	r    io.Reader
	left int64 // how many more bytes may be read
	err  error // nil unless the connection failed
}

func (s *sent) Read(p []byte) (int, error) {
	if s.left <= 0 {
		return 0, ErrResponseTooLarge
	}
	n, err := s.r.Read(p[:min(int64(len(p)), s.left)])
	s.left -= int64(n)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}
