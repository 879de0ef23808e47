package domaintask

// percentEncode encodes s by RFC 3986: letters, digits, "-", "_", "." and "~"
// stay, every other byte becomes %XX. net/url has no such encoding: its
// QueryEscape writes a space as "+".
func percentEncode(s string) string {
	n := encodedLen(s)
	if n == len(s) {
		return s
	}
	return string(appendEncoded(make([]byte, 0, n), s))
}

// appendEncoded appends what percentEncode returns, run by run.
func appendEncoded[T string | []byte](dst []byte, s T) []byte {
	const digits = "0123456789ABCDEF"
	done := 0
	for i := range len(s) {
		if c := s[i]; !unreserved[c] {
			dst = append(dst, s[done:i]...)
			dst = append(dst, '%', digits[c>>4], digits[c&15])
			done = i + 1
		}
	}
	return append(dst, s[done:]...)
}

// encodedLen is how long percentEncode makes s.
func encodedLen(s string) int {
	n := len(s)
	for i := range len(s) {
		if !unreserved[s[i]] {
			n += 2
		}
	}
	return n
}

var unreserved = func() (table [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~" {
		table[c] = true
	}
	return table
}()
