package facts

import "strings"

// tri is a truth value that may not be known. Its zero value is "not known".
type tri uint8

const (
	maybe tri = iota
	no
	yes
)

func triOf(b bool) tri {
	if b {
		return yes
	}
	return no
}

// stackEvaluator resolves the functions of one template as far as the template
// itself tells. What depends on the account or on a parameter without a
// default stays Unknown. What refers to another resource is a String in its
// source form: not known in full, but surely there.
type stackEvaluator struct {
	template   Value
	parameters map[string]Value
	resources  map[string]bool
	conditions map[string]tri // what has been decided; "not known" while under way
	left       int            // values that may still be made, against templates that multiply
}

func newStackEvaluator(t Value, given map[string]string) *stackEvaluator {
	e := &stackEvaluator{
		template: t, parameters: map[string]Value{}, resources: map[string]bool{},
		conditions: map[string]tri{}, left: 3 * maxYAMLNodes,
	}
	for _, r := range t.Get("Resources").Fields {
		e.resources[r.Key] = true
	}
	called := environments(t)
	for _, p := range t.Get("Parameters").Fields {
		e.parameters[p.Key] = parameterValue(p, called[p.Key], given[p.Key])
	}
	return e
}

// parameterValue is production's value where the parameter chooses between
// environments, else its default. The template may have a name for production,
// and deployments may give it a value.
func parameterValue(p Field, called, given string) Value {
	unknown := Value{Kind: Unknown, Text: "!Ref " + p.Key}
	if p.Value.Get("NoEcho").Text == "true" {
		return unknown
	}
	value := p.Value.Get("Default")
	if env := environmentWord(given); given != "" && (env == "" || env == production) {
		value = Value{Kind: String, Text: given, Start: p.Value.Start, End: p.Value.End}
	} else {
		for _, allowed := range p.Value.Get("AllowedValues").Items {
			if environmentOf(allowed.Text) == production {
				return allowed
			}
		}
		if called != "" && p.Value.Get("AllowedValues").Kind == Absent {
			return Value{Kind: String, Text: called, Start: p.Value.Start, End: p.Value.End}
		}
	}
	kind := p.Value.Get("Type").Text
	switch {
	case value.Kind == Absent:
		unknown.Given = kind == "String" || kind == "Number" || strings.Contains(kind, "AWS::")
		return unknown
	case value.Kind == Unknown || value.Kind == Null:
		return unknown
	case strings.HasPrefix(kind, "AWS::SSM::Parameter::Value"):
		return Value{Kind: Unknown, Text: "{{resolve:ssm:" + value.Text + "}}", Given: true}
	case (kind == "CommaDelimitedList" || strings.HasPrefix(kind, "List<")) && value.Kind != List:
		if strings.HasPrefix(value.Text, "!GetAtt ") { // of how many, another stack knows
			return Value{Kind: Unknown, Text: value.Text}
		}
		return splitValue(value, ",")
	}
	return value
}

func splitValue(v Value, sep string) Value {
	out := Value{Kind: List, Start: v.Start, End: v.End}
	if v.Text == "" {
		return out
	}
	for _, s := range strings.Split(v.Text, sep) {
		out.Items = append(out.Items, Value{Kind: String, Text: strings.TrimSpace(s), Start: v.Start, End: v.End})
	}
	return out
}

// spend takes from what may still be made and tells whether there was enough.
func (e *stackEvaluator) spend(n int) bool {
	e.left -= n
	return e.left >= 0
}

// intrinsic is the name of the function that a value calls.
func intrinsic(v Value) (string, bool) {
	if v.Kind != Map || len(v.Fields) != 1 {
		return "", false
	}
	key := v.Fields[0].Key
	if key == "Ref" {
		return key, true
	}
	name, ok := strings.CutPrefix(key, "Fn::")
	return name, ok
}

// resolve is a value with its functions worked out; Absent for AWS::NoValue.
func (e *stackEvaluator) resolve(v Value, depth int) Value {
	if !e.spend(1) || depth > maxYAMLDepth {
		return Value{Kind: Unknown, Text: v.Text, Start: v.Start, End: v.End}
	}
	if name, ok := intrinsic(v); ok {
		out := e.call(name, v.Fields[0].Value, depth+1)
		if out.Kind != Absent {
			out.Start, out.End = v.Start, v.End
		}
		return out
	}
	switch v.Kind {
	case Map:
		fields := make([]Field, 0, len(v.Fields))
		for _, f := range v.Fields {
			if f.Value = e.resolve(f.Value, depth+1); f.Value.Kind != Absent {
				fields = append(fields, f)
			}
		}
		v.Fields = fields
	case List:
		items := make([]Value, 0, len(v.Items))
		for _, item := range v.Items {
			if item = e.resolve(item, depth+1); item.Kind != Absent {
				items = append(items, item)
			}
		}
		v.Items = items
	}
	return v
}

// condition decides a condition by name.
func (e *stackEvaluator) condition(name string) tri {
	if known, seen := e.conditions[name]; seen {
		return known
	}
	e.conditions[name] = maybe
	result := e.test(e.template.Get("Conditions").Get(name), 0)
	e.conditions[name] = result
	return result
}

// test decides the expression of a condition.
func (e *stackEvaluator) test(v Value, depth int) tri {
	if depth > maxYAMLDepth || !e.spend(1) || v.Kind != Map || len(v.Fields) != 1 {
		return maybe
	}
	arg := v.Fields[0].Value
	switch v.Fields[0].Key {
	case "Condition":
		return e.condition(arg.Text)
	case "Fn::Equals":
		if len(arg.Items) != 2 {
			return maybe
		}
		a, b := e.resolve(arg.Items[0], depth+1), e.resolve(arg.Items[1], depth+1)
		for i, other := range [...]Value{b, a} { // what is for another environment is not for production
			if env := environmentWord(other.Text); env != "" && env != production && literal(other) && e.isEnvironmentParameter(arg.Items[i]) {
				return no
			}
		}
		if !literal(a) || !literal(b) {
			return maybe
		}
		return triOf(a.Text == b.Text)
	case "Fn::Not":
		if len(arg.Items) != 1 {
			return maybe
		}
		return [...]tri{maybe: maybe, no: yes, yes: no}[e.test(arg.Items[0], depth+1)]
	case "Fn::And", "Fn::Or":
		decides := no
		if v.Fields[0].Key == "Fn::Or" {
			decides = yes
		}
		result := [...]tri{no: yes, yes: no}[decides]
		for _, item := range arg.Items {
			switch e.test(item, depth+1) {
			case decides:
				return decides
			case maybe:
				result = maybe
			}
		}
		return result
	}
	return maybe
}

// literal tells whether a scalar is known to the letter.
func literal(v Value) bool {
	switch v.Kind {
	case Bool, Number:
		return true
	case String:
		return !strings.Contains(v.Text, "${") && !strings.HasPrefix(v.Text, "!") && !strings.Contains(v.Text, "{{resolve:")
	}
	return false
}
