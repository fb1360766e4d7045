package catalogue

import (
	"testing"
	"testing/fstest"
)

const oneControl = "controls:\n  - id: a\n    title: A\n    meaning: Is there.\n    category: c\n    rules:\n      - {id: r, strength: proves, summary: it is, file: {path: a}}\n"

func small(controls string) fstest.MapFS {
	return fstest.MapFS{
		"checklists/list.md": {Data: []byte("---\nname: List\n---\n\n## Part\n\n- [ ] Do it <!-- item: do; control: a -->\n")},
		"controls/c.yaml":    {Data: []byte(controls)},
	}
}

// A compiled form of other files, of none, or of other types counts for
// nothing.
func TestCompiledOfOtherFiles(t *testing.T) {
	compiled, err := Compile(small(oneControl))
	if err != nil {
		t.Fatal(err)
	}
	other := small("controls:\n  - {id: a, title: B, meaning: Is there., category: c, by_hand: Only people know.}\n")
	otherTypes := []byte(string(compiled))
	otherTypes[sumsSize-1]++
	for _, form := range []string{string(compiled), "", "x", string(otherTypes)} {
		c, err := LoadCompiled(other, form)
		if err != nil || c.Control("a").Title != "B" || len(c.Checklists) != 1 {
			t.Errorf("with %d bytes of another form: %v, %v", len(form), c, err)
		}
	}
	c, err := LoadCompiled(small("controls: ["), "")
	if err == nil {
		t.Errorf("a faulty file without a compiled form: %v", c)
	}
}
