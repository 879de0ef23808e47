package domaintasktest

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"slices"
	"strings"
)

// The faults in this file are in the size of the response and its compression.
// The operation has been performed, except for LongError.
//
// Large responses take little memory here, since they consist of the same block
// many times.

// LargeAnswer sends a response of n bytes. The document is valid: an unknown
// first field fills it. For one without Content-Length, use
// LargeAnswer(n).WithHeader("Content-Length").
func LargeAnswer(n int64) Fault {
	f := Fault{}.WithSize(n)
	f.name = fmt.Sprintf("LargeAnswer %d", n)
	return f
}

// WithSize returns the fault with a response of n bytes, such as an error whose
// Code comes after the first megabyte. An unknown first field fills it. It never
// makes a response shorter.
func (f Fault) WithSize(n int64) Fault {
	return f.with(fmt.Sprintf(" of %d bytes", n), func(r *reply) {
		if r.document != nil {
			r.body = r.padded(n)
		}
	})
}

// LongError refuses the signature with a Message that is repeated until it is n
// bytes long or more. It quotes the string that was to be signed. The operation
// has not been performed.
func LongError(n int64) Fault {
	f := SignatureMismatch().with("", func(r *reply) {
		doc := slices.Concat(r.body...)
		start, end := findValue(doc, r.format, "Message", 0)
		if r.format == "JSON" {
			start, end = start+1, end-1 // the quotes stay
		}
		length := int64(end - start)
		r.body = slices.Concat([][]byte{doc[:start]}, fill(doc[start:end], (n+length-1)/length*length), [][]byte{doc[end:]})
	})
	f.name = fmt.Sprintf("LongError %d", n)
	return f
}

// TaskBomb sends a list of n elements of raw text, compressed with gzip, such as
//
//	domaintasktest.TaskBomb(2_000_000, `{"TaskNo":"1"}`, `<TaskDetail><TaskNo>1</TaskNo></TaskDetail>`)
//
// which is some 30 kilobytes long. The totals do not count the elements. It
// changes nothing in a response without a list.
func TaskBomb(n int64, jsonValue, xmlElement string) Fault {
	return damaged(fmt.Sprintf("TaskBomb %d %s", n, jsonValue), func(r *reply) {
		doc := slices.Concat(r.body...)
		head, empty := listHead(doc, r.format)
		if head < 0 {
			return
		}
		element := pick(r.format, jsonValue+",", xmlElement)
		size := n * int64(len(element))
		if r.format == "JSON" && empty {
			size-- // no comma after the last one
		}
		r.gzip(slices.Concat([][]byte{doc[:head]}, fill(element, size), [][]byte{doc[head:]}))
	})
}

// Gzip compresses the response if the client accepts that.
//
// A client of net/http accepts and decompresses it by itself, unless the request
// has an Accept-Encoding header or its transport has DisableCompression.
func Gzip() Fault {
	return damaged("Gzip", func(r *reply) {
		if strings.Contains(r.in.http.Header.Get("Accept-Encoding"), "gzip") {
			r.gzip(r.body)
		}
	})
}

// GzipUnasked compresses the response even if the client does not accept that.
// With .WithHeader("Content-Encoding", "x-gzip") it has its old name.
func GzipUnasked() Fault {
	return damaged("GzipUnasked", func(r *reply) { r.gzip(r.body) })
}

// GzipTruncated sends the first half of the compressed response, with the right
// Content-Length for it.
func GzipTruncated() Fault {
	return damaged("GzipTruncated", func(r *reply) {
		r.gzip(r.body)
		r.body[0] = r.body[0][:len(r.body[0])/2]
	})
}

// GzipGarbage sends the uncompressed response as compressed.
func GzipGarbage() Fault {
	return damaged("GzipGarbage", func(r *reply) { r.header.Set("Content-Encoding", "gzip") })
}

// GzipBomb is LargeAnswer compressed with gzip, to about a thousandth of n.
func GzipBomb(n int64) Fault {
	return damaged(fmt.Sprintf("GzipBomb %d", n), func(r *reply) { r.gzip(r.padded(n)) })
}

// gzip makes the compressed pieces the body. Each piece becomes a member of the
// file, as RFC 1952 allows, so a piece that is repeated is compressed once.
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
		w.Write(piece) // to memory, which cannot fail
		w.Close()
		r.body = append(r.body, b.Bytes())
	}
}

// padded returns the document with a first field that makes it n bytes long.
func (r *reply) padded(n int64) [][]byte {
	doc := slices.Concat(r.body...)
	start, end := pick(r.format, `"Padding":"`, "<Padding>"), pick(r.format, `",`, "</Padding>")
	first := inside(doc, r.format)
	return slices.Concat(
		[][]byte{slices.Concat(doc[:first], start)},
		fill([]byte("x"), n-int64(len(doc)+len(start)+len(end))),
		[][]byte{slices.Concat(end, doc[first:])},
	)
}

// fill returns size bytes of the repeated unit, in pieces that share one block of
// whole units.
func fill(unit []byte, size int64) [][]byte {
	if size <= 0 {
		return nil
	}
	block := bytes.Repeat(unit, max(1, 1<<20/len(unit)))
	var pieces [][]byte
	for ; size > 0; size -= int64(len(block)) {
		pieces = append(pieces, block[:min(size, int64(len(block)))])
	}
	return pieces
}
