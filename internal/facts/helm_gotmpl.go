package facts

import (
	"strings"
)

// isTemplated tells whether a file's name says that Go's template language
// makes YAML of it, as helmfile's do.
func isTemplated(p string) bool {
	return strings.HasSuffix(p, ".yaml.gotmpl") || strings.HasSuffix(p, ".yml.gotmpl")
}

// isHelmfilePath takes what may be a helmfile.
func isHelmfilePath(p place, l *layout) bool {
	if isTemplated(p.path) {
		return !isValues(strings.TrimSuffix(p.path, ".gotmpl"))
	}
	return isPlainYAML(p, l)
}

// readHelmfilePart reads a helmfile, which may be a template itself.
func readHelmfilePart(in *source, out *found) {
	if !strings.Contains(in.path, "helmfile") || !madeByTemplate(in.text) {
		eachYAML(Helm, "releases:", "chart:", readHelmfile)(in, out)
		return
	}
	t := maskActions(string(in.text))
	docs, _ := yamlDocuments(in.path, []byte(t.text))
	out.facts = append(out.facts, t.settled(readHelmfile(in.path, docs))...)
}

// readValuesPart reads values for a chart that lies elsewhere.
func readValuesPart(in *source, out *found) {
	if !isTemplated(in.path) {
		eachYAML(Helm, "", "", readHelmValues)(in, out)
		return
	}
	t := maskActions(string(in.text))
	docs, _ := yamlDocuments(in.path, []byte(t.text))
	out.facts = append(out.facts, t.settled(readHelmValues(in.path, docs))...)
}

// maskedText is a template with marks for what its actions write. What stands
// in a condition or a loop is left out: nobody knows whether it is there.
type maskedText struct {
	text  string
	marks rendered
}

// maskActions keeps the lines where they are.
func maskActions(text string) maskedText {
	var t maskedText
	var b strings.Builder
	text = strings.NewReplacer(markOpen, "", markClose, "").Replace(text)
	depth := 0
	filled := false // the last line has more than white space
	write := func(s string) {
		if depth > 0 {
			s = strings.Repeat("\n", strings.Count(s, "\n"))
		}
		b.WriteString(s)
		if i := strings.LastIndexByte(s, '\n'); i >= 0 {
			s, filled = s[i+1:], false
		}
		filled = filled || strings.TrimSpace(s) != ""
	}
	for {
		before, after, found := strings.Cut(text, "{{")
		write(before)
		if !found {
			t.text = b.String()
			return t
		}
		end := actionEnd(after)
		action := strings.TrimSpace(strings.Trim(strings.TrimSpace(after[:end]), "-"))
		text = strings.TrimPrefix(after[end:], "}}")
		word, _, _ := strings.Cut(action, " ")
		switch word {
		case "if", "range", "with", "define", "block":
			depth++
		case "end":
			depth = max(depth-1, 0)
		case "else", "/*", "":
		default:
			if filled || !blankLine(text) {
				write(t.marks.mark(strings.Trim(action, "`{} ")))
			}
		}
		write(strings.Repeat("\n", strings.Count(after[:end], "\n")))
	}
}

// actionEnd is where an action closes: text in backquotes may hold braces.
func actionEnd(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '`':
			n := strings.IndexByte(text[i+1:], '`')
			if n < 0 {
				return len(text)
			}
			i += n + 1
		case '}':
			if strings.HasPrefix(text[i:], "}}") {
				return i
			}
		}
	}
	return len(text)
}

// settled makes values that an action writes what they are: not known.
func (t *maskedText) settled(facts []Fact) []Fact {
	for i := range facts {
		files := facts[i].Value.Get(valueFilesKey)
		facts[i].Value = mapped(facts[i].Value, func(v Value) Value {
			if v.Kind == String && strings.Contains(v.Text, markOpen) {
				return Value{Kind: Unknown, Text: t.marks.unmark(v.Text), Start: v.Start, End: v.End}
			}
			return v
		})
		if files.Kind == Absent {
			continue
		}
		names := mapped(files, func(v Value) Value {
			v.Text = t.marks.unmark(v.Text)
			return v
		})
		facts[i].Value = facts[i].Value.With(valueFilesKey, names)
	}
	return facts
}
