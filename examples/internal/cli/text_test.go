package cli

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	require.Equal(t, "a\uFFFDb", Printable("a\xffb"))
	require.Equal(t, " [31m例子 two  lines ", Printable("\x1b[31m例子\u202etwo\r\nlines\u2028"))
}
