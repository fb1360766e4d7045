package facts

import (
	"bytes"
	"strings"

	"go.yaml.in/yaml/v3"
)

const (
	shapedHint = "comes out of a template whose conditions, loops or inclusions are not known"

	// resolveMark keeps CloudFormation's own {{resolve:…}} apart from actions.
	resolveMark = "\ue002"
	resolveOpen = "{{resolve:"
)

// isStackPath takes what is, or what somebody's program may turn into, a
// CloudFormation template.
func isStackPath(p place, l *layout) bool {
	stem, filled := filledStem(p.path)
	if !filled {
		return isPlainYAML(p, l)
	}
	if p.ext == ".template" && placeOf(stem).ext == "" { // as CloudFormation's own are called: vpc.template
		return !isLive(p.path)
	}
	return (isYAML(stem) || strings.HasSuffix(stem, ".json")) && isPlainYAML(placeOf(stem), l)
}

// filledPlace finds an action that stands in a value's or a line's place.
var filledPlace = lazily(`(?m)(?:^[ \t]*(?:- +)?|[:,][ \t]+|\[[ \t]*)["']?(?:\{\{|\{%)`)

// isFilled tells whether actions stand where values or lines do; those within
// a script that a template carries are the script's.
func isFilled(text []byte) bool {
	if !bytes.Contains(text, []byte("{{")) && !bytes.Contains(text, []byte("{%")) {
		return false
	}
	return filledPlace().Match(bytes.ReplaceAll(text, []byte(resolveOpen), []byte(resolveMark)))
}

// readStackPart reads a CloudFormation template, which one of Go's or Jinja's
// language may make. What an action writes is not known; where actions decide
// what is there at all, everything is no more than a hint.
func readStackPart(in *source, out *found) {
	if !bytes.Contains(in.text, []byte("Resources")) || !bytes.Contains(in.text, []byte("AWS")) {
		return
	}
	stem, named := filledStem(in.path)
	filled := isFilled(in.text)
	if !named && !filled {
		eachYAML(CloudFormation, "Resources", "AWS", readCloudFormation)(in, out)
		return
	}
	t := maskStack(string(in.text))
	t.dollar = strings.HasSuffix(in.path, ".tpl") || strings.HasSuffix(in.path, ".tmpl")
	t.shaped = t.shaped && (filled || t.dollar)
	docs, _ := yamlDocuments(stem, []byte(t.text))
	for _, doc := range docs {
		if isTemplate(doc) {
			out.facts = append(out.facts, t.facts(in.path, doc)...)
		}
	}
}

// maskedStack is a template with marks for what its actions write.
type maskedStack struct {
	text   string
	marks  rendered
	shaped bool // actions decide what is there
	dollar bool // ${…} is filled in too, before CloudFormation sees it
}

// maskStack keeps the lines where they are.
func maskStack(text string) maskedStack {
	t := maskedStack{shaped: strings.Contains(text, "<%") || strings.Contains(text, "%{")}
	text = strings.NewReplacer(markOpen, "", markClose, "", resolveMark, "", resolveOpen, resolveMark).Replace(text)
	var b strings.Builder
	filled, last := false, byte(0) // whether the line has more than white space; the byte before
	write := func(s string) {
		b.WriteString(s)
		if s != "" {
			last = s[len(s)-1]
		}
		if i := strings.LastIndexByte(s, '\n'); i >= 0 {
			s, filled = s[i+1:], false
		}
		filled = filled || strings.TrimSpace(s) != ""
	}
	unclosed := map[string]bool{}
	for {
		before, after, found := strings.Cut(text, "{")
		write(before)
		if !found {
			t.text = strings.ReplaceAll(b.String(), resolveMark, resolveOpen)
			return t
		}
		closing := closingOf(after)
		if closing == "" || unclosed[closing] || closing == "#}" && last == '$' { // ${#list[@]} of a shell
			write("{")
			text = after
			continue
		}
		action, rest, closed := strings.Cut(after[1:], closing)
		if !closed {
			unclosed[closing] = true
			write("{")
			text = after
			continue
		}
		write(t.written(closing, strings.Trim(action, "-+~ \t\r\n"), !filled && blankLine(rest)))
		write(strings.Repeat("\n", strings.Count(action, "\n")))
		text = rest
	}
}

// closingOf is what closes the action whose first brace has just been seen.
func closingOf(after string) string {
	switch {
	case strings.HasPrefix(after, "{"):
		return "}}"
	case strings.HasPrefix(after, "%"):
		return "%}"
	case strings.HasPrefix(after, "#"):
		return "#}"
	}
	return ""
}

// written is what stands in the place of an action; alone tells that it has a
// line to itself, which may then become many.
func (t *maskedStack) written(closing, action string, alone bool) string {
	word, _, _ := strings.Cut(action, " ")
	switch {
	case closing == "#}", strings.HasPrefix(action, "/*"), action == "", closing == "}}" && strings.HasPrefix(action, "$") && strings.Contains(action, "="):
		return ""
	case closing == "%}":
		switch word {
		case "set", "import", "from", "raw", "endraw":
		default:
			t.shaped = true
		}
		return ""
	}
	switch word {
	case "if", "range", "with", "define", "block", "else", "end", "template":
		t.shaped = true
		return ""
	}
	if alone || strings.ContainsAny(action[:1], "#/>^!") {
		t.shaped = true
		return ""
	}
	if strings.Contains(action, "indent") || strings.HasPrefix(word, "include") {
		t.shaped = true
	}
	return t.marks.mark(action)
}

// facts are those of one document.
func (t *maskedStack) facts(file string, doc *yaml.Node) []Fact {
	v := t.known((&nodeReader{tagged: shortForm}).value(doc))
	facts := templateFacts(file, v, nil)
	hint := t.shaped || t.open(v)
	for i := range facts {
		f := &facts[i]
		f.Value = t.known(f.Value)
		hint = hint || strings.Contains(f.Name, "{{")
	}
	for i := range facts {
		if hint && facts[i].Hint == "" {
			facts[i].Hint = shapedHint
		}
	}
	return facts
}

// known makes what is filled in what it is: not known.
func (t *maskedStack) known(v Value) Value {
	return mapped(v, func(v Value) Value {
		if v.Kind != String {
			return v
		}
		if strings.Contains(v.Text, markOpen) || t.dollar && strings.Contains(strings.ReplaceAll(v.Text, "$${", ""), "${") {
			return Value{Kind: Unknown, Text: t.marks.unmark(v.Text), Start: v.Start, End: v.End}
		}
		return v
	})
}

// open tells whether what the template says of its resources may be more than
// can be seen: a whole one, or a name in one, is filled in.
func (t *maskedStack) open(v Value) bool {
	for _, f := range v.Fields {
		switch f.Key {
		case "Resources", "Globals":
		case "Outputs", "Metadata", "Description":
			continue
		default:
			if keysMarked(f.Value) {
				return true
			}
			continue
		}
		for _, r := range f.Value.Fields { // a resource may well be called by a name that is filled in
			if f.Value.Kind != Map || r.Value.Kind != Map || keysMarked(r.Value) {
				return true
			}
		}
	}
	return v.Get("Resources").Kind == Unknown || v.Get("Globals").Kind == Unknown
}

func keysMarked(v Value) bool {
	for _, f := range v.Fields {
		if strings.Contains(f.Key, markOpen) || keysMarked(f.Value) {
			return true
		}
	}
	for _, item := range v.Items {
		if keysMarked(item) {
			return true
		}
	}
	return false
}
