package domaintasktest

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// The faults in this file are in the document as a whole, which is then not, or
// hardly, one of the service. The operation has been performed.

// Truncate cuts the document after n bytes, at most all but one of them. The
// Content-Length is right.
func Truncate(n int) Fault {
	return rewritten(fmt.Sprintf("Truncate %d", n), func(doc []byte, _ string) []byte {
		return doc[:min(max(n, 0), len(doc)-1)]
	})
}

// Prefix puts text before the document, such as a blank line or a byte order
// mark.
func Prefix(text string) Fault {
	return rewritten(fmt.Sprintf("Prefix %q", text), func(doc []byte, _ string) []byte { return append([]byte(text), doc...) })
}

// TrailingGarbage puts text after the document.
func TrailingGarbage() Fault {
	return rewritten("TrailingGarbage", func(doc []byte, _ string) []byte { return append(doc, "\ntrailing garbage"...) })
}

// InvalidUTF8 puts two bytes that are not UTF-8 before each RequestId and
// DomainName of the document.
func InvalidUTF8() Fault {
	return rewritten("InvalidUTF8", func(doc []byte, _ string) []byte {
		for _, start := range []string{`"RequestId":"`, `"DomainName":"`, "<RequestId>", "<DomainName>"} {
			doc = bytes.ReplaceAll(doc, []byte(start), []byte(start+"\xff\xfe"))
		}
		return doc
	})
}

// DeeplyNested adds an unknown field to the document, with arrays or elements in
// it to the given depth. The document is valid.
func DeeplyNested(depth int) Fault {
	return rewritten(fmt.Sprintf("DeeplyNested %d", depth), func(doc []byte, format string) []byte {
		depth := max(depth, 1)
		return addField(doc, format, inside(doc, format), "Nested", strings.Repeat("[", depth)+strings.Repeat("]", depth),
			strings.Repeat("<Nested>", depth-1)+strings.Repeat("</Nested>", depth-1))
	})
}

// BillionLaughs adds a DOCTYPE to the document, and an element that it expands
// to a billion words. The response is always in XML.
func BillionLaughs() Fault {
	return damaged("BillionLaughs", func(r *reply) {
		r.format = "XML"
		r.header.Set("Content-Type", r.contentType())
		doc := r.encode()
		doc = addField(doc, r.format, inside(doc, r.format), "Laughs", "", "&laughs9;")
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

// WrongRoot sends a document of another shape: in XML, one of another operation;
// in JSON, an array.
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

// inside returns where the first field of a document begins.
func inside(doc []byte, format string) int {
	if format == "JSON" {
		return bytes.IndexByte(doc, '{') + len("{")
	}
	root := bytes.Index(doc, []byte("?>")) + len("?>")
	return root + bytes.IndexByte(doc[root:], '>') + len(">")
}
