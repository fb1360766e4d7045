package openapi

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

// TestListIsPruned keeps the list of operations and the packed file together.
func TestListIsPruned(t *testing.T) {
	data, err := Description()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct{ Paths map[string]map[string]any }
	if err := json.Unmarshal(data, &doc); err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for path, methods := range doc.Paths {
		for method := range methods {
			plain := strings.NewReplacer(":.+}", "}", ":.*}", "}").Replace(path)
			have[strings.ToUpper(method)+" "+plain] = true
		}
	}
	list, err := os.ReadFile("operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(list)) {
		op := strings.TrimSpace(line)
		if op == "" || strings.HasPrefix(op, "#") {
			continue
		}
		if !have[op] {
			t.Errorf("%s is listed and not in github.json.gz, or listed twice", op)
		}
		delete(have, op)
	}
	for op := range have {
		t.Errorf("%s is in github.json.gz and not listed", op)
	}
}
