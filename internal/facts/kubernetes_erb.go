package facts

import (
	"bytes"
	"strings"
)

// erbHint is said of objects that a loop, an inclusion or a condition on what
// the files do not tell may shape.
const erbHint = "comes out of an ERB template whose conditions or loops are not known"

// erbTag is one tag of ERB: what it does, and its Ruby.
var erbTag = lazily(`(?s)<%([#=-]?)(.*?)-?%>`)

// erbCondition compares the environment with a literal.
var erbCondition = lazily(`^(?:environment|env|rails_env|stage|ENV\[['"]\w*ENV\w*['"]\])\s*(==|!=)\s*['"]([\w-]+)['"]$`)

// isERBManifest takes YAML that ERB fills in before it is applied, as krane
// does: web.yaml.erb.
func isERBManifest(p place, l *layout) bool {
	stem, ok := strings.CutSuffix(p.path, ".erb")
	return ok && isYAML(stem) && isPlainYAML(placeOf(stem), l)
}

// readERBManifest reads the Kubernetes objects of such a file as production
// gets them; what Ruby writes is not known.
func readERBManifest(in *source, out *found) {
	if !bytes.Contains(in.text, []byte("apiVersion")) || !bytes.Contains(in.text, []byte("kind")) {
		return
	}
	t := erbTemplate{}
	docs, _ := yamlDocuments(in.path, []byte(t.render(string(in.text))))
	for _, doc := range docs {
		if nodeText(doc, "apiVersion") == "" || nodeText(doc, "kind") == "" {
			continue
		}
		for _, f := range objectFacts(in.path, t.known(nodeValue(doc))) {
			if t.shaped {
				f.Hint = erbHint
			}
			out.facts = append(out.facts, f)
		}
	}
}

// erbTemplate is a template while it is rendered.
type erbTemplate struct {
	maskedStack
	blocks []erbBlock // that are open
}

// erbBlock is an if, or a loop, that is not yet ended.
type erbBlock struct {
	kept, taken bool // this branch; this one or one before it
}

// render keeps the lines where they are.
func (t *erbTemplate) render(text string) string {
	text = strings.NewReplacer(markOpen, "", markClose, "").Replace(text)
	var b strings.Builder
	at := 0
	for _, m := range erbTag().FindAllStringSubmatchIndex(text, -1) {
		b.WriteString(t.passed(text[at:m[0]]))
		kind, ruby := text[m[2]:m[3]], strings.TrimSpace(text[m[4]:m[5]])
		switch {
		case kind == "#":
		case kind != "=":
			t.control(ruby)
		case aloneOnLine(text, m[0], m[1]):
			t.shaped = true // it may write many lines
		default:
			b.WriteString(t.passed(t.marks.mark(ruby)))
		}
		b.WriteString(strings.Repeat("\n", strings.Count(text[m[0]:m[1]], "\n")))
		at = m[1]
	}
	b.WriteString(t.passed(text[at:]))
	return b.String()
}

// passed is a text where it is rendered, and its line ends where it is not.
func (t *erbTemplate) passed(text string) string {
	for _, b := range t.blocks {
		if !b.kept {
			return strings.Repeat("\n", strings.Count(text, "\n"))
		}
	}
	return text
}

// control follows a tag that decides what is there.
func (t *erbTemplate) control(ruby string) {
	word, rest, _ := strings.Cut(ruby, " ")
	last := len(t.blocks) - 1
	switch {
	case word == "if":
		holds := t.holds(rest)
		t.blocks = append(t.blocks, erbBlock{holds, holds})
	case word == "elsif" && last >= 0:
		b := &t.blocks[last]
		b.kept = !b.taken && t.holds(rest)
		b.taken = b.taken || b.kept
	case word == "else" && last >= 0:
		t.blocks[last] = erbBlock{!t.blocks[last].taken, true}
	case word == "end" && last >= 0:
		t.blocks = t.blocks[:last]
	case word == "unless", word == "case", word == "while", strings.HasSuffix(ruby, " do"), strings.HasSuffix(ruby, "|"):
		t.shaped = true
		t.blocks = append(t.blocks, erbBlock{true, true})
	}
}

// holds tells whether a condition holds in production; one that asks for
// something else may.
func (t *erbTemplate) holds(condition string) bool {
	m := erbCondition().FindStringSubmatch(strings.TrimSpace(condition))
	if m == nil {
		t.shaped = true
		return true
	}
	return (environmentOf(m[2]) == production) == (m[1] == "==")
}

// aloneOnLine tells whether nothing but white space stands beside text[from:to]
// on its lines.
func aloneOnLine(text string, from, to int) bool {
	before := text[strings.LastIndexByte(text[:from], '\n')+1 : from]
	after, _, _ := strings.Cut(text[to:], "\n")
	return strings.TrimSpace(before) == "" && strings.TrimSpace(after) == ""
}
