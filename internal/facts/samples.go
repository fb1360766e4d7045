package facts

import (
	"fmt"
	"path"
	"strings"
)

// samplesTitle knows the title of a repository that is a shelf of samples.
// Recipes are what it is about where the word does not come last: the backend
// of a site for cooks is one program.
var samplesTitle = lazily(`(?i)\b(samples|examples|quick-?starts|snippets)\b|\brecipes\W*$`)

// manySamples is how many folders with a page of their own make a shelf of
// samples, where the title says that it is one: a sample application of many
// services has that many, too, but is one sample.
const manySamples = 6

// markSamples makes hints of what lies in one of many samples, most of them with
// a page of their own: they are there to be tried one by one, and say of nothing
// how it is run. Workflows, and what CI runs from its places, check all of them.
func markSamples(all []Fact, files []File) {
	samples := map[string]bool{}
	for _, f := range files {
		dir, base := path.Split(f.Path)
		if dir != "" && strings.EqualFold(base, "readme.md") && f.Area&^AreaExample == 0 && !isLive(f.Path) {
			samples[dir] = true
		}
	}
	if len(samples) < manySamples {
		return
	}
	hint := fmt.Sprintf("one of %d samples or more side by side, which the title of the repository calls so", len(samples))
	for i := range all {
		f := &all[i]
		if f.Hint == "" && f.Kind != Workflow && !isLive(f.Path) && strings.Contains(f.Path, "/") {
			f.Hint = hint
		}
	}
}
