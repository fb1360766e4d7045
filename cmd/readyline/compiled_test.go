package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/templates"
)

// The compiled form of the catalogue is that of the files beside it, and says
// what they say. With READYLINE_UPDATE=1 this test writes it anew.
func TestTheCompiledListOfControlsIsCurrent(t *testing.T) {
	want, err := catalogue.Compile(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	compiled := templates.Compiled
	if os.Getenv("READYLINE_UPDATE") == "1" {
		if err := os.WriteFile(filepath.Join("..", "..", "templates", "compiled.bin"), want, 0o644); err != nil {
			t.Fatal(err)
		}
		compiled = string(want)
	}
	if compiled != string(want) {
		t.Error("templates/compiled.bin is not that of checklists/ and controls/ as they are; READYLINE_UPDATE=1 go test ./cmd/readyline -run ListOfControls writes it anew")
	}
	fromText, err := catalogue.Load(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	decoded, err := catalogue.LoadCompiled(templates.FS, string(want))
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range fromText.Controls {
		if other := decoded.Controls[i]; !reflect.DeepEqual(c.Examples.All(), other.Examples.All()) {
			t.Errorf("%s: text and compiled form have different examples", c.ID)
		}
		c.Examples, decoded.Controls[i].Examples = catalogue.Examples{}, catalogue.Examples{}
	}
	// Telling where they differ takes minutes, and whether they do a second.
	if !reflect.DeepEqual(fromText, decoded) {
		t.Errorf("text and compiled form differ:\n%s", cmp.Diff(fromText, decoded, cmp.AllowUnexported(catalogue.Catalogue{}), cmpopts.IgnoreUnexported(catalogue.Regexp{})))
	}
}
