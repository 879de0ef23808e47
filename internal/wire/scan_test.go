package wire_test

import (
	"bytes"
	"math"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/domaintask/domaintask/internal/wire"
)

// Every byte is tried at every place of a word and of its neighbors.
func TestScanStopsAtEveryByte(t *testing.T) {
	t.Parallel()
	for length := range 26 {
		for at := range length {
			for c := range 256 {
				doc := bytes.Repeat([]byte{'a'}, length)
				doc[at] = byte(c)
				want := length
				if c < ' ' || c == '"' || c == '\\' {
					want = at
				}
				if end, ascii := wire.ScanJSON(doc, 0); end != want || ascii != (c < 0x80) {
					t.Fatalf("JSON %q: %d, %v", doc, end, ascii)
				}
				want = length
				if c < ' ' || c == '<' || c == '>' || c == '&' {
					want = at
				}
				if end, ascii := wire.ScanXML(doc, 0); end != want || ascii != (c < 0x80) {
					t.Fatalf("XML %q: %d, %v", doc, end, ascii)
				}
			}
		}
	}
}

func TestParseInt(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{
		"0": 0, "-0": 0, "7": 7, "-7": -7, "10": 10, "2147483647": math.MaxInt32, "-2147483648": math.MinInt32,
		strconv.Itoa(math.MaxInt): math.MaxInt, strconv.Itoa(math.MinInt): math.MinInt,
		"0.0": 0, "-0.0": 0, "0e9999999999": 0, "0.000e-5": 0, "20.0": 20, "1e2": 100, "1E+2": 100, "12.5e1": 125, "0.002e3": 2, "100e-2": 1, "-3.0e1": -30, "2000000000000000000000000e-24": 2, "123456789.0": 123456789,
	} {
		n, ok := wire.ParseInt([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, want, n, text)
	}
	for _, text := range []string{
		"", "-", "+1", " 1", "1 ", "01", "-01", "1.", ".1", "1e", "1e+", "e1", "0x1", "1_0", "a", "1a", "1.5", "1e-1", "0.5e0", "1.0000000000000000000001", "1e400", "1e-400", "1e99999999999", "1e-99999999999",
		"9223372036854775808", "-9223372036854775809", "18446744073709551616", "100000000000000000000000000000000", "9007199254740993e0", "9007199254740993.0", "1e16", "-1e16", "90071992547409920e-1x",
	} {
		_, ok := wire.ParseInt([]byte(text))
		require.False(t, ok, text)
	}
	big, ok := wire.ParseInt([]byte("9007199254740992.0"))
	require.Equal(t, strconv.IntSize == 64, ok)
	if ok {
		require.Equal(t, int64(1)<<53, int64(big))
	}
	_, ok = wire.ParseInt([]byte("2147483648"))
	require.Equal(t, strconv.IntSize == 64, ok, "an int of 32 bits must not wrap")
}
