package evidence

import (
	"fmt"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/snapshot"
)

// However many processors look at a tree, what they find is the same.
func TestFindBesideEachOther(t *testing.T) {
	e := shipped(t)
	files := map[string]string{"main.tf": "provider \"aws\" {}\n"}
	for i := range 12 {
		var code, jobs strings.Builder
		for k := range 20 {
			fmt.Fprintf(&code, "resource \"aws_db_instance\" \"d%d\" {\n  multi_az = %v\n  storage_encrypted = %v\n}\n", k, (i+k)%3 > 0, k%2 > 0)
			fmt.Fprintf(&jobs, "  j%d: {runs-on: ubuntu-latest, steps: [{run: go test ./...}, {run: make lint%d}, {run: make build%d}, {uses: actions/checkout@v4}]}\n", k, k, k)
		}
		files[fmt.Sprintf("db%d.tf", i)] = code.String()
		files[fmt.Sprintf(".github/workflows/w%d.yml", i)] = "on: push\njobs:\n" + jobs.String()
	}
	read, err := e.Read(t.Context(), snapshot.Memory(snapshot.Meta{Repository: "example"}, files).Tree(""), facts.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if len(read.All) < 1000 {
		t.Fatalf("%d facts: too few to be shared out", len(read.All))
	}
	find := func(processors int) any {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		return e.Find([]Source{{Reading: read}, {Repository: "acme/infra", Commit: "1f2e", Reading: read}}, nil)
	}
	want := find(1)
	for _, n := range []int{2, 5} {
		if !reflect.DeepEqual(find(n), want) {
			t.Errorf("with %d processors something else is found than with one", n)
		}
	}
}

// A fault in one part is one of the whole look, and not the end of the process.
func TestAPanicOfAPartReachesTheCaller(t *testing.T) {
	e := &Engine{} // made without New, it knows no command
	r := &Reading{Facts: &facts.Facts{All: []facts.Fact{{Kind: facts.Workflow, Name: "run", Path: ".github/workflows/ci.yml"}}}}
	defer func() {
		if p := fmt.Sprint(recover()); !strings.Contains(p, "matchFacts") {
			t.Errorf("the caller hears %q", p)
		}
	}()
	(&assessment{engine: e, sources: []Source{{Reading: r}}}).matchTree(0)
	t.Error("went on")
}
