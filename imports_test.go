package domaintask_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
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

// TestOnlyCredentialsImportsTheSDK: of what programs may import, and of the
// programs here.
func TestOnlyCredentialsImportsTheSDK(t *testing.T) {
	t.Parallel()
	importers := map[string]bool{}
	require.NoError(t, filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			if strings.Contains(spec.Path.Value, "aliyun/") {
				importers[filepath.ToSlash(filepath.Dir(name))] = true
			}
		}
		return nil
	}))
	require.Equal(t, map[string]bool{"credentials": true}, importers)
}

// TestNothingIsDownloaded builds a program that imports this package and
// domaintasktest with an empty module cache and no way to fill it. One that
// imports credentials cannot be built so.
func TestNothingIsDownloaded(t *testing.T) {
	t.Parallel()
	goCommand, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command to build with")
	}
	root, err := filepath.Abs(".")
	require.NoError(t, err)
	for imported, builds := range map[string]bool{modulePath + "/domaintasktest": true, modulePath + "/credentials": false} {
		dir := t.TempDir()
		for name, text := range map[string]string{
			"go.mod":  "module empty\ngo 1.25.0\nrequire " + modulePath + " v0.0.0\nreplace " + modulePath + " => " + strconv.Quote(filepath.ToSlash(root)) + "\n",
			"main.go": "package main\nimport (\n_ \"" + modulePath + "\"\n_ \"" + imported + "\"\n)\nfunc main() {}\n",
		} {
			require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		}
		cache := filepath.Join(dir, "cache")
		build := exec.CommandContext(t.Context(), goCommand, "build", "-o", os.DevNull, ".")
		build.Dir = dir
		build.Env = append(os.Environ(), "GOMODCACHE="+cache, "GOPROXY=off", "GOFLAGS=-modcacherw", "GOWORK=off", "GOTOOLCHAIN=local")
		text, err := build.CombinedOutput()
		if !builds {
			require.Error(t, err)
			require.Contains(t, string(text), "alibaba-cloud-sdk-go")
			continue
		}
		require.NoError(t, err, string(text))
		require.NoDirExists(t, filepath.Join(cache, "cache", "download"))
		require.NoDirExists(t, filepath.Join(cache, "github.com"))
	}
}
