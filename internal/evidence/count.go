package evidence

import (
	"regexp"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// present tells whether there is a value that is neither null nor empty.
func present(values []facts.Value, path string) answer {
	out := answer{truth: no}
	for _, v := range values {
		switch {
		case v.Kind == facts.Unknown && !v.Given && !refers(v.Text) && !written(v.Text) && !defaulted.MatchString(strings.TrimSpace(v.Text)):
			if out.truth == no {
				out = notKnown(path, v)
			}
		case !empty(v):
			return answer{truth: yes, at: v}
		}
	}
	return out
}

// refers tells whether the source of an unknown value is a plain reference to
// something else that is defined: whatever its value, there is one. A variable
// may be null.
func refers(text string) bool {
	text = strings.TrimSpace(text)
	if ref, ok := strings.CutPrefix(text, "!GetAtt "); ok {
		return ref != ""
	}
	first, rest, ok := strings.Cut(text, ".")
	if !ok || rest == "" || strings.ContainsAny(text, " ?:${}|&!=<>(),\n") {
		return false
	}
	switch first {
	case "var", "local", "each", "count", "self", "path", "terraform", "dependency", "inputs", "matrix", "env", "vars", "github":
		return false
	}
	return true
}

// defaulted is a choice of Terraform's that ends in a value of its own, whatever
// comes before that.
var defaulted = regexp.MustCompile(`^(?s:(?:coalesce|lookup)\(.+,\s*(?:\d[\d.]*|true|false|"[^"$%]+")\s*,?\s*\))$`)

// written tells whether the source of an unknown text has something to it
// whatever its expressions turn out to be: words beside them, or no more than a
// secret or a configuration variable of GitHub's, which is there to be used.
func written(text string) bool {
	text = strings.TrimSpace(text)
	open, end := "${{", "}}"
	if quoted, ok := strings.CutPrefix(text, `"`); ok {
		text, ok = strings.CutSuffix(quoted, `"`)
		if !ok || strings.Contains(text, `"`) || strings.Contains(text, "%{") {
			return false
		}
		open, end = "${", "}"
	}
	before, rest, ok := strings.Cut(text, open)
	if !ok {
		return false
	}
	inner, after, ok := strings.Cut(rest, end)
	if !ok || strings.TrimSpace(before) != "" {
		return ok
	}
	where, name, named := strings.Cut(strings.TrimSpace(inner), ".")
	if named && (where == "secrets" || where == "vars" && open == "${{") && !strings.ContainsAny(name, " |&(") {
		return true
	}
	left, _, _ := strings.Cut(after, open)
	return strings.TrimSpace(left) != ""
}

// counted counts what is written down. A plain reference stands for one value at
// least: nobody can tell whether it is a list of several. A block is there even
// when it is empty.
func counted(values []facts.Value, least int, path string) answer {
	n, open := 0, answer{truth: no}
	for _, v := range flat(values) {
		if v.Kind == facts.Unknown {
			open = notKnown(path, v)
		}
		if v.Kind == facts.Unknown && refers(v.Text) || v.Kind == facts.Map || v.Kind != facts.Unknown && !empty(v) {
			n++
		}
	}
	if n >= least {
		return answer{truth: yes, at: values[0]}
	}
	return open
}

// each tells whether there is a value and every one holds.
func each(t *catalogue.Test, values []facts.Value, self *facts.Fact, path string) answer {
	out := answer{truth: no}
	for i, v := range flat(values) {
		a := test(t, []facts.Value{v}, self, path)
		if a.truth == no {
			return a
		}
		if i == 0 {
			out = a
		} else {
			out = out.and(a)
		}
	}
	return out
}
