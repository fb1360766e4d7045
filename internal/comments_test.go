package internal

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// Whatever a package shows to others says what it is. Methods that only satisfy
// an interface of somebody else's are known by their names.
func TestWhatIsExportedHasAComment(t *testing.T) {
	known := map[string]bool{"Error": true, "Unwrap": true, "String": true, "Kind": true, "InsertOpts": true, "Work": true, "NextRetry": true, "Timeout": true,
		"HandleError": true, "HandlePanic": true, "Len": true, "Less": true, "Swap": true, "ServeHTTP": true, "MarshalJSON": true, "UnmarshalJSON": true, "UnmarshalText": true, "UnmarshalYAML": true,
		"Write": true, "WriteHeader": true, "RegisterFuncs": true, "Is": true, "Transform": true}
	for _, root := range []string{".", "../cmd", "../migrations", "../templates", "../web"} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if d.IsDir() && d.Name() == "testdata" {
				return filepath.SkipDir
			}
			if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return nil
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, path, nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, d := range f.Decls {
				if fn, ok := d.(*ast.FuncDecl); ok && fn.Name.IsExported() && fn.Doc == nil && !(fn.Recv != nil && known[fn.Name.Name]) {
					t.Errorf("%s: %s says nothing of itself", set.Position(fn.Pos()), fn.Name.Name)
				}
				g, ok := d.(*ast.GenDecl)
				if !ok {
					continue
				}
				for _, s := range g.Specs {
					if ts, ok := s.(*ast.TypeSpec); ok && ts.Name.IsExported() && ts.Doc == nil && g.Doc == nil {
						t.Errorf("%s: %s says nothing of itself", set.Position(ts.Pos()), ts.Name.Name)
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}
