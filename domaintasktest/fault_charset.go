package domaintasktest

import (
	"encoding/binary"
	"strings"
	"unicode/utf16"
)

// The faults in this file are in the charset of the document. The operation has
// been performed.

// Charset sends the document in another charset, which Content-Type names. In
// XML, the document has no declaration.
//
// The charsets are UTF-16 (big-endian with a byte order mark), UTF-16BE,
// UTF-16LE, ISO-8859-1 and GBK, the last one for the texts of this package. A
// character that they do not have becomes a question mark. Under any other name,
// the document stays in UTF-8.
func Charset(name string) Fault {
	return recoded("Charset "+name, name, func(r *reply) string {
		r.header.Set("Content-Type", mediaType(r)+";charset="+name)
		return strings.TrimPrefix(r.text(), xmlDeclaration)
	})
}

// DeclaredCharset sends the document in another charset, as Charset does, which
// only the declaration in XML names. In JSON, nothing names it.
func DeclaredCharset(name string) Fault {
	return recoded("DeclaredCharset "+name, name, func(r *reply) string {
		r.header.Set("Content-Type", mediaType(r))
		return strings.Replace(r.text(), "'UTF-8'?>", "'"+name+"'?>", 1)
	})
}

func recoded(name, charset string, document func(*reply) string) Fault {
	return damaged(name, func(r *reply) {
		if r.document != nil {
			r.body = [][]byte{encodeText(document(r), charset)}
		}
	})
}

// mediaType returns the Content-Type of the service without its charset.
func mediaType(r *reply) string {
	name, _, _ := strings.Cut(r.contentType(), ";")
	return name
}

// encodeText encodes text in a charset.
func encodeText(text, charset string) []byte {
	switch strings.ToLower(charset) {
	case "utf-16":
		return encodeUTF16("\ufeff"+text, binary.BigEndian)
	case "utf-16be":
		return encodeUTF16(text, binary.BigEndian)
	case "utf-16le":
		return encodeUTF16(text, binary.LittleEndian)
	case "iso-8859-1":
		return encodeRunes(text, func(r rune) string {
			if r <= 0xff {
				return string([]byte{byte(r)})
			}
			return ""
		})
	case "gbk":
		return encodeRunes(text, func(r rune) string {
			if i := strings.IndexRune(gbkRunes, r); i >= 0 {
				i = len([]rune(gbkRunes[:i]))
				return gbkBytes[2*i : 2*i+2]
			}
			return ""
		})
	}
	return []byte(text)
}

func encodeUTF16(text string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return b
}

// encodeRunes encodes all characters but ASCII with encode, which returns "" if
// the charset does not have a character.
func encodeRunes(text string, encode func(rune) string) []byte {
	var b []byte
	for _, r := range text {
		switch code := encode(r); {
		case r < 0x80:
			b = append(b, byte(r))
		case code == "":
			b = append(b, '?')
		default:
			b = append(b, code...)
		}
	}
	return b
}

// The characters of the descriptions of task types and of some messages, and
// their GBK codes of two bytes each.
const (
	gbkRunes = "不中人付任作例保信修册再创删功务原同名后和商器回因在域失子定实已建态息成户技护操改" +
		"文新是更有服期未术止步注测状理留的示禁私移稍管系续置联被认设证试请败费赎转过锁除隐"
	gbkBytes = "\xb2\xbb\xd6\xd0\xc8\xcb\xb8\xb6\xc8\xce\xd7\xf7\xc0\xfd\xb1\xa3\xd0\xc5\xd0\xde\xb2\xe1\xd4\xd9\xb4\xb4\xc9\xbe\xb9\xa6\xce\xf1\xd4\xad\xcd\xac\xc3\xfb\xba\xf3\xba\xcd\xc9\xcc\xc6\xf7\xbb\xd8" +
		"\xd2\xf2\xd4\xda\xd3\xf2\xca\xa7\xd7\xd3\xb6\xa8\xca\xb5\xd2\xd1\xbd\xa8\xcc\xac\xcf\xa2\xb3\xc9\xbb\xa7\xbc\xbc\xbb\xa4\xb2\xd9\xb8\xc4\xce\xc4\xd0\xc2\xca\xc7\xb8\xfc\xd3\xd0\xb7\xfe\xc6\xda" +
		"\xce\xb4\xca\xf5\xd6\xb9\xb2\xbd\xd7\xa2\xb2\xe2\xd7\xb4\xc0\xed\xc1\xf4\xb5\xc4\xca\xbe\xbd\xfb\xcb\xbd\xd2\xc6\xc9\xd4\xb9\xdc\xcf\xb5\xd0\xf8\xd6\xc3\xc1\xaa\xb1\xbb\xc8\xcf\xc9\xe8\xd6\xa4" +
		"\xca\xd4\xc7\xeb\xb0\xdc\xb7\xd1\xca\xea\xd7\xaa\xb9\xfd\xcb\xf8\xb3\xfd\xd2\xfe"
)
