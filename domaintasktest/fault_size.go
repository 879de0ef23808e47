package domaintasktest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"strings"
)

// Faults of this file are in the size of the answer and in how it is
// compressed. They come after the operation was carried out.

// LargeAnswer is an answer of n bytes, which takes next to no memory here. The
// document is valid: a field that nobody knows fills it up. It has a
// Content-Length; to have none is LargeAnswer(n).WithHeader("Content-Length").
func LargeAnswer(n int64) Fault {
	return damaged(fmt.Sprintf("LargeAnswer %d", n), func(r *reply) { r.body = r.padded(n) })
}

// Gzip is the answer compressed, for a client that accepts it so; for others
// it is left as it is.
//
// A client of net/http accepts it, and decompresses it without anybody
// noticing, unless the request has an Accept-Encoding header or its transport
// has DisableCompression.
func Gzip() Fault {
	return damaged("Gzip", func(r *reply) {
		if strings.Contains(r.in.http.Header.Get("Accept-Encoding"), "gzip") {
			r.gzip(r.body)
		}
	})
}

// GzipUnasked is the answer compressed, whether the client accepts it or not.
func GzipUnasked() Fault {
	return damaged("GzipUnasked", func(r *reply) { r.gzip(r.body) })
}

// GzipTruncated is half of the answer compressed, with the Content-Length of
// what is sent.
func GzipTruncated() Fault {
	return damaged("GzipTruncated", func(r *reply) {
		r.gzip(r.body)
		r.body[0] = r.body[0][:len(r.body[0])/2]
	})
}

// GzipGarbage is the answer as it is, said to be compressed.
func GzipGarbage() Fault {
	return damaged("GzipGarbage", func(r *reply) { r.header.Set("Content-Encoding", "gzip") })
}

// GzipBomb is LargeAnswer compressed to about a thousandth of n, which is the
// size that it has for a client that decompresses it. It takes next to nothing
// here.
func GzipBomb(n int64) Fault {
	return damaged(fmt.Sprintf("GzipBomb %d", n), func(r *reply) { r.gzip(r.padded(n)) })
}

// gzip makes the pieces, compressed, the body. Each is a member of its own,
// which RFC 1952 lets a file consist of, and so a piece that occurs many times
// in a row is compressed once.
func (r *reply) gzip(pieces [][]byte) {
	r.header.Set("Content-Encoding", "gzip")
	r.body = make([][]byte, 0, len(pieces))
	for i, piece := range pieces {
		if i > 0 && len(piece) > 0 && len(pieces[i-1]) == len(piece) && &pieces[i-1][0] == &piece[0] {
			r.body = append(r.body, r.body[i-1])
			continue
		}
		var b bytes.Buffer
		w := gzip.NewWriter(&b)
		w.Write(piece) // to memory, as Close does
		w.Close()
		r.body = append(r.body, b.Bytes())
	}
}

// padded is the document with a first field that makes it n bytes long, and no
// shorter than it was.
func (r *reply) padded(n int64) [][]byte {
	doc := r.encode()
	start, end := `"Padding":"`, `",`
	if r.format == "XML" {
		start, end = "<Padding>", "</Padding>"
	}
	first := inside(doc, r.format)
	pieces := [][]byte{append(bytes.Clone(doc[:first]), start...)}
	piece := bytes.Repeat([]byte("x"), 1<<20)
	for left := n - int64(len(doc)+len(start)+len(end)); left > 0; left -= int64(len(piece)) {
		pieces = append(pieces, piece[:min(left, int64(len(piece)))])
	}
	return append(pieces, append([]byte(end), doc[first:]...))
}
