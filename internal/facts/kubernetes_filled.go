package facts

import (
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// hintUnfilled is said of manifests with blanks that nobody seen here fills in.
const hintUnfilled = "nothing here fills this file in and applies it"

// templateEndings are cut off a name when a file has been filled in.
var templateEndings = [...]string{".tmpl", ".tpl", ".template", ".in", ".envsubst", ".j2", ".jinja", ".jinja2", ".gotmpl", ".mustache", ".hbs"}

// filledStem is a path without such an ending: web.yaml of web.yaml.tmpl.
func filledStem(file string) (stem string, ok bool) {
	for _, ending := range templateEndings {
		if stem, ok = strings.CutSuffix(file, ending); ok {
			return stem, true
		}
	}
	return file, false
}

// isFilledManifest takes what becomes YAML when its blanks are filled in:
// web.yaml.tmpl, and web.tmpl, which may be anything.
func isFilledManifest(p place, l *layout) bool {
	stem, ok := filledStem(p.path)
	if !ok {
		return false
	}
	if _, charted := above(l.charts, p.dir); charted {
		return false
	}
	if q := placeOf(stem); q.yaml() || q.ext == ".json" {
		return isPlainYAML(q, l)
	}
	return (p.ext == ".tmpl" || p.ext == ".tpl" || p.ext == ".template") && !isLive(p.path)
}

// kindLine is what each object of Kubernetes has.
var kindLine = regexp.MustCompile(`(?m)^\s*"?kind"?:\s*"?[A-Z]`)

// readFilledManifest reads the objects of such a file.
func readFilledManifest(in *source, out *found) {
	if !bytes.Contains(in.text, []byte("apiVersion")) || !kindLine.Match(in.text) {
		return
	}
	stem, _ := filledStem(in.path)
	out.addFilled(filledObjects(in.path, stem, in.text))
}

// filledLines are where the objects begin that something fills in.
type filledLines struct{ first []int }

func (out *found) addFilled(facts []Fact) {
	lines := &filledLines{}
	for _, f := range facts {
		lines.first = append(lines.first, f.Start)
	}
	out.facts = append(out.facts, facts...)
	out.parts.filled = lines
}

// readFilledRest reads those documents of plain YAML that are none before
// their blanks are filled in.
func readFilledRest(in *source, plain []*yaml.Node, out *found) {
	read := map[int]bool{}
	for _, doc := range plain {
		read[doc.Line] = true
	}
	rest := slices.DeleteFunc(filledObjects(in.path, in.path, in.text), func(f Fact) bool { return read[f.Start] })
	out.addFilled(rest)
}

// filledObjects reads each document by itself: conditions and loops in one say
// nothing about the others, unless they reach into them.
func filledObjects(file, stem string, text []byte) []Fact {
	var out []Fact
	parts := splitDocuments(cleanText(text))
	spread := false
	for _, part := range parts {
		spread = spread || !balanced(part.text)
	}
	for _, part := range parts {
		t := maskStack(string(part.text))
		docs, _ := yamlDocuments(stem, bareBlank.ReplaceAll([]byte(t.text), []byte(`$1"$2"$3`)))
		for _, doc := range docs {
			shiftLines(doc, part.line)
			if nodeText(doc, "apiVersion") == "" || nodeText(doc, "kind") == "" {
				continue
			}
			for _, f := range objectFacts(file, blanksOf(t.known(nodeValue(doc)))) {
				if t.shaped || spread {
					f.Hint = shapedHint
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// bareBlank is one that YAML takes for a sign of its own.
var bareBlank = regexp.MustCompile(`(?m)([:\-,\[{][ \t]+|[,\[{]|":)(%%?\w+%%?|@@?\w+@@?)([ \t]*(?:[,}\]\r]|$))`)

// opened and closed are the actions that begin and end a part of a template.
var (
	opened = regexp.MustCompile(`\{\{-?\s*(#|if\b|range\b|with\b|define\b|block\b)|\{%-?\+?\s*(if|for|macro|block|filter|call)\b`)
	closed = regexp.MustCompile(`\{\{-?\s*(/[a-z]|end\b)|\{%-?\+?\s*end\w+`)
)

// balanced tells whether what a text opens it closes.
func balanced(text []byte) bool {
	return len(opened.FindAllIndex(text, maxActions)) == len(closed.FindAllIndex(text, maxActions))
}

// blankText is a place to write something in, as sed and envsubst find it.
var blankText = regexp.MustCompile(`__[A-Z][A-Z0-9_]*?__|%%?[A-Z][A-Z0-9_]*%%?|@@?[A-Z][A-Z0-9_]*@@?|\$\{[A-Za-z_][^{}]*\}|\$[A-Z_][A-Z0-9_]*\b|<[A-Z][A-Z0-9_.-]*>|\[\[[^\[\]\n]*\]\]`)

// blanksOf makes texts with blanks what they are: not known. Longer texts are
// files and programs, with signs of their own.
func blanksOf(v Value) Value {
	return mapped(v, func(v Value) Value {
		if v.Kind != String || strings.Contains(v.Text, "\n") {
			return v
		}
		if wholeMark.MatchString(v.Text) || blankText.MatchString(v.Text) {
			text := blankText.ReplaceAllStringFunc(v.Text, func(blank string) string {
				return "{{ " + strings.Trim(blank, "_%@${}<>[] ") + " }}"
			})
			return Value{Kind: Unknown, Text: text, Start: v.Start, End: v.End}
		}
		return v
	})
}

// markUnfilled makes hints of the objects in such files that no pipeline and
// no script names: they may be what a program writes for others.
func markUnfilled(all []Fact, g *gathered, area func(path string) Area) {
	if len(g.filled) == 0 {
		return
	}
	texts := fillingTexts(all, g.filling, area)
	named := map[string]bool{} // folders
	for file := range g.filled {
		for _, text := range texts {
			if strings.Contains(text, path.Base(file)) || appliesFolder(text, path.Dir(file)) {
				named[path.Dir(file)] = true
				break
			}
		}
	}
	for i := range all {
		f := &all[i]
		if f.Kind == Kubernetes && f.Hint == "" && slices.Contains(g.filled[f.Path], f.Start) && !named[path.Dir(f.Path)] {
			f.Hint = hintUnfilled
		}
	}
}

// fillingTexts are what pipelines, scripts and playbooks run and hand on.
func fillingTexts(all []Fact, scripts map[string][]byte, area func(path string) Area) []string {
	var out []string
	for i := range all {
		f := &all[i]
		switch f.Kind {
		case Workflow, WorkflowJob, CI:
			out = append(out, f.Value.Get("run").Text)
			for _, given := range slices.Concat(f.Value.Get("with").Fields, stepEnv(f)) {
				out = append(out, given.Value.Text)
			}
		case Ansible:
			mapped(f.Value, func(v Value) Value {
				out = append(out, v.Text)
				return v
			})
		}
	}
	for file, text := range scripts {
		if area(file) == 0 {
			out = append(out, string(text))
		}
	}
	return out
}

// stepEnv is what a step's action is told by its environment; what all jobs of
// a pipeline share says nothing about any of them.
func stepEnv(f *Fact) []Field {
	if f.Kind != Workflow || f.Value.Get("uses").Text == "" {
		return nil
	}
	return f.Value.Get("env").Fields
}

// applier is what brings manifests to a cluster, and fills what scripts do
// before it.
var (
	applier = regexp.MustCompile(`\b(kubectl|oc|kapp|krane|kubernetes-deploy)\b`)
	fills   = regexp.MustCompile(`\b(kubectl|oc|kapp|krane|kubernetes-deploy|envsubst|sed|gomplate|jinja2?|j2)\b`)
)

// appliesFolder tells whether a text applies the files of a folder, one after
// the other or all together.
func appliesFolder(text, dir string) bool {
	name := path.Base(dir)
	if name == "." || !applier.MatchString(text) {
		return false
	}
	for {
		_, after, found := strings.Cut(text, name)
		if !found {
			return false
		}
		rest := strings.TrimPrefix(after, "/")
		if rest == "" || strings.ContainsAny(rest[:1], "*$\"' \n)") {
			return true
		}
		text = after
	}
}
