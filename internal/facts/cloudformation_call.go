package facts

import (
	"strconv"
	"strings"
)

// call works out one function of a template.
func (e *stackEvaluator) call(name string, arg Value, depth int) Value {
	switch name {
	case "Ref":
		return e.ref(arg.Text)
	case "If":
		return e.choose(arg, depth)
	case "Sub":
		return e.sub(arg, depth)
	case "FindInMap":
		return e.findInMap(arg, depth)
	case "Base64", "ToJsonString":
		return e.resolve(arg, depth)
	case "GetAZs": // every region has two zones at the least
		return Strs([]string{"!GetAZs 0", "!GetAZs 1"})
	case "GetAtt":
		return e.attribute(arg)
	case "ImportValue": // what another stack says is there, whatever it is
		if v := e.resolve(arg, depth); v.Text != "" && (v.Kind == String || v.Kind == Unknown) && e.spend(1+len(v.Text)/64) {
			return Str("!ImportValue " + v.Text)
		}
	case "Join":
		return e.join(arg, depth)
	case "Select":
		return e.selectItem(arg, depth)
	case "Split":
		if len(arg.Items) == 2 {
			if v := e.resolve(arg.Items[1], depth); literal(v) && arg.Items[0].Text != "" && e.spend(len(v.Text)) {
				return splitValue(v, arg.Items[0].Text)
			}
		}
	case "Length":
		if v := e.resolve(arg, depth); v.Kind == List {
			return Num(len(v.Items))
		}
	}
	return unresolved(name, arg)
}

func unresolved(name string, arg Value) Value {
	text := arg.Text
	if name == "If" || name == "FindInMap" || name == "Join" || name == "Select" || text == "" {
		var words []string
		for _, item := range arg.Items {
			if item.Text != "" {
				words = append(words, item.Text)
			}
		}
		text = strings.Join(words, " ")
	}
	return Value{Kind: Unknown, Text: strings.TrimSpace("!" + name + " " + text)}
}

func (e *stackEvaluator) ref(name string) Value {
	switch {
	case name == "AWS::NoValue":
		return Value{}
	case name == "AWS::Partition":
		return Str("aws")
	case name == "AWS::URLSuffix":
		return Str("amazonaws.com")
	case e.resources[name]:
		return Str("!Ref " + name)
	}
	if v, ok := e.parameters[name]; ok && e.spend(len(v.Items)+len(v.Text)/64) {
		return v
	}
	return Value{Kind: Unknown, Text: "!Ref " + name}
}

func (e *stackEvaluator) attribute(arg Value) Value {
	words := make([]string, 0, len(arg.Items))
	for _, item := range arg.Items {
		words = append(words, item.Text)
	}
	text := arg.Text
	if arg.Kind == List {
		text = strings.Join(words, ".")
	}
	if resource, _, _ := strings.Cut(text, "."); e.resources[resource] {
		return Str("!GetAtt " + text)
	}
	return Value{Kind: Unknown, Text: "!GetAtt " + text}
}

func (e *stackEvaluator) choose(arg Value, depth int) Value {
	if len(arg.Items) != 3 {
		return unresolved("If", arg)
	}
	switch e.condition(arg.Items[0].Text) {
	case yes:
		return e.resolve(arg.Items[1], depth)
	case no:
		return e.resolve(arg.Items[2], depth)
	}
	a, b := e.resolve(arg.Items[1], depth), e.resolve(arg.Items[2], depth)
	if a.Kind == b.Kind && a.Text == b.Text && literal(a) {
		return a
	}
	return unresolved("If", arg)
}

// sub writes values into a text. What only names the stack or a resource is
// left in its place: the text is known in shape.
func (e *stackEvaluator) sub(arg Value, depth int) Value {
	text, vars := arg, Value{}
	if arg.Kind == List && len(arg.Items) == 2 {
		text, vars = arg.Items[0], e.resolve(arg.Items[1], depth)
	}
	if text.Kind != String {
		return e.resolve(text, depth)
	}
	var b strings.Builder
	for rest := text.Text; rest != ""; {
		before, after, found := strings.Cut(rest, "${")
		b.WriteString(before)
		if !found {
			break
		}
		name, tail, closed := strings.Cut(after, "}")
		value := "${" + name + "}"
		if closed && !strings.HasPrefix(name, "!") {
			known, ok := e.subName(strings.TrimSpace(name), vars)
			if !ok {
				return Value{Kind: Unknown, Text: text.Text}
			}
			value = known
		}
		if !e.spend(1 + len(value)/64) {
			return Value{Kind: Unknown, Text: text.Text}
		}
		b.WriteString(value)
		rest = tail
	}
	return Str(b.String())
}

func (e *stackEvaluator) subName(name string, vars Value) (string, bool) {
	v := vars.Get(name)
	if v.Kind == Absent {
		resource, _, _ := strings.Cut(name, ".")
		if e.resources[resource] || strings.HasPrefix(name, "AWS::") && name != "AWS::Partition" && name != "AWS::URLSuffix" {
			return "${" + name + "}", true
		}
		v = e.ref(name)
	}
	return v.Text, v.Kind == String || v.Kind == Number || v.Kind == Bool
}

// findInMap looks a value up. Where the first key is not known, production's
// entry counts, or the value that all entries agree on.
func (e *stackEvaluator) findInMap(arg Value, depth int) Value {
	if len(arg.Items) < 3 {
		return unresolved("FindInMap", arg)
	}
	table := e.template.Get("Mappings").Get(e.resolve(arg.Items[0], depth).Text)
	first, second := e.resolve(arg.Items[1], depth), e.resolve(arg.Items[2], depth)
	if !literal(second) {
		return unresolved("FindInMap", arg)
	}
	found := table.Get(first.Text).Get(second.Text)
	if !literal(first) {
		found = commonEntry(table, second.Text)
	}
	if found.Kind == Absent && len(arg.Items) == 4 {
		return e.resolve(arg.Items[3].Get("DefaultValue"), depth)
	}
	if found.Kind == Absent || !e.spend(len(found.Items)+len(found.Text)/64) {
		return unresolved("FindInMap", arg)
	}
	return found
}

func commonEntry(table Value, key string) Value {
	var common Value
	for i, f := range table.Fields {
		v := f.Value.Get(key)
		if environmentOf(f.Key) == production {
			return v
		}
		if i == 0 {
			common = v
		} else if v.Kind != common.Kind || v.Text != common.Text || !literal(v) {
			common = Value{Kind: Absent, Text: "differs"}
		}
	}
	return common
}

func (e *stackEvaluator) join(arg Value, depth int) Value {
	if len(arg.Items) != 2 {
		return unresolved("Join", arg)
	}
	list := e.resolve(arg.Items[1], depth)
	if list.Kind != List {
		return unresolved("Join", arg)
	}
	words := make([]string, 0, len(list.Items))
	for _, item := range list.Items {
		if item.Kind != String && item.Kind != Number && item.Kind != Bool || !e.spend(1+len(item.Text)/64) {
			return unresolved("Join", arg)
		}
		words = append(words, item.Text)
	}
	return Str(strings.Join(words, arg.Items[0].Text))
}

func (e *stackEvaluator) selectItem(arg Value, depth int) Value {
	if len(arg.Items) == 2 {
		index, err := strconv.Atoi(e.resolve(arg.Items[0], depth).Text)
		if list := e.resolve(arg.Items[1], depth); err == nil && list.Kind == List && index >= 0 && index < len(list.Items) {
			return list.Items[index]
		}
	}
	return unresolved("Select", arg)
}
