package redact

import (
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// view is a text as it is searched.
type view struct {
	text string
	// from and to are where in the original each byte of text begins and ends;
	// nil means that text is the original.
	from, to []int32
	complete int // how long text is without an escape that it ends within
	size     int // of the original
}

// plain returns s as it is.
func plain(s string) view { return view{text: s, complete: len(s), size: len(s)} }

// length returns how long the original is.
func (v view) length() int { return v.size }

// span returns where in the original a part of text is.
func (v view) span(from, to int) span {
	from, to = max(from, 0), min(to, len(v.text))
	if v.from == nil {
		return span{from, to}
	}
	return span{int(v.from[from]), int(v.to[to-1])}
}

// decode resolves all escapes in s until none is left, those included that
// decoding makes, and leaves white space and + out. What a secret decodes to is
// thus in what its encodings decode to, whichever they are. It takes linear
// time: every byte is pushed once, and an escape is resolved when its last byte
// is.
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
	depth    []uint8 // how many escapes were resolved for each byte
	from, to []int32
	mark     int // no escape begins behind it
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

// resolve replaces the escape that the text ends with, and reports whether
// there was one.
func (d *decoder) resolve() bool {
	length, c := escape(d.text)
	start, end := len(d.text)-length, len(d.text)-1
	if length == 0 || c == '\\' && length == 2 && d.depth[end] < d.depth[start] {
		// Such a backslash begins an escape of its own: in \u005C\u0041 the first
		// one does not escape the second.
		return false
	}
	depth := min(slices.Max(d.depth[start:]), math.MaxUint8-1) + 1
	from, to := d.from[start], d.to[end]
	d.text, d.depth, d.from, d.to = d.text[:start], d.depth[:start], d.from[:start], d.to[:start]
	d.push(c, depth, from, to)
	return true
}

// escape returns how long the escape is that text ends with, and what it stands
// for; 0 means that there is none.
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
		return 2, '\n' // a kind of white space, all of which is left out
	}
	return 0, 0
}

// entities are those of XML: no key or token has a byte with another name.
var entities = map[string]byte{"amp": '&', "lt": '<', "gt": '>', "quot": '"', "apos": '\''}

// maxEscape is more than any escape takes, some leading zeros included.
const maxEscape = len("&#x0000000026;")

// entity is escape for what ends with ";".
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

// number returns the byte that text is the number of. Secrets are of ASCII.
func number(text []byte, base int) (c byte, ok bool) {
	n, err := strconv.ParseUint(string(text), base, 8)
	return byte(n), err == nil
}

// beginning is an escape that a text ends within.
var beginning = regexp.MustCompile(`(%[0-9A-Fa-f]?|\\+(x[0-9A-Fa-f]?|u[0-9A-Fa-f]{0,3})?|&(#[xX]?[0-9A-Fa-f]*|[a-z]*))$`)

// unfinished returns how long the beginning of an escape is that text ends with.
func unfinished(text string) int {
	return len(beginning.FindString(text[max(len(text)-maxEscape, 0):]))
}
