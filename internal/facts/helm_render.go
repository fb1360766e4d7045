package facts

import (
	"errors"
	"path"
	"strings"
	"text/template/parse"
)

const hintChartValue = "depends on a chart value that is not known"

// What charts stay far below: the parser recurses into blocks, and an action
// that is not known is written out as often as it is met.
const (
	maxActions      = 20_000
	maxActionLength = 8 << 10
)

// render adds the objects that a chart's templates make.
func (h *helmReader) render(c *chart) {
	if c.off || c.about.Get("type").Text == "library" {
		return
	}
	defined := h.definitions(c)
	for _, f := range c.templates {
		if base := path.Base(f.path); strings.HasPrefix(base, "_") || path.Ext(base) == ".tpl" {
			continue
		}
		facts, warnings := h.made(c, f, defined)
		for _, fact := range facts {
			fact.Value = fact.Value.With("_chart", Str(path.Base(c.dir))).With("_template", Boolean(true))
			if name := c.about.Get("name"); name.Kind == String {
				fact.Value = fact.Value.With("_chart", name)
			}
			if c.env != "" && fact.Value.Get("_env").Kind == Absent {
				fact.Value = fact.Value.With("_env", Str(c.env))
			}
			h.facts = append(h.facts, fact)
		}
		h.warnings = append(h.warnings, warnings...)
	}
}

// made is what one template of a chart makes. Where it can't be worked out, its
// lines and kinds are known all the same.
func (h *helmReader) made(c *chart, f chartFile, defined map[string]*parse.Tree) ([]Fact, []Warning) {
	tree, err := parseTemplate(f.path, f.text, defined)
	for _, filled := range []bool{false, true} { // "image: {{ .host }}/{{ .name }}" without values is no YAML
		if err != nil {
			break
		}
		r, done := renderTemplate(tree, f, c, defined, filled, &h.steps)
		if !done {
			h.warnings = append(h.warnings, Warning{Path: f.path, Line: 1, Message: "template: takes more steps than are taken for it; its values are not known"})
			break
		}
		if facts, warnings := r.objects(f.path); len(warnings) == 0 {
			return facts, nil
		}
	}
	r := masked(f.text)
	return r.objects(f.path)
}

// definitions are the named templates of a chart, its parents and sub-charts:
// Helm has one name space for all of them.
func (h *helmReader) definitions(c *chart) map[string]*parse.Tree {
	set := map[string]*parse.Tree{}
	var files []chartFile
	for p := c.parent; p != nil; p = p.parent {
		files = append(files, p.templates...)
	}
	for _, dep := range c.requires {
		dir := path.Join(c.dir, "charts", dep.Get("name").Text)
		if local, ok := strings.CutPrefix(dep.Get("repository").Text, "file://"); ok {
			dir = path.Join(c.dir, local)
		}
		if sub := h.charts[dir]; sub != nil {
			files = append(files, sub.templates...)
		}
	}
	for _, f := range append(files, c.templates...) {
		if strings.Contains(f.text, "define") {
			_, _ = parseTemplate(f.path, f.text, set) // a broken one is told about when it is rendered
		}
	}
	return set
}

// parseTemplate parses a file and adds what it defines to the set.
func parseTemplate(name, text string, set map[string]*parse.Tree) (tree *parse.Tree, err error) {
	if !sane(text) {
		return nil, errors.New("more or longer actions than people write")
	}
	t := parse.New(name)
	t.Mode = parse.SkipFuncCheck
	own := map[string]*parse.Tree{}
	if _, err := t.Parse(text, "{{", "}}", own); err != nil {
		return nil, err
	}
	for key, tree := range own {
		if key != name {
			set[key] = tree
		}
	}
	return t, nil
}

// sane tells whether a template's actions stay within bounds; comments may be
// of any length.
func sane(text string) bool {
	for n := 0; ; n++ {
		_, after, found := strings.Cut(text, "{{")
		if !found {
			return true
		}
		action, rest, _ := strings.Cut(after, "}}")
		comment := strings.HasPrefix(strings.TrimLeft(action[:min(8, len(action))], "- \n"), "/*")
		if n == maxActions || len(action) > maxActionLength && !comment {
			return false
		}
		text = rest
	}
}

// rendered is the text that a template makes, and for each of its lines the
// line of the template it comes from.
type rendered struct {
	text    []byte
	lines   []int    // per line of text: line of the template
	maybe   []bool   // per line of text: stands under a condition that is not known
	unknown []string // what the marks in the text stand for
}

// objects are the Kubernetes objects in a rendered text, placed on the lines
// of the template.
func (r *rendered) objects(file string) ([]Fact, []Warning) {
	docs, warnings := yamlDocuments(file, r.siblings())
	for i := range warnings {
		warnings[i].Line = r.line(warnings[i].Line)
		warnings[i].Kinds = []Kind{Kubernetes}
		warnings[i].Message = "template: " + warnings[i].Message
	}
	var out []Fact
	for _, doc := range docs {
		v := nodeValue(doc)
		hint := ""
		if r.conditional(v.Start) {
			hint = hintChartValue
		}
		v = r.settle(v, hint == "")
		if v.Get("kind").Kind != String {
			continue
		}
		for _, f := range objectFacts(file, v) {
			f.Hint = hint
			out = append(out, f)
		}
	}
	return out, warnings
}

func (r *rendered) line(n int) int {
	if n < 1 || len(r.lines) == 0 {
		return 1
	}
	return r.lines[min(n, len(r.lines))-1]
}

func (r *rendered) conditional(n int) bool { return n >= 1 && n <= len(r.maybe) && r.maybe[n-1] }

// settle puts a value on the template's lines and makes Unknown what holds a
// mark or, where asked, stands under a condition that is not known.
func (r *rendered) settle(v Value, conditions bool) Value {
	unsure := conditions && r.conditional(v.Start)
	v.Start = r.line(v.Start)
	v.End = max(v.Start, r.line(v.End))
	switch v.Kind {
	case Map:
		fields := make([]Field, 0, len(v.Fields))
		for _, f := range v.Fields {
			if !strings.HasPrefix(f.Key, markOpen) { // stands for members that are not known
				fields = append(fields, Field{r.unmark(f.Key), r.settle(f.Value, conditions)})
			}
		}
		if len(fields) == 0 && len(v.Fields) > 0 {
			return Value{Kind: Unknown, Text: r.unmark(v.Fields[0].Key), Start: v.Start, End: v.End}
		}
		v.Fields = fields
	case List:
		items := make([]Value, len(v.Items))
		for i, item := range v.Items {
			items[i] = r.settle(item, conditions)
		}
		v.Items = items
	default:
		if strings.Contains(v.Text, markOpen) || unsure {
			v.Kind, v.Text = Unknown, r.unmark(v.Text)
			v.Given = !unsure && strings.HasPrefix(v.Text, "{{ required ")
		}
	}
	return v
}

// siblings is the text with marks that stand alone on a line turned into
// members of the list or map around them, where there is one.
func (r *rendered) siblings() []byte {
	if !strings.Contains(string(r.text), markOpen) {
		return r.text
	}
	lines := strings.Split(string(r.text), "\n")
	for i, line := range lines {
		mark := strings.TrimSpace(line)
		if item, ok := strings.CutPrefix(mark, "-"); ok && strings.HasPrefix(item, markOpen) && strings.HasSuffix(item, markClose) {
			lines[i] = strings.Replace(line, "-", "- ", 1) // "- {{- include …": the text would have brought its own space
			continue
		}
		if !strings.HasPrefix(mark, markOpen) || strings.Index(mark, markClose) != len(mark)-len(markClose) {
			continue
		}
		indent := line[:len(line)-len(strings.TrimLeft(line, " "))]
		switch beside := neighbour(lines, i, indent); {
		case strings.HasPrefix(beside, "- "):
			lines[i] = indent + "- " + mark
		case beside != "":
			lines[i] = indent + mark + ": " + mark
		}
	}
	return []byte(strings.Join(lines, "\n"))
}

// neighbour is the next or previous line that is indented alike and belongs to
// the same block.
func neighbour(lines []string, at int, indent string) string {
	for _, step := range []int{1, -1} {
		for i := at + step; i >= 0 && i < len(lines); i += step {
			text := strings.TrimLeft(lines[i], " ")
			depth := len(lines[i]) - len(text)
			if text == "" || strings.HasPrefix(text, "#") || depth > len(indent) {
				continue
			}
			if depth < len(indent) || strings.HasPrefix(text, "---") || strings.HasPrefix(text, markOpen) {
				break
			}
			return text
		}
	}
	return ""
}
