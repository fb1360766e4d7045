package evidence

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
)

var update = flag.Bool("update", false, "write what comes out into testdata/language")

// Each file of testdata/language holds controls.yaml, the repository's files
// under repo/ (and a linked one's under linked/), GitHub's answers in
// settings.json, and what must be found.
func TestLanguage(t *testing.T) {
	files, err := filepath.Glob("testdata/language/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := findings(t, a)
			if *update {
				put(a, "want", got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(part(a, "want"), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func part(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func put(a *txtar.Archive, name, text string) {
	for i := range a.Files {
		if a.Files[i].Name == name {
			a.Files[i].Data = []byte(text)
			return
		}
	}
	a.Files = append(a.Files, txtar.File{Name: name, Data: []byte(text)})
}

// findings runs a case, twice: what comes out may not depend on anything else.
func findings(t *testing.T, a *txtar.Archive) string {
	t.Helper()
	c, err := catalogue.Load(fstest.MapFS{"controls/controls.yaml": {Data: []byte(part(a, "controls.yaml"))}})
	if err != nil {
		t.Fatal(err)
	}
	e := New(c)
	first := rendered(t, e, a)
	if second := rendered(t, e, a); first != second {
		t.Errorf("the second run differs:\n%s", cmp.Diff(first, second))
	}
	return first
}

func rendered(t *testing.T, e *Engine, a *txtar.Archive) string {
	t.Helper()
	sources := []Source{{Reading: reading(t, e, a, "repo/")}}
	if linked := reading(t, e, a, "linked/"); len(linked.Files) > 0 {
		sources = append(sources, Source{Repository: "acme/infra", Commit: "c0ffee", Reading: linked})
	}
	var b strings.Builder
	for _, f := range e.Find(sources, settings(t, a)) {
		fmt.Fprintf(&b, "%s %s", f.Control, f.Verdict)
		if f.Reason != "" {
			fmt.Fprintf(&b, ": %s", f.Reason)
		}
		b.WriteByte('\n')
		for _, x := range f.Evidence {
			fmt.Fprintf(&b, "  %s %s %s%s %s\n", x.Strength, x.Rule, from(x), at(x), x.Summary)
		}
	}
	return b.String()
}

func from(e readiness.Evidence) string {
	if e.Repository == "" {
		return ""
	}
	return e.Repository + "@" + e.Commit + ":"
}

func at(e readiness.Evidence) string {
	switch {
	case e.Path == "":
		return "<" + e.URL + ">"
	case e.StartLine == 0:
		return e.Path
	case e.StartLine == e.EndLine:
		return fmt.Sprintf("%s:%d", e.Path, e.StartLine)
	}
	return fmt.Sprintf("%s:%d-%d", e.Path, e.StartLine, e.EndLine)
}

func reading(t *testing.T, e *Engine, a *txtar.Archive, prefix string) *Reading {
	t.Helper()
	tree := map[string]string{}
	for _, f := range a.Files {
		if path, ok := strings.CutPrefix(f.Name, prefix); ok {
			tree[path] = string(f.Data)
		}
	}
	s := snapshot.Memory(snapshot.Meta{}, tree)
	r, err := e.Read(context.Background(), s.Tree(""), facts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// settings reads name → list of facts, or a text that says why not readable.
func settings(t *testing.T, a *txtar.Archive) snapshot.Settings {
	t.Helper()
	text := part(a, "settings.json")
	if text == "" {
		return nil
	}
	var in map[string]any
	if err := json.Unmarshal([]byte(text), &in); err != nil {
		t.Fatal(err)
	}
	out := snapshot.Settings{}
	for name, v := range in {
		if why, ok := v.(string); ok {
			out[name] = snapshot.Answer{Unknown: why}
			continue
		}
		out[name] = snapshot.Answer{Facts: facts.FromJSON(v).Items}
	}
	return out
}
