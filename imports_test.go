package domaintask_test

import (
	"go/parser"
	"go/token"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const modulePath = "github.com/domaintask/domaintask"

// TestStandardLibraryOnly: a program that imports this package, or tests
// itself with domaintasktest, takes in no other module. Files are read whatever
// their build constraints are, and packages of this module are followed.
func TestStandardLibraryOnly(t *testing.T) {
	t.Parallel()
	for _, start := range []string{modulePath, modulePath + "/domaintasktest"} {
		seen := map[string]bool{start: true}
		for queue := []string{start}; len(queue) > 0; queue = queue[1:] {
			pkg := queue[0]
			for file, imports := range importsOf(t, pkg) {
				for _, imported := range imports {
					root, _, _ := strings.Cut(imported, "/")
					switch {
					case imported == modulePath || strings.HasPrefix(imported, modulePath+"/"):
						if !seen[imported] {
							seen[imported] = true
							queue = append(queue, imported)
						}
					case imported == "C":
						require.Fail(t, "cgo", "%s imports C", file)
					case strings.Contains(root, "."):
						// The go command takes a path without a dot in its
						// first element from the standard library.
						require.Fail(t, "another module", "%s imports %s", file, imported)
					}
				}
			}
		}
		require.True(t, seen[modulePath+"/internal/wire"], "packages of this module are followed")
	}
}

// importsOf reads what each file of a package of this module imports, its
// tests aside.
func importsOf(t *testing.T, pkg string) map[string][]string {
	t.Helper()
	dir := "." + strings.TrimPrefix(pkg, modulePath)
	entries, err := os.ReadDir(filepath.FromSlash(dir))
	require.NoError(t, err)
	imports := map[string][]string{}
	for _, entry := range entries {
		name := entry.Name()
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(filepath.FromSlash(dir), name), nil, parser.ImportsOnly)
		require.NoError(t, err)
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			require.NoError(t, err)
			imports[path.Join(dir, name)] = append(imports[path.Join(dir, name)], imported)
		}
	}
	require.NotEmpty(t, imports)
	return imports
}
