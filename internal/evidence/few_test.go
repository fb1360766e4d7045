package evidence

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// Whatever the order in which files come, those that count are the first by
// path, and no file is passed over that belongs to them.
func TestFewAreTheFirstByPath(t *testing.T) {
	const files, enough = 40, 3
	for seed := range uint64(200) {
		e := &Engine{probes: []probe{{few: enough}, {}}}
		f := newFew(e)
		found := map[string]text{}
		var matching []string
		order := rand.New(rand.NewPCG(seed, 1)).Perm(files)
		for _, n := range order {
			path := fmt.Sprintf("src/%02d.go", n)
			if n%4 == int(seed%4) {
				continue // nothing in it
			}
			matching = append(matching, path)
			hits := map[int]lines{1: {}}
			if !f.beyond(0, path) {
				hits[0] = lines{}
			}
			found[path] = text{hits: hits}
			f.note(path, hits)
		}
		f.forget(found)
		var got []string
		for path, out := range found {
			if _, ok := out.hits[0]; ok {
				got = append(got, path)
			}
			if _, ok := out.hits[1]; !ok {
				t.Fatalf("seed %d: %s lost what is counted everywhere", seed, path)
			}
		}
		slices.Sort(got)
		slices.Sort(matching)
		if want := matching[:enough]; !slices.Equal(got, want) {
			t.Fatalf("seed %d, %v: got %s, want %s", seed, order, strings.Join(got, " "), strings.Join(want, " "))
		}
	}
}
