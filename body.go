package domaintask

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"sync"
)

const (
	// maxPooledBytes keeps one large page from pinning its memory forever.
	maxPooledBytes = 2 << 20
	// chunkBytes is the amount by which the memory for a larger page grows.
	chunkBytes = 1 << 20
	// maxErrorBytes bounds the part of an error response that is read. Its Code is
	// found anywhere in it.
	maxErrorBytes = 4 << 20
)

// brokenError is the error of a response that is incomplete because the attempt
// timed out or the connection failed.
type brokenError struct{ err error }

func (e *brokenError) Error() string { return "the response was cut off: " + e.err.Error() }

func (e *brokenError) Unwrap() error { return e.err }

// brokenOff returns the *brokenError in err; nil if there is none.
func brokenOff(err error) *brokenError {
	if err == nil {
		return nil
	}
	var broken *brokenError // allocated here, so that a success does not allocate
	errors.As(err, &broken)
	return broken
}

// readBody reads and decompresses at most max bytes of a response, even if its
// Content-Length is larger. Of a larger response that is not a success it reads
// the beginning. The body is in buf unless it is too large to be kept there. The
// error is a *brokenError, ErrResponseTooLarge or an error of the content
// coding. The body returned with it is what was read before.
func readBody(buf *bytes.Buffer, resp *http.Response, max int64) ([]byte, error) {
	success := isSuccess(resp.StatusCode)
	claimed := resp.ContentLength
	switch {
	case resp.StatusCode < 200: // after 101 another protocol follows, which may never end
		return nil, nil
	case !success:
		max = min(max, maxErrorBytes)
	case claimed > max:
		return nil, ErrResponseTooLarge
	}
	if claimed > 0 {
		// The length is a claim: trust it up to a megabyte, then grow as bytes
		// arrive.
		buf.Grow(int(min(claimed, max, chunkBytes)) + bytes.MinRead)
	}
	body, err := readCoded(buf, resp, max)
	if !success && errors.Is(err, ErrResponseTooLarge) {
		err = nil
	}
	return body, err
}

func isSuccess(status int) bool { return status >= 200 && status <= 299 }

// readCoded reads at most max bytes and undoes the content coding.
func readCoded(buf *bytes.Buffer, resp *http.Response, max int64) ([]byte, error) {
	switch coding := contentCoding(resp.Header); coding {
	case "":
		body, err := readAll(buf, resp.Body, max)
		if err != nil && !isContentError(err) {
			err = &brokenError{err}
		}
		return body, err
	case "gzip":
		resp.Header = withoutCoding(resp.Header)
		return gunzip(buf, resp.Body, max)
	default:
		body, err := readAll(buf, resp.Body, min(max, maxErrorBody))
		if err == nil || errors.Is(err, ErrResponseTooLarge) {
			return body, &codingError{coding}
		}
		return body, &brokenError{err}
	}
}

// isContentError reports whether reading a body failed because of its content:
// it is too large, or a transport could not decompress it.
func isContentError(err error) bool {
	var corrupt flate.CorruptInputError
	return errors.Is(err, ErrResponseTooLarge) || errors.Is(err, gzip.ErrHeader) || errors.Is(err, gzip.ErrChecksum) ||
		errors.As(err, &corrupt)
}

// readAll reads r to its end, or up to max bytes and returns ErrResponseTooLarge.
func readAll(buf *bytes.Buffer, r io.Reader, max int64) ([]byte, error) {
	inBuffer := min(max+1, maxPooledBytes/2)
	n, err := buf.ReadFrom(io.LimitReader(r, inBuffer))
	if err == nil && n == inBuffer && n <= max {
		return readLarge(buf.Bytes(), r, max)
	}
	if n > max {
		return buf.Bytes()[:max], ErrResponseTooLarge
	}
	return buf.Bytes(), err
}

// readLarge reads on behind start. It gathers pieces and joins them at the end, so
// that an endless body costs no more than max.
func readLarge(start []byte, r io.Reader, max int64) ([]byte, error) {
	pieces := [][]byte{start}
	total := int64(len(start))
	for {
		piece, err := readPiece(r, min(chunkBytes, max+1-total))
		pieces = append(pieces, piece)
		total += int64(len(piece))
		switch {
		case total > max:
			return start, ErrResponseTooLarge
		case err == io.EOF:
			return bytes.Join(pieces, nil), nil
		case err != nil:
			return start, err
		}
	}
}

// readPiece reads n bytes, or up to an error. It is not io.ReadFull, which does not
// distinguish the end of a body from a body that was cut off.
func readPiece(r io.Reader, n int64) ([]byte, error) {
	piece := make([]byte, 0, n)
	for len(piece) < cap(piece) {
		n, err := r.Read(piece[len(piece):cap(piece)])
		piece = piece[:len(piece)+n]
		if err != nil {
			return piece, err
		}
	}
	return piece, nil
}

// buffers keeps buffers for the bodies of the next responses.
type buffers struct{ pool sync.Pool }

func (b *buffers) get() *bytes.Buffer {
	if buf, ok := b.pool.Get().(*bytes.Buffer); ok {
		return buf
	}
	return new(bytes.Buffer)
}

func (b *buffers) put(buf *bytes.Buffer) {
	if buf.Cap() <= maxPooledBytes {
		buf.Reset()
		b.pool.Put(buf)
	}
}
