package domaintask_test

import (
	"bytes"
	"flag"
	"go/ast"
	"go/doc"
	"go/parser"
	"go/printer"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var updateAPI = flag.Bool("update-api", false, "write testdata/api anew")

// TestAPI holds what the packages export against testdata/api: what users rely
// on changes only on purpose, by
//
//	go test -run TestAPI -update-api .
func TestAPI(t *testing.T) {
	t.Parallel()
	for _, dir := range []string{".", "domaintasktest", "credentials"} {
		name := filepath.Join("testdata", "api", strings.ReplaceAll(dir, ".", "domaintask")+".txt")
		got := exported(t, dir)
		if *updateAPI {
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
			require.NoError(t, os.WriteFile(name, []byte(got), 0o644))
		}
		want, err := os.ReadFile(name)
		require.NoError(t, err)
		before, now := strings.Split(strings.ReplaceAll(string(want), "\r\n", "\n"), "\n"), strings.Split(got, "\n")
		if !slices.Equal(before, now) {
			t.Errorf("%s is out of date; only there:\n%s\nonly in the package:\n%s", name, without(before, now), without(now, before))
		}
	}
}

// without returns the lines that are not among the others.
func without(lines, others []string) string {
	lines = slices.DeleteFunc(slices.Clone(lines), func(line string) bool { return slices.Contains(others, line) })
	return strings.Join(lines, "\n")
}

// exported returns the exported declarations of a package, without comments
// and bodies, sorted.
func exported(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	require.NoError(t, err)
	var decls []string
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		require.NoError(t, err)
		if !ast.FileExports(file) {
			continue
		}
		for _, decl := range file.Decls {
			switch d := decl.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && !token.IsExported(receiver(d)) {
					continue
				}
				d.Body = nil
			case *ast.GenDecl:
				if d.Tok == token.IMPORT {
					continue
				}
			}
			var b bytes.Buffer
			require.NoError(t, printer.Fprint(&b, fset, decl))
			decls = append(decls, b.String())
		}
	}
	slices.Sort(decls)
	return strings.Join(decls, "\n\n") + "\n"
}

// receiver is the name of the type that a method is of.
func receiver(method *ast.FuncDecl) string {
	kind := method.Recv.List[0].Type
	if star, ok := kind.(*ast.StarExpr); ok {
		kind = star.X
	}
	return kind.(*ast.Ident).Name
}

// TestExamples finds an example for whatever a caller can call or switch on, so
// that godoc shows how.
func TestExamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range files {
		file, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		require.NoError(t, err)
		parsed = append(parsed, file)
	}
	pkg, err := doc.NewFromFiles(fset, parsed, "github.com/domaintask/domaintask")
	require.NoError(t, err)
	require.NotEmpty(t, pkg.Examples)

	require.NotEmpty(t, pkg.Funcs)
	for _, f := range pkg.Funcs {
		require.NotEmpty(t, f.Examples, f.Name)
	}
	for _, kind := range pkg.Types {
		for _, f := range kind.Funcs {
			require.NotEmpty(t, f.Examples, f.Name)
			for _, example := range f.Examples {
				require.NotEmpty(t, example.Output, "%s checks nothing", f.Name)
			}
		}
		for _, m := range kind.Methods {
			if m.Recv == "*Client" { // by value are those that keep secrets from print
				require.NotEmpty(t, m.Examples, m.Name)
			}
		}
	}
}
