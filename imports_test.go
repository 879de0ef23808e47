package domaintask_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"net/url"
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

// TestOnlyCredentialsImportsTheSDK, and a package of tests that nobody imports:
// "go mod tidy" of a program fetches what the tests of its imports need, too.
func TestOnlyCredentialsImportsTheSDK(t *testing.T) {
	t.Parallel()
	importers := map[string]bool{}
	require.NoError(t, filepath.WalkDir(".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(name, ".go"):
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
	require.Equal(t, map[string]bool{"credentials": true, "internal/sdktest": true}, importers)
}

// TestNothingIsDownloaded builds a program that imports this package and
// domaintasktest with an empty module cache and no way to fill it. One that
// imports credentials cannot be built so.
func TestNothingIsDownloaded(t *testing.T) {
	t.Parallel()
	for imported, builds := range map[string]bool{modulePath + "/domaintasktest": true, modulePath + "/credentials": false} {
		cache, text, err := goCommand(t, imported, "off", "build", "-o", os.DevNull, ".")
		if !builds {
			require.Error(t, err)
			require.Contains(t, text, "alibaba-cloud-sdk-go")
			continue
		}
		require.NoError(t, err, text)
		require.NoDirExists(t, filepath.Join(cache, "cache", "download"))
		require.NoDirExists(t, filepath.Join(cache, "github.com"))
	}
}

// TestTidyDownloadsNoSDK does the same with "go mod tidy", out of the module
// cache that these tests were built from. That takes what the tests of this
// package import, too, but of the SDK nothing except its go.mod file.
func TestTidyDownloadsNoSDK(t *testing.T) {
	t.Parallel()
	modules, err := exec.CommandContext(t.Context(), "go", "env", "GOMODCACHE").Output()
	require.NoError(t, err)
	path := filepath.ToSlash(filepath.Join(strings.TrimSpace(string(modules)), "cache", "download"))
	proxy := url.URL{Scheme: "file", Path: "/" + strings.TrimPrefix(path, "/")} // on Windows it begins with a drive
	cache, text, err := goCommand(t, modulePath+"/domaintasktest", proxy.String(), "mod", "tidy")
	require.NoError(t, err, text)
	require.DirExists(t, filepath.Join(cache, "github.com", "stretchr"))
	require.NoDirExists(t, filepath.Join(cache, "github.com", "aliyun"))
}

// goCommand runs the go command on a program that imports this package and
// another of this module, with an empty module cache.
func goCommand(t *testing.T, imported, proxy string, args ...string) (cache, output string, err error) {
	t.Helper()
	root, err := filepath.Abs(".")
	require.NoError(t, err)
	dir, cache := t.TempDir(), t.TempDir()
	for name, text := range map[string]string{
		"go.mod":  "module empty\ngo 1.25.0\nrequire " + modulePath + " v0.0.0\nreplace " + modulePath + " => " + strconv.Quote(filepath.ToSlash(root)) + "\n",
		"main.go": "package main\nimport (\n_ \"" + modulePath + "\"\n_ \"" + imported + "\"\n)\nfunc main() {}\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "GOMODCACHE="+cache, "GOPROXY="+proxy, "GONOSUMDB=*", "GOFLAGS=-modcacherw", "GOWORK=off", "GOTOOLCHAIN=local")
	text, err := command.CombinedOutput()
	return cache, string(text), err
}
