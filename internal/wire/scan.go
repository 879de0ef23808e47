package wire

import (
	"encoding/binary"
	"math/bits"
)

// The scanners examine eight bytes at a time: a word has its top bits set for each
// byte to stop at. A wrong top bit can only be above a right one (a borrow of the
// subtraction), so the lowest is always right.
const (
	ones = 0x0101010101010101
	tops = 0x8080808080808080
)

// scanJSON returns the index of the first quote, backslash or control character at
// or after i, or len(doc) if there is none, and reports whether all bytes before it
// are ASCII.
func scanJSON(doc []byte, i int) (end int, ascii bool) {
	var all uint64
	for ; i+8 <= len(doc); i += 8 {
		w := binary.LittleEndian.Uint64(doc[i:])
		backslash := w ^ ones*'\\'
		// Flipping this bit puts the quote next to the control characters, and
		// one comparison finds both.
		quote := w ^ ones*0x02
		stop := ((quote-ones*0x21)&^quote | (backslash-ones)&^backslash) & tops
		if stop != 0 {
			all |= w & (stop&-stop - 1)
			return i + bits.TrailingZeros64(stop)/8, all&tops == 0
		}
		all |= w
	}
	for ; i < len(doc) && doc[i] != '"' && doc[i] != '\\' && doc[i] >= ' '; i++ {
		all |= uint64(doc[i])
	}
	return i, all&tops == 0
}

// scanXML does the same for character data, which ends at an angle bracket, an
// ampersand or a control character.
func scanXML(doc []byte, i int) (end int, ascii bool) {
	var all uint64
	for ; i+8 <= len(doc); i += 8 {
		w := binary.LittleEndian.Uint64(doc[i:])
		angle := (w | ones*0x02) ^ ones*'>' // the two differ in this bit only
		amp := w ^ ones*'&'
		stop := ((angle-ones)&^angle | (amp-ones)&^amp | (w-ones*' ')&^w) & tops
		if stop != 0 {
			all |= w & (stop&-stop - 1)
			return i + bits.TrailingZeros64(stop)/8, all&tops == 0
		}
		all |= w
	}
	for ; i < len(doc) && doc[i]|0x02 != '>' && doc[i] != '&' && doc[i] >= ' '; i++ {
		all |= uint64(doc[i])
	}
	return i, all&tops == 0
}

func isWhite(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }

func skipWhite(doc []byte, i int) int {
	for i < len(doc) && isWhite(doc[i]) {
		i++
	}
	return i
}
