package redact

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// view is a text in the form that is searched.
type view struct {
	text string
	// from and to are the positions in the original where each byte of text begins
	// and ends. If nil, text is the original.
	from, to []int32
	complete int // length of text without an unfinished escape at its end
	size     int // length of the original
}

// plain returns a view of s itself.
func plain(s string) view { return view{text: s, complete: len(s), size: len(s)} }

// length returns the length of the original.
func (v view) length() int { return v.size }

// span returns the position in the original of a part of text.
func (v view) span(from, to int) span {
	from, to = max(from, 0), min(to, len(v.text))
	if v.from == nil {
		return span{from, to}
	}
	return span{int(v.from[from]), int(v.to[to-1])}
}

// decode resolves all escapes in s, including those that decoding creates, and
// omits white space and +. So the decoded secret is found in the decoded form of
// any of its encodings. It takes linear time: every byte is pushed once, and an
// escape is resolved when its last byte is pushed.
func decode(s string) view {
	d := decoder{mark: -maxEscape - 1, text: make([]byte, 0, len(s)), depth: make([]uint8, 0, len(s)), from: make([]int32, 0, len(s)), to: make([]int32, 0, len(s))}
	for i := range len(s) {
		d.push(s[i], 0, int32(i), int32(i+1))
		for len(d.text)-d.mark <= maxEscape && d.resolve() {
		}
	}
	text := string(d.text)
	return view{text: text, from: d.from, to: d.to, complete: len(text) - unfinished(text), size: len(s)}
}

type decoder struct {
	text     []byte
	depth    []uint8 // number of escapes resolved for each byte
	from, to []int32
	mark     int // no escape begins after it
}

func (d *decoder) push(c byte, depth uint8, from, to int32) {
	switch c {
	case ' ', '\t', '\n', '\v', '\f', '\r', '+':
		return
	case '%', '\\', '&':
		d.mark = len(d.text)
	}
	d.text, d.depth, d.from, d.to = append(d.text, c), append(d.depth, depth), append(d.from, from), append(d.to, to)
}

// resolve replaces an escape at the end of the text, and reports whether there was
// one.
func (d *decoder) resolve() bool {
	length, c := escape(d.text)
	start, end := len(d.text)-length, len(d.text)-1
	if length == 0 || c == '\\' && length == 2 && d.depth[end] < d.depth[start] {
		// Such a backslash begins another escape: in \u005C\u0041 the first one
		// does not escape the second.
		return false
	}
	depth := min(slices.Max(d.depth[start:]), math.MaxUint8-1) + 1
	from, to := d.from[start], d.to[end]
	d.text, d.depth, d.from, d.to = d.text[:start], d.depth[:start], d.from[:start], d.to[:start]
	d.push(c, depth, from, to)
	return true
}

// escape returns the length of the escape at the end of text, and the character
// that it encodes. A length of 0 means that there is none.
func escape(text []byte) (length int, c byte) {
	for _, e := range [...]struct {
		prefix string
		digits int
	}{{"%", 2}, {`\x`, 2}, {`\u`, 4}} {
		if start := len(text) - len(e.prefix) - e.digits; start >= 0 && string(text[start:start+len(e.prefix)]) == e.prefix {
			if c, ok := number(text[len(text)-e.digits:], 16); ok {
				return len(text) - start, c
			}
		}
	}
	if len(text) < 2 {
		return 0, 0
	}
	last := text[len(text)-1]
	if last == ';' {
		return entity(text)
	}
	if text[len(text)-2] != '\\' {
		return 0, 0
	}
	switch last {
	case '"', '\'', '/', '\\':
		return 2, last
	case 'b', 'f', 'n', 'r', 't', 'v':
		return 2, '\n' // any white space will do: it is omitted
	}
	return 0, 0
}

// entities are those of XML: no key or token has a byte with another named entity.
var entities = map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// maxEscape is more than the length of any escape, with a few leading zeros.
const maxEscape = len("&#x0000000026;")

// entity is escape for text that ends with ";".
func entity(text []byte) (length int, c byte) {
	tail := text[max(len(text)-maxEscape, 0):]
	start := strings.LastIndexByte(string(tail), '&')
	if start < 0 {
		return 0, 0
	}
	name := string(tail[start+1 : len(tail)-1])
	c, ok := entities[name]
	switch {
	case strings.HasPrefix(name, "#x"), strings.HasPrefix(name, "#X"):
		c, ok = number(tail[start+3:len(tail)-1], 16)
	case strings.HasPrefix(name, "#"):
		c, ok = number(tail[start+2:len(tail)-1], 10)
	}
	if !ok {
		return 0, 0
	}
	return len(tail) - start, c
}

// number returns the byte whose number is text. Secrets are ASCII.
func number(text []byte, base int) (c byte, ok bool) {
	n, err := strconv.ParseUint(string(text), base, 8)
	return byte(n), err == nil
}

// beginning matches an unfinished escape at the end of a text.
var beginning = regexp.MustCompile(`(%[0-9A-Fa-f]?|\\+(x[0-9A-Fa-f]?|u[0-9A-Fa-f]{0,3})?|&(#[xX]?[0-9A-Fa-f]*|[a-z]*))$`)

// unfinished returns the length of the unfinished escape at the end of text.
func unfinished(text string) int {
	return len(beginning.FindString(text[max(len(text)-maxEscape, 0):]))
}
