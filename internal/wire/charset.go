package wire

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const bomUTF8 = "\xEF\xBB\xBF"

// ToUTF8 returns doc in UTF-8. It returns doc itself if doc is in UTF-8, and a
// document without XML declaration if doc is in UTF-16, ISO-8859-1 or Windows-1252.
// For other charsets it returns doc and an error that wraps ErrCharset and names
// the charset, unless all of doc is ASCII, which is the same in them. contentType
// may be empty.
//
// A byte order mark decides, then the XML declaration, then the parameter of
// contentType. However, servers, proxies and serializers also stamp a charset on
// documents whose content they do not know. A document is therefore UTF-8 if it is
// valid UTF-8 and one of the three says so, or if the charset that they name is
// Latin.
func ToUTF8(doc []byte, contentType string) ([]byte, error) {
	if order, size := wideCharset(doc); size == 4 {
		return doc, charsetError("UTF-32")
	} else if size == 2 {
		return fromUTF16(doc, order), nil
	}
	declared, stamped := declaredCharset(doc), charsetParameter(contentType)
	charset := declared
	if isUTF8(declared) {
		charset = stamped
	}
	switch {
	case isUTF8(charset), bytes.HasPrefix(doc, []byte(bomUTF8)):
		return doc, nil
	case isASCII(doc) && !hasShifts(charset):
		return doc, nil
	case (isUTF8(declared) && declared != "" || isUTF8(stamped) && stamped != "" || isLatin(charset)) && utf8.Valid(doc):
		return doc, nil
	case isLatin(charset):
		return fromLatin(doc), nil
	}
	return doc, charsetError(charset)
}

// wideCharset returns the minimum size of a character in bytes, by the first bytes
// of a document, and the byte order. A document without a byte order mark starts
// with a bracket or a blank.
func wideCharset(doc []byte) (order binary.ByteOrder, size int) {
	switch {
	case len(doc) < 2:
		return nil, 1
	case bytes.HasPrefix(doc, []byte("\x00\x00")), len(doc) > 3 && doc[2] == 0 && doc[3] == 0:
		return nil, 4
	case bytes.HasPrefix(doc, []byte("\xFF\xFE")), doc[1] == 0:
		return binary.LittleEndian, 2
	case bytes.HasPrefix(doc, []byte("\xFE\xFF")), doc[0] == 0:
		return binary.BigEndian, 2
	}
	return nil, 1
}

// declaredCharset returns the encoding in the XML declaration, or "".
func declaredCharset(doc []byte) string {
	doc = bytes.TrimPrefix(doc[skipWhite(doc, 0):], []byte(bomUTF8))
	doc = doc[skipWhite(doc, 0):]
	if !bytes.HasPrefix(doc, []byte("<?xml")) {
		return ""
	}
	declaration, _, _ := bytes.Cut(doc[:min(len(doc), 256)], []byte("?>"))
	_, value, found := bytes.Cut(declaration, []byte("encoding"))
	value = trim(bytes.TrimPrefix(trim(value), []byte("=")))
	if !found || len(value) == 0 {
		return ""
	}
	name, _, _ := bytes.Cut(value[1:], value[:1])
	return string(trim(name))
}

// charsetParameter returns the charset of a Content-Type, or "".
func charsetParameter(contentType string) string {
	const name = "charset="
	for rest := contentType; ; {
		_, after, found := strings.Cut(rest, ";")
		if !found {
			return ""
		}
		rest = strings.TrimLeft(after, " \t")
		if len(rest) >= len(name) && strings.EqualFold(rest[:len(name)], name) {
			value, _, _ := strings.Cut(rest[len(name):], ";")
			return strings.Trim(value, " \t\"'")
		}
	}
}

// isUTF8 reports whether a charset is UTF-8 or a subset of it. An empty name counts
// as UTF-8, and so does UTF-16 for a document of single bytes: some serializers
// stamp their in-memory encoding on it.
func isUTF8(charset string) bool {
	return isOneOf(charset, "", "utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be")
}

// isLatin reports whether a charset is Windows-1252 or its standardized subset.
func isLatin(charset string) bool {
	return isOneOf(charset, "iso-8859-1", "iso8859-1", "iso8859_1", "latin1", "windows-1252", "cp1252")
}

func isOneOf(charset string, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return strings.EqualFold(name, charset) })
}

// hasShifts reports whether bytes of ASCII may mean something else in a charset.
func hasShifts(charset string) bool {
	charset = strings.ToLower(charset)
	return strings.HasPrefix(charset, "utf-7") || strings.HasPrefix(charset, "iso-2022") || strings.HasPrefix(charset, "hz")
}

func isASCII(doc []byte) bool {
	for _, c := range doc {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// fromUTF16 converts doc. Half of a surrogate pair or of a character becomes a
// byte that is not UTF-8, for the reader to note.
func fromUTF16(doc []byte, order binary.ByteOrder) []byte {
	const lost = 0xFF
	out := make([]byte, 0, len(doc)/2*3+1)
	for i := 0; i < len(doc); i += 2 {
		if i+1 == len(doc) {
			out = append(out, lost)
			break
		}
		r := rune(order.Uint16(doc[i:]))
		switch {
		case i == 0 && r == 0xFEFF: // the byte order mark
		case !utf16.IsSurrogate(r):
			out = utf8.AppendRune(out, r)
		case i+4 <= len(doc) && utf16.DecodeRune(r, rune(order.Uint16(doc[i+2:]))) != utf8.RuneError:
			out = utf8.AppendRune(out, utf16.DecodeRune(r, rune(order.Uint16(doc[i+2:]))))
			i += 2
		default:
			out = append(out, lost)
		}
	}
	return withoutDeclaration(out)
}

// windows1252 holds the characters of the bytes from 0x80 to 0x9F. ISO-8859-1 has
// control characters there, which are never intended.
var windows1252 = []rune("€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ")

func fromLatin(doc []byte) []byte {
	size := len(doc)
	for _, c := range doc {
		if c >= utf8.RuneSelf {
			size += 2
		}
	}
	out := make([]byte, 0, size)
	for _, c := range doc {
		r := rune(c)
		if 0x80 <= c && c <= 0x9F {
			r = windows1252[c-0x80]
		}
		out = utf8.AppendRune(out, r)
	}
	return withoutDeclaration(out)
}

// withoutDeclaration returns doc without its XML declaration, which names a charset
// that doc is no longer in.
func withoutDeclaration(doc []byte) []byte {
	rest := doc[skipWhite(doc, 0):]
	if !bytes.HasPrefix(rest, []byte("<?xml")) {
		return doc
	}
	if _, after, found := bytes.Cut(rest, []byte("?>")); found {
		return after
	}
	return doc
}
