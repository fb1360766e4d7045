package facts

import (
	"errors"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// An expression with a fault must not wait for the first tree that wants it.
func TestEveryExpressionCompiles(t *testing.T) {
	source := func(f fs.FileInfo) bool { return !strings.HasSuffix(f.Name(), "_test.go") }
	files := gotoken.NewFileSet()
	packages, err := parser.ParseDir(files, ".", source, 0) //nolint:staticcheck // no file here has a build tag
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	ast.Inspect(packages["facts"], func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		if name, ok := call.Fun.(*ast.Ident); !ok || name.Name != "lazily" {
			return true
		}
		if text, err := literalOf(call.Args[0]); err != nil {
			t.Errorf("%s: %v", files.Position(call.Pos()), err)
		} else if _, err := regexp.Compile(text); err != nil {
			t.Errorf("%s: %v", files.Position(call.Pos()), err)
		}
		seen++
		return true
	})
	if seen < 100 {
		t.Errorf("found only %d expressions", seen)
	}
}

// literalOf is a text as the source has it, in parts or as a whole.
func literalOf(x ast.Expr) (string, error) {
	switch x := x.(type) {
	case *ast.BasicLit:
		return strconv.Unquote(x.Value)
	case *ast.BinaryExpr:
		left, err := literalOf(x.X)
		if err != nil {
			return "", err
		}
		right, err := literalOf(x.Y)
		return left + right, err
	}
	return "", errors.New("lazily is given something other than a text")
}
