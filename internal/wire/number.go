package wire

import (
	"bytes"
	"strconv"
)

// maxExact bounds whole numbers written with a fraction or an exponent: a sender
// that writes larger ones so has already lost digits.
const maxExact = 1 << 53

// scanNumber returns the end of the JSON number at pos. If there is none, ok is
// false and end is the position of the fault.
func scanNumber(doc []byte, pos int) (end int, ok bool) {
	i := pos
	if i < len(doc) && doc[i] == '-' {
		i++
	}
	whole := skipDigits(doc, i)
	if whole == i || whole > i+1 && doc[i] == '0' {
		return i, false
	}
	i = whole
	if i < len(doc) && doc[i] == '.' {
		fraction := skipDigits(doc, i+1)
		if fraction == i+1 {
			return fraction, false
		}
		i = fraction
	}
	if i < len(doc) && (doc[i] == 'e' || doc[i] == 'E') {
		i++
		if i < len(doc) && (doc[i] == '+' || doc[i] == '-') {
			i++
		}
		exponent := skipDigits(doc, i)
		if exponent == i {
			return i, false
		}
		i = exponent
	}
	return i, true
}

func skipDigits(doc []byte, i int) int {
	for i < len(doc) && '0' <= doc[i] && doc[i] <= '9' {
		i++
	}
	return i
}

// parseInt reads a JSON number and reports whether it is whole and fits an int. It
// never rounds and never wraps.
func parseInt(text []byte) (int, bool) {
	if len(text) == 1 && '0' <= text[0] && text[0] <= '9' { // status codes, mostly
		return int(text[0] - '0'), true
	}
	if end, ok := scanNumber(text, 0); !ok || end != len(text) {
		return 0, false
	}
	if bytes.ContainsAny(text, ".eE") {
		return parseExact(text)
	}
	n, err := strconv.Atoi(string(text))
	return n, err == nil
}

// parseExact reads a number with a fraction or an exponent, such as 20.0 or 1e2. It
// works on the decimal digits: a float64 would round a small fraction away, so the
// number would look whole.
func parseExact(text []byte) (int, bool) {
	mantissa, exponentText := text, []byte("0")
	if i := bytes.IndexAny(text, "eE"); i >= 0 {
		mantissa, exponentText = text[:i], text[i+1:]
	}
	whole, fraction, _ := bytes.Cut(mantissa, []byte("."))
	whole, negative := bytes.CutPrefix(whole, []byte("-"))

	var room [32]byte
	digits := bytes.TrimLeft(append(append(room[:0], whole...), fraction...), "0")
	if len(digits) == 0 {
		return 0, true
	}
	exponent, err := strconv.ParseInt(string(exponentText), 10, 32)
	if err != nil {
		return 0, false
	}
	// Zeros at the end belong to the power of ten, so that 100e-2 is whole.
	zeros := len(digits)
	digits = bytes.TrimRight(digits, "0")
	zeros -= len(digits)
	power := exponent + int64(zeros) - int64(len(fraction))
	if power < 0 {
		return 0, false
	}
	n, err := strconv.ParseInt(string(digits), 10, 64)
	for ; power > 0 && n <= maxExact; power-- {
		n *= 10
	}
	if negative {
		n = -n
	}
	return int(n), err == nil && -maxExact <= n && n <= maxExact && int64(int(n)) == n
}

// parseBool reads true or false in any case, or 1 or 0.
func parseBool(text []byte) (value, ok bool) {
	switch {
	case equalASCII(text, "true"):
		return true, true
	case equalASCII(text, "false"):
		return false, true
	}
	n, ok := parseInt(text)
	return n == 1, ok && (n == 0 || n == 1)
}

// equalASCII reports whether text is word in any case. Letters beyond ASCII that
// fold to ASCII ones are longer, so the length excludes them.
func equalASCII(text []byte, word string) bool {
	return len(text) == len(word) && bytes.EqualFold(text, []byte(word))
}

// trim removes the white space of JSON and XML around a number or a boolean.
func trim(text []byte) []byte {
	for len(text) > 0 && isWhite(text[0]) {
		text = text[1:]
	}
	for len(text) > 0 && isWhite(text[len(text)-1]) {
		text = text[:len(text)-1]
	}
	return text
}
