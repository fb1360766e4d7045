package catalogue

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"
)

// Whatever people write, reading it ends with faults at lines that are there.
func FuzzFiles(f *testing.F) {
	files, _ := filepath.Glob("testdata/faults/*.txtar")
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		for _, part := range txtar.Parse(text).Files {
			f.Add(string(part.Data))
		}
	}
	f.Add(ownList)
	shipped, err := Load(fstest.MapFS{})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read := func() Faults {
			var all Faults
			in := []TextFile{{"a.x", []byte(text)}}
			for _, load := range []func() error{
				func() error { _, err := shipped.With(in, nil); return err },
				func() error { _, err := shipped.With(nil, in); return err },
				func() error { _, err := ParseConfiguration("a.x", []byte(text)); return err },
			} {
				if faults, ok := load().(Faults); ok {
					all = append(all, faults...)
				}
			}
			return all
		}
		faults := read()
		for _, x := range faults {
			if x.Line < 0 || x.Line > breaks(text)+2 {
				t.Errorf("%v: there is no such line", x)
			}
		}
		if diff := cmp.Diff(faults, read()); diff != "" {
			t.Errorf("a second reading differs: %s", diff)
		}
	})
}

// breaks counts line breaks as YAML does, which knows more than one.
func breaks(text string) int {
	n := 0
	for _, b := range []string{"\n", "\r", "\u0085", "\u2028", "\u2029"} {
		n += strings.Count(text, b)
	}
	return n
}
