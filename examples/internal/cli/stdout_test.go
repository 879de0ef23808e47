package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCheckStdout(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("nothing is refused there")
	}
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	require.NoError(t, err)
	require.ErrorContains(t, CheckStdout(null), "stdout is closed or "+os.DevNull)
	require.NoError(t, null.Close())
	require.Error(t, CheckStdout(null), "a file that is closed")

	file, err := os.Create(filepath.Join(t.TempDir(), "file"))
	require.NoError(t, err)
	defer file.Close()
	require.NoError(t, CheckStdout(file))
	require.NoError(t, CheckStdout(new(bytes.Buffer)))
}
