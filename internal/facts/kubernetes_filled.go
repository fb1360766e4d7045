package facts

import (
	"bytes"
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
	if i := strings.LastIndexByte(file, '.'); i >= 0 && slices.Contains(templateEndings[:], file[i:]) {
		return file[:i], true
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
var kindLine = lazily(`(?m)^\s*"?kind"?:\s*"?[A-Z]`)

// definesKinds tells of a text whose objects all define kinds of objects.
func definesKinds(text []byte) bool {
	kind, definition := []byte("\nkind:"), []byte("\nkind: CustomResourceDefinition")
	n := bytes.Count(text, definition)
	return n > 0 && n == bytes.Count(text, kind) && !bytes.HasPrefix(text, kind[1:])
}

// readFilledManifest reads the objects of such a file.
func readFilledManifest(in *source, out *found) {
	if !bytes.Contains(in.text, []byte("apiVersion")) || !kindLine().Match(in.text) {
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

// filledObjects reads each document by itself. What stands in a condition or a
// loop is not known; where that is a whole object, it is a hint.
func filledObjects(file, stem string, text []byte) []Fact {
	var out []Fact
	plain, maybe, included := withoutControl(string(cleanText(text)))
	for _, part := range splitDocuments([]byte(plain)) {
		t := maskStack(string(part.text))
		docs, _ := yamlDocuments(stem, bareBlank().ReplaceAll([]byte(t.text), []byte(`$1"$2"$3`)))
		for _, doc := range docs {
			shiftLines(doc, part.line)
			if nodeText(doc, "apiVersion") == "" || nodeText(doc, "kind") == "" {
				continue
			}
			whole := maybe[min(doc.Line, len(maybe)-1)]
			v := blanksOf(t.known(nodeValue(doc)))
			if !whole {
				v = leftOpen(v, maybe)
			}
			for _, f := range objectFacts(file, v) {
				if t.shaped || included || whole {
					f.Hint = shapedHint
				}
				out = append(out, f)
			}
		}
	}
	return out
}

// control is an action that decides what is there.
var control = lazily(`\{\{[-~]?\s*(#|/|\^|(?:if|range|with|define|block|else|end)\b)[^{}]*\}\}|\{%[-+]?\s*(\w+)[^%]*(?:%[^}%][^%]*)*%\}`)

// withoutControl is a template without its conditions and loops, which of its
// lines (from 1) stand in one, and whether it takes in other files.
func withoutControl(text string) (plain string, maybe []bool, included bool) {
	var b strings.Builder
	maybe = []bool{false, false}
	depth, at := 0, 0
	write := func(s string) {
		for i := range len(s) {
			if s[i] == '\n' {
				maybe = append(maybe, depth > 0)
			} else if s[i] != ' ' && depth > 0 {
				maybe[len(maybe)-1] = true
			}
		}
		b.WriteString(s)
	}
	for _, m := range control().FindAllStringSubmatchIndex(text, maxActions) {
		write(text[at:m[0]])
		word := ""
		for _, g := range [...]int{2, 4} {
			if m[g] >= 0 {
				word = text[m[g]:m[g+1]]
			}
		}
		switch word {
		case "#", "^", "if", "range", "with", "define", "block", "for", "macro", "filter", "call":
			depth++
		case "include", "extends":
			included = true
		default:
			if word == "/" || strings.HasPrefix(word, "end") {
				depth = max(depth-1, 0)
			}
		}
		write(strings.Repeat("\n", strings.Count(text[m[0]:m[1]], "\n")))
		at = m[1]
	}
	write(text[at:])
	return b.String(), maybe, included
}

// leftOpen makes values on such lines what they are: perhaps not there.
func leftOpen(v Value, maybe []bool) Value {
	return mapped(v, func(v Value) Value {
		if v.Start > 0 && v.Start < len(maybe) && maybe[v.Start] && v.Kind != Map && v.Kind != List && v.Kind != Null {
			return Value{Kind: Unknown, Text: v.Text, Start: v.Start, End: v.End}
		}
		return v
	})
}

// bareBlank is one that YAML takes for a sign of its own.
var bareBlank = lazily(`(?m)([:\-,\[{][ \t]+|[,\[{]|":)(%%?\w+%%?|@@?\w+@@?)([ \t]*(?:[,}\]\r]|$))`)

// blankText is a place to write something in, as sed and envsubst find it.
var blankText = lazily(`__[A-Z][A-Z0-9_]*?__|%%?[A-Z][A-Z0-9_]*%%?|@@?[A-Z][A-Z0-9_]*@@?|\$\{[A-Za-z_][^{}]*\}|\$[A-Z_][A-Z0-9_]*\b|<[A-Z][A-Z0-9_.-]*>|\[\[[^\[\]\n]*\]\]`)

// blanksOf makes texts with blanks what they are: not known. Longer texts are
// files and programs, with signs of their own.
func blanksOf(v Value) Value {
	return mapped(v, func(v Value) Value {
		if v.Kind != String || strings.Contains(v.Text, "\n") {
			return v
		}
		if wholeMark().MatchString(v.Text) || blankText().MatchString(v.Text) {
			text := blankText().ReplaceAllStringFunc(v.Text, func(blank string) string {
				return "{{ " + strings.Trim(blank, "_%@${}<>[] ") + " }}"
			})
			return Value{Kind: Unknown, Text: text, Start: v.Start, End: v.End}
		}
		return v
	})
}
