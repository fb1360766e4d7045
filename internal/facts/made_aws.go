package facts

import (
	"slices"
	"strings"
)

// awsMade is what a command of AWS's command line sets up, as a resource of
// CloudFormation: its options are the resource's members.
func awsMade(in flags) Fact {
	switch {
	case in.runs("lambda", "create-function"):
		return lambdaMade(in, false)
	case in.runs("lambda", "update-function-configuration"):
		return lambdaMade(in, true)
	case in.runs("ecs", "create-service"):
		return awsService(in, false)
	case in.runs("ecs", "update-service"):
		return awsService(in, true)
	}
	return Fact{}
}

// isAWSSwitch knows options that take no value; what stands behind one begins
// the command.
func isAWSSwitch(name string) bool {
	return strings.HasPrefix(name, "no-") || name == "debug" || name == "force-new-deployment" || name == "publish"
}

// lambdaMade is a function; one that is only changed has more to it.
func lambdaMade(in flags, changed bool) Fact {
	v := mapAt(in.at)
	for _, f := range in.given {
		switch f.Key {
		case "memory-size", "timeout", "role", "kms-key-arn", "handler", "runtime", "layers", "environment", "tracing-config", "vpc-config", "dead-letter-config", "logging-config":
			v = v.With(memberName(f.Key), capitalisedOptions(f.Value))
		}
	}
	if len(v.Fields) == 0 {
		return Fact{}
	}
	return awsResource("aws::lambda::function", v, in.get("function-name"), changed)
}

// awsService is a service of Amazon ECS. One that is scaled to nothing is only
// stopped.
func awsService(in flags, changed bool) Fact {
	v := mapAt(in.at)
	for _, f := range in.given {
		switch f.Key {
		case "desired-count", "launch-type", "scheduling-strategy", "network-configuration", "load-balancers", "deployment-configuration",
			"deployment-controller", "service-registries", "capacity-provider-strategy", "health-check-grace-period-seconds":
			v = v.With(memberName(f.Key), capitalisedOptions(f.Value))
		}
	}
	if len(v.Fields) == 0 || v.Get("DesiredCount").Text == "0" {
		return Fact{}
	}
	return awsResource(taskService, v, firstOf(in.get("service-name"), in.get("service")), changed)
}

func awsResource(name string, v, called Value, changed bool) Fact {
	if called.Kind == String {
		v = v.With("_name", called)
	}
	if changed {
		v = v.With(rest, Boolean(true))
	}
	return Fact{Kind: CloudFormation, Name: name, Value: v, Open: changed}
}

// memberName is the member that an option is: MemorySize of memory-size.
func memberName(option string) string {
	var b strings.Builder
	for _, word := range strings.FieldsFunc(option, func(r rune) bool { return r == '-' || r == '_' }) {
		b.WriteString(stackMember(word))
	}
	return b.String()
}

// capitalisedOptions is what an option is given, in JSON or in the short form
// of AWS's command line, with CloudFormation's names.
func capitalisedOptions(v Value) Value {
	items := membersOf(v)
	var out []Value
	for _, one := range items {
		if one.Kind == String && strings.ContainsAny(one.Text, "={[") {
			one = shortOption(one)
		}
		out = append(out, one)
	}
	if len(out) == 1 {
		return out[0]
	}
	return listAt(v, out)
}

func shortOption(v Value) Value {
	if strings.HasPrefix(v.Text, "{") || strings.HasPrefix(v.Text, "[") {
		if docs, _ := yamlDocuments("", []byte(v.Text)); len(docs) > 0 {
			return capitalised(placedAt((&nodeReader{}).value(docs[0]), v.Start, v.End))
		}
		return Value{Kind: Unknown, Text: "flag.json", Start: v.Start, End: v.End}
	}
	s := shorthand{text: v.Text, at: v}
	return s.members(0)
}

// shorthand reads name=value,name={name=value},name=[value,value].
type shorthand struct {
	text string
	pos  int
	at   Value
}

// maxShorthand bounds how deep it nests.
const maxShorthand = 8

func (s *shorthand) members(depth int) Value {
	out := mapAt(s.at)
	for s.pos < len(s.text) && depth < maxShorthand {
		name := strings.TrimSpace(s.until("=,}"))
		if s.pos >= len(s.text) || s.text[s.pos] != '=' {
			if last := len(out.Fields) - 1; name != "" && last >= 0 { // one more of a list
				list := &out.Fields[last].Value
				*list = listAt(s.at, append(slices.Clone(membersOf(*list)), s.scalar(name)))
			}
			if s.pos >= len(s.text) || s.text[s.pos] != ',' {
				break
			}
			s.pos++
			continue
		}
		s.pos++
		value := s.value(depth)
		if name != "" {
			if depth == 0 || strings.ToUpper(name) != name { // names of variables are all capitals
				name = stackMember(name)
			}
			out = out.With(name, value)
		}
		if s.pos < len(s.text) && s.text[s.pos] == ',' {
			s.pos++
		}
	}
	return out
}

func (s *shorthand) value(depth int) Value {
	rest := strings.TrimLeft(s.text[s.pos:], " \n\t")
	s.pos = len(s.text) - len(rest)
	switch {
	case strings.HasPrefix(rest, "{"):
		s.pos++
		v := s.members(depth + 1)
		s.close('}')
		return v
	case strings.HasPrefix(rest, "["):
		s.pos++
		var items []Value
		for _, text := range strings.Split(s.until("]"), ",") {
			items = append(items, s.scalar(text))
		}
		s.close(']')
		return listAt(s.at, items)
	}
	return s.scalar(s.until(",}]"))
}

func (s *shorthand) scalar(text string) Value {
	text = strings.TrimSpace(text)
	v := Value{Kind: String, Text: text, Start: s.at.Start, End: s.at.End}
	if wholeName().MatchString(text) {
		v.Kind, v.Text = Unknown, "flag."+strings.Trim(text, "${} ")
	}
	return v
}

// until is the text up to one of some signs; what a shell fills in is passed
// over as a whole.
func (s *shorthand) until(signs string) string {
	start, nest := s.pos, 0
	for ; s.pos < len(s.text); s.pos++ {
		c := s.text[s.pos]
		switch {
		case c == '$' && s.pos+1 < len(s.text) && s.text[s.pos+1] == '{':
			nest++
			s.pos++
		case nest > 0:
			if c == '}' {
				nest--
			}
		case strings.IndexByte(signs, c) >= 0:
			return s.text[start:s.pos]
		}
	}
	return s.text[start:]
}

func (s *shorthand) close(sign byte) {
	if i := strings.IndexByte(s.text[s.pos:], sign); i >= 0 {
		s.pos += i + 1
		return
	}
	s.pos = len(s.text)
}

// lambdaInputs is a step of an action that deploys a function, as a command.
func lambdaInputs(with Value) flags {
	in := flags{words: []string{"lambda", "update-function-configuration"}, at: with}
	for _, f := range with.Fields {
		in.given = append(in.given, Field{strings.ReplaceAll(f.Key, "_", "-"), f.Value})
	}
	return in
}

// serviceInputs is what a step that deploys a task definition says of its
// service.
func serviceInputs(with Value) flags {
	in := flags{words: []string{"ecs", "update-service"}, at: with}
	for _, f := range with.Fields {
		if slices.Contains([]string{"service", "desired-count"}, f.Key) {
			in.given = append(in.given, f)
		}
	}
	return in
}
