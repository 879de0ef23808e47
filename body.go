package domaintask

import (
	"bytes"
	"io"
	"net/http"
	"sync"
)

const (
	// maxPooledBytes keeps one large page from pinning its memory for good.
	maxPooledBytes = 2 << 20
	// chunkBytes is by how much the memory for a larger page grows.
	chunkBytes = 1 << 20
	// maxErrorBytes bounds the answers that are no success, which are short
	// unless they are not the service's.
	maxErrorBytes = 1 << 20
)

// readBody reads the answer, and not a byte beyond max, whatever Content-Length
// promises. The body is in buf unless it is too large for being kept there;
// where it is incomplete, what was read of it is returned beside the error.
func readBody(buf *bytes.Buffer, resp *http.Response, max int64) ([]byte, error) {
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		max = min(max, maxErrorBytes)
	}
	if resp.ContentLength > max {
		return nil, ErrResponseTooLarge
	}
	if resp.ContentLength > 0 {
		// A length is a claim: believe it up to a megabyte, then grow as the
		// bytes come.
		buf.Grow(int(min(resp.ContentLength, chunkBytes)) + bytes.MinRead)
	}
	inBuffer := min(max+1, maxPooledBytes/2)
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, inBuffer))
	if err == nil && n == inBuffer && n <= max {
		return readLarge(buf.Bytes(), resp.Body, max)
	}
	if n > max {
		err = ErrResponseTooLarge
	}
	return buf.Bytes(), err
}

// readLarge reads on behind start. It gathers pieces and joins them once they
// are all there, so that a body without an end costs no more than max.
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

// readPiece reads n bytes, or up to an error. It is not io.ReadFull, to which
// the end of a body and a body that was cut off are the same.
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

// buffers are kept for the bodies of the next responses.
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
