package internal

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/readyline/readyline/"

// arrows are the imports that rooms of this house may have of each other. The
// words are at the bottom, the doors to GitHub and Postgres above them, the
// jobs and pages on top.
var arrows = map[string][]string{
	"internal/readiness": {},
	"internal/facts":     {},
	"internal/snapshot":  {"internal/facts"},
	"internal/catalogue": {"internal/facts", "internal/readiness"},
	"internal/evidence":  {"internal/catalogue", "internal/facts", "internal/readiness", "internal/snapshot"},
	"internal/issue":     {"internal/readiness"},
	"internal/github":    {"internal/facts", "internal/snapshot"},
	"internal/store":     {"internal/readiness", "migrations"},
	"internal/devdb":     {},
	"internal/events":    {},
	"internal/tracing":   {},
	"internal/testdb":    {"internal/devdb", "internal/store", "migrations"},
	"internal/worker": {
		"internal/catalogue", "internal/events", "internal/evidence", "internal/facts", "internal/github", "internal/issue",
		"internal/readiness", "internal/snapshot", "internal/store", "internal/tracing",
	},
	"internal/server": {
		"internal/catalogue", "internal/facts", "internal/github", "internal/issue", "internal/readiness", "internal/store", "internal/tracing", "web",
	},
	"internal/emulator":               {},
	"internal/emulator/check":         {"internal/emulator/openapi"},
	"internal/emulator/openapi":       {},
	"internal/emulator/openapi/prune": {},
	"docs/deploy/check":               {},
	"migrations":                      {},
	"templates":                       {},
	"web":                             {},
}

// forTests may be imported by tests of any room: real parts instead of mocks.
var forTests = []string{"internal/testdb", "internal/emulator", "internal/emulator/check", "internal/store", "internal/catalogue", "internal/readiness", "templates"}

func TestArrowsPointOneWay(t *testing.T) {
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (strings.HasPrefix(d.Name(), ".") && d.Name() != ".." || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		room := filepath.ToSlash(filepath.Dir(strings.TrimPrefix(path, ".."+string(filepath.Separator))))
		if room == "internal" || strings.HasPrefix(room, "cmd/") || strings.HasPrefix(room, "internal/bench") {
			return nil // wiring may reach everywhere
		}
		allowed, known := arrows[room]
		if !known {
			t.Errorf("%s: package %s has no place in the table of arrows", path, room)
			return nil
		}
		if strings.HasSuffix(path, "_test.go") {
			allowed = append(slices.Clone(allowed), forTests...)
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			if to, ours := strings.CutPrefix(name, module); ours && to != room && !slices.Contains(allowed, to) {
				t.Errorf("%s: %s may not import %s", path, room, to)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
