package facts

import (
	"slices"
	"strings"
)

var (
	jobOutput  = lazily(`^\$\{\{\s*needs\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}$`)
	stepOutput = lazily(`^\$\{\{\s*steps\.([\w-]+)\.outputs\.([\w-]+)\s*\}\}$`)
	plainWord  = lazily(`^[\w./-]+$`)
	setsOutput = lazily(`(?m)^\s*echo\s+["']?([\w-]+)=([^"'\n>]*?)["']?\s*>>\s*["']?\$\{?GITHUB_OUTPUT\b`)
	setsShell  = lazily(`(?m)^\s*(?:export\s+)?(\w+)=["']?([^"'\n;]*)["']?\s*;?\s*$`)
)

// maxOutputScript is how much of a script is looked through for outputs.
const maxOutputScript = 8000

// worded is a value that an earlier job words in a script, branch by branch
// (`ENV="dev"` … `echo "env=$ENV" >> $GITHUB_OUTPUT`), as one of those words or
// the list of them; the value itself where some may be anything.
func (b *jobBuilder) worded(v Value) Value {
	m := jobOutput().FindStringSubmatch(strings.TrimSpace(v.Text))
	if v.Kind != String || m == nil {
		return v
	}
	i := b.w.index(m[1])
	if i < 0 {
		return v
	}
	job := &b.w.jobs[i]
	m = stepOutput().FindStringSubmatch(strings.TrimSpace(job.value.Get("outputs").Get(m[2]).Text))
	if m == nil {
		return v
	}
	for _, s := range job.steps {
		run := s.value.Get("run").Text
		if s.value.Get("id").Text == m[1] && run != "" && len(run) <= maxOutputScript {
			return v.among(outputWords(run, m[2]))
		}
	}
	return v
}

// outputWords is the words that a script may write to an output; none where it
// may write something else.
func outputWords(script, name string) []string {
	var out []string
	add := func(word string) bool {
		if !slices.Contains(out, word) {
			out = append(out, word)
		}
		return plainWord().MatchString(word)
	}
	held := setsShell().FindAllStringSubmatch(script, 100)
	for _, m := range setsOutput().FindAllStringSubmatch(script, 100) {
		if m[1] != name {
			continue
		}
		variable, ok := strings.CutPrefix(m[2], "$")
		if !ok {
			if !add(m[2]) {
				return nil
			}
			continue
		}
		variable = strings.TrimSuffix(strings.TrimPrefix(variable, "{"), "}")
		known := false
		for _, set := range held {
			if set[1] == variable {
				if known = true; !add(set[2]) {
					return nil
				}
			}
		}
		if !known {
			return nil
		}
	}
	return out
}
