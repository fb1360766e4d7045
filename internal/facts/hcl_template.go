package facts

import (
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// hclHole is the first of the characters that stand for unknown parts while a
// template is read as JSON; they are of Unicode's private use.
const (
	hclHole  = '\ue000'
	maxHoles = 6000
)

// template is the text of a template whose parts are all known. One that is
// JSON with unknown parts is read as data; any other is Unknown.
func (s *hclScope) template(x *hclsyntax.TemplateExpr) Value {
	var b hclTemplate
	for i, part := range x.Parts {
		v := s.eval(part)
		if v.Kind == Absent || v.Kind == Null {
			return Value{}
		}
		if _, literal := part.(*hclsyntax.LiteralValueExpr); literal && !b.begun {
			head := strings.TrimLeft(v.Text, " \t\r\n")
			b.begun = head != ""
			b.json = b.begun && (head[0] == '{' || head[0] == '[')
		}
		if !b.add(v) {
			return s.byEnvironment(b.String(), v, x.Parts[i+1:])
		}
	}
	if len(b.holes) == 0 {
		return Str(b.String())
	}
	v, ok := b.parse()
	if !ok {
		return Value{Kind: Unknown}
	}
	return hclPlaceText(v, x.SrcRange.Start.Line, x.SrcRange.End.Line)
}

// byEnvironment is a text whose only unknown parts are the environment's name,
// which is left in it to fill in: "config/${terraform.workspace}.yml". Begun is
// what comes before v, which the parts follow.
func (s *hclScope) byEnvironment(begun string, v Value, parts []hclsyntax.Expression) Value {
	for {
		switch {
		case hclIsEnvironment(v):
			begun += "${" + v.Text + "}"
		case hclScalar(v) && len(begun)+len(v.Text) <= maxHCLString:
			begun += v.Text
		default:
			return Value{Kind: Unknown}
		}
		if len(parts) == 0 {
			return hclUnknown(`"` + begun + `"`)
		}
		v, parts = s.eval(parts[0]), parts[1:]
	}
}

type hclTemplate struct {
	strings.Builder
	begun  bool // something but white space has been seen
	json   bool // it starts as JSON does
	quoted bool // within a JSON string
	escape bool // after a backslash there
	holes  []Value
}

// add appends a part; false when the template can't be known any more.
func (b *hclTemplate) add(v Value) bool {
	if hclScalar(v) {
		b.WriteString(v.Text)
		if b.json {
			b.scan(v.Text)
		}
		return b.Len() <= maxHCLString
	}
	if !b.json || len(b.holes) >= maxHoles {
		return false
	}
	hole := string(rune(hclHole + len(b.holes)))
	if !b.quoted {
		hole = `"` + hole + `"`
	}
	b.WriteString(hole)
	b.holes = append(b.holes, v)
	return true
}

func (b *hclTemplate) scan(text string) {
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case b.escape:
			b.escape = false
		case c == '\\' && b.quoted:
			b.escape = true
		case c == '"':
			b.quoted = !b.quoted
		}
	}
}

// parse reads the text as JSON and puts what is unknown back into its holes.
func (b *hclTemplate) parse() (Value, bool) {
	v, ok := hclParseJSON(b.String())
	if !ok {
		return Value{}, false
	}
	return b.fill(v), true
}

func (b *hclTemplate) fill(v Value) Value {
	for i := range v.Items {
		v.Items[i] = b.fill(v.Items[i])
	}
	for i := range v.Fields {
		v.Fields[i] = Field{b.words(v.Fields[i].Key), b.fill(v.Fields[i].Value)}
	}
	if v.Kind != String {
		return v
	}
	if r := []rune(v.Text); len(r) == 1 && b.holds(r[0]) {
		hole := b.holes[r[0]-hclHole]
		hole = hclUnplaced(hole)
		hole.Start, hole.End = v.Start, v.End
		return hole
	}
	if text := b.words(v.Text); text != v.Text {
		v.Kind, v.Text = Unknown, text
	}
	return v
}

func (b *hclTemplate) holds(r rune) bool { return r >= hclHole && int(r-hclHole) < len(b.holes) }

func (b *hclTemplate) words(text string) string {
	if strings.IndexFunc(text, b.holds) < 0 {
		return text
	}
	var out strings.Builder
	for _, r := range text {
		if b.holds(r) {
			out.WriteString("${" + b.holes[r-hclHole].Text + "}")
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// hclParseJSON reads text that is a JSON object or array; lines count from 1
// within the text.
func hclParseJSON(text string) (Value, bool) {
	trimmed := strings.TrimSpace(text)
	if len(trimmed) < 2 || len(text) > maxHCLString {
		return Value{}, false
	}
	switch trimmed[0] {
	case '{':
		if trimmed[len(trimmed)-1] != '}' {
			return Value{}, false
		}
	case '[':
		if trimmed[len(trimmed)-1] != ']' {
			return Value{}, false
		}
	default:
		return Value{}, false
	}
	node, err := jsonDocument([]byte(text))
	if err != nil {
		return Value{}, false
	}
	v := nodeValue(node)
	return v, hclFits(v)
}

// hclPlaceText moves lines counted within a text to the lines of the file: a
// heredoc's text starts on the line after its marker, and a text that stands
// on one line has that line throughout.
func hclPlaceText(v Value, start, end int) Value {
	v.Start = min(start+v.Start, end)
	v.End = min(start+v.End, end)
	for i := range v.Items {
		v.Items[i] = hclPlaceText(v.Items[i], start, end)
	}
	for i := range v.Fields {
		v.Fields[i].Value = hclPlaceText(v.Fields[i].Value, start, end)
	}
	return v
}

// hclJoinParts is the text of what a for directive repeats.
func hclJoinParts(v Value) Value {
	if v.Kind != List {
		return Value{Kind: v.Kind}
	}
	var b strings.Builder
	for _, item := range v.Items {
		if !hclScalar(item) || b.Len()+len(item.Text) > maxHCLString {
			return Value{Kind: Unknown}
		}
		b.WriteString(item.Text)
	}
	return Str(b.String())
}
