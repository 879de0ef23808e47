package domaintasktest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// Faults of this file are in the document that the service answers with, which
// then is neither, or hardly, one. They come after the operation was carried
// out.

// Truncate cuts the document after n bytes, at most all but one of them; the
// Content-Length is that of what is left.
func Truncate(n int) Fault {
	return rewritten(fmt.Sprintf("Truncate %d", n), func(doc []byte, _ string) []byte {
		return doc[:min(max(n, 0), len(doc)-1)]
	})
}

// InvalidUTF8 puts two bytes that are no UTF-8 before each RequestId and
// DomainName of the document.
func InvalidUTF8() Fault {
	return rewritten("InvalidUTF8", func(doc []byte, _ string) []byte {
		for _, start := range []string{`"RequestId":"`, `"DomainName":"`, "<RequestId>", "<DomainName>"} {
			doc = bytes.ReplaceAll(doc, []byte(start), []byte(start+"\xff\xfe"))
		}
		return doc
	})
}

// DeeplyNested puts a field into the document that nobody knows, with arrays
// or elements in it to the given depth. The document is valid.
func DeeplyNested(depth int) Fault {
	return rewritten(fmt.Sprintf("DeeplyNested %d", depth), func(doc []byte, format string) []byte {
		depth := max(depth, 1)
		field := `"Nested":` + strings.Repeat("[", depth) + strings.Repeat("]", depth) + ","
		if format == "XML" {
			field = strings.Repeat("<Nested>", depth) + strings.Repeat("</Nested>", depth)
		}
		return slices.Insert(doc, inside(doc, format), []byte(field)...)
	})
}

// BillionLaughs adds a DOCTYPE to the document, and an element that it expands
// to a billion words. The answer is in XML, whatever was asked for.
func BillionLaughs() Fault {
	return damaged("BillionLaughs", func(r *reply) {
		r.format = "XML"
		r.header.Set("Content-Type", r.contentType())
		doc := r.encode()
		doc = slices.Insert(doc, inside(doc, r.format), []byte("<Laughs>&laughs9;</Laughs>")...)
		var doctype strings.Builder
		doctype.WriteString("<!DOCTYPE laughs [<!ENTITY laughs0 \"laugh\">")
		for i := range 9 {
			fmt.Fprintf(&doctype, "<!ENTITY laughs%d \"%s\">", i+1, strings.Repeat(fmt.Sprintf("&laughs%d;", i), 10))
		}
		doctype.WriteString("]>")
		declaration := bytes.Index(doc, []byte("?>")) + len("?>")
		r.body = [][]byte{slices.Insert(doc, declaration, []byte(doctype.String())...)}
	})
}

// TrailingGarbage puts text behind the document.
func TrailingGarbage() Fault {
	return rewritten("TrailingGarbage", func(doc []byte, _ string) []byte { return append(doc, "\ntrailing garbage"...) })
}

// WrongRoot puts the answer into a document of another shape: in XML, one of
// another operation; in JSON, an array.
func WrongRoot() Fault {
	return rewritten("WrongRoot", func(doc []byte, format string) []byte {
		if format == "JSON" {
			return slices.Concat([]byte("["), doc, []byte("]"))
		}
		first, last := inside(doc, format), bytes.LastIndex(doc, []byte("</"))
		open := bytes.LastIndexByte(doc[:first], '<')
		return slices.Concat(doc[:open], []byte("<QueryTaskListResponse>"), doc[first:last], []byte("</QueryTaskListResponse>"))
	})
}

// inside is where the first field of a document begins.
func inside(doc []byte, format string) int {
	if format == "JSON" {
		return len("{")
	}
	root := bytes.Index(doc, []byte("?>")) + len("?>")
	return root + bytes.IndexByte(doc[root:], '>') + len(">")
}

// rewritten is a fault in the document.
func rewritten(name string, rewrite func(doc []byte, format string) []byte) Fault {
	return damaged(name, func(r *reply) { r.body = [][]byte{rewrite(r.encode(), r.format)} })
}
