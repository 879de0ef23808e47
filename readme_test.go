package domaintask_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadmeCode finds every Go block of the README, indentation aside, in a
// source file of this module: so it compiles, and where it is an Example it runs.
func TestReadmeCode(t *testing.T) {
	t.Parallel()
	var sources []string
	require.NoError(t, filepath.WalkDir(".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") {
			text, err := os.ReadFile(path)
			sources = append(sources, dedent(string(text)))
			return err
		}
		return err
	}))
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)

	blocks := strings.Split(string(readme), "```go\n")[1:]
	require.NotEmpty(t, blocks)
	for _, block := range blocks {
		block, _, ok := strings.Cut(block, "```\n")
		require.True(t, ok, "a block is not closed")
		found := false
		for _, source := range sources {
			found = found || strings.Contains(source, "\n"+dedent(block))
		}
		require.True(t, found, "in no source file:\n%s", block)
	}
}

// TestReadmePolicy is JSON that allows what the library calls.
func TestReadmePolicy(t *testing.T) {
	t.Parallel()
	readme, err := os.ReadFile("README.md")
	require.NoError(t, err)
	_, policy, _ := strings.Cut(string(readme), "```json\n")
	policy, _, _ = strings.Cut(policy, "```")
	var document struct {
		Version   string
		Statement []struct {
			Effect, Resource string
			Action           []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(policy), &document))
	require.Equal(t, "1", document.Version)
	require.Len(t, document.Statement, 1)
	require.Equal(t, "Allow", document.Statement[0].Effect)
	require.Equal(t, []string{"domain:QueryDomainTask", "domain:AcknowledgeTaskResult"}, document.Statement[0].Action)
}

// dedent takes the indentation off every line.
func dedent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimLeft(line, "\t"))
	}
	return b.String()
}
