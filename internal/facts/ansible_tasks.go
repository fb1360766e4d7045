package facts

import (
	"slices"
	"strings"
)

// maxBlocks bounds blocks within blocks.
const maxBlocks = 20

func (p *playbook) tasks(list Value, c taskContext) {
	if c.depth > maxBlocks {
		return
	}
	for _, v := range list.Items {
		if v.Kind != Map || whenFalse(v.Get("when")) {
			continue
		}
		inner := c
		inner.depth++
		inner.become = firstOf(v.Get("become"), c.become)
		switch {
		case inner.hint != "":
		case v.Get("ignore_errors").Text == "true" || v.Get("ignore_errors").Text == "yes":
			inner.hint = hintFailure + "is ignored (ignore_errors)"
		case slices.ContainsFunc(membersOf(v.Get("tags")), func(t Value) bool { return t.Text == "never" }):
			inner.hint = "runs only when asked for (tag never)"
		}
		if v.Get("block").Kind == List {
			p.tasks(v.Get("block"), inner)
			p.tasks(v.Get("always"), inner)
			if inner.hint == "" {
				inner.hint = "runs only when another task failed (rescue)"
			}
			p.tasks(v.Get("rescue"), inner)
			continue
		}
		p.task(v, inner)
	}
}

func (p *playbook) task(v Value, c taskContext) {
	module, args, ok := taskModule(v)
	if !ok {
		return
	}
	short := module[strings.LastIndexByte(module, '.')+1:]
	attrs := Value{Kind: Map, Start: v.Start, End: v.End}
	loop, items := taskLoop(v)
	for _, f := range arguments(short, args).Fields {
		attrs.Fields = append(attrs.Fields, Field{f.Key, jinja(looped(f.Value, items))})
	}
	for _, f := range v.Get("args").Fields {
		attrs.Fields = append(attrs.Fields, Field{f.Key, jinja(f.Value)})
	}
	attrs.Fields = append(attrs.Fields, Field{"_fqcn", Str(module)})
	set := func(key string, v Value) {
		if v.Kind != Absent && v.Kind != Null {
			attrs.Fields = append(attrs.Fields, Field{key, jinja(v)})
		}
	}
	set("_name", v.Get("name"))
	set("_when", v.Get("when"))
	set("_loop", loop)
	set("_become", c.become)
	set("_notify", v.Get("notify"))
	set("_tags", v.Get("tags"))
	p.add(short, attrs, c.hint)
	if short == "import_role" || short == "include_role" {
		if name := args.Get("name"); name.Kind == String {
			p.useRole(name, v.Get("vars"), v)
		}
	}
}

// taskModule finds the module that a task calls and its arguments: the one
// key that is not a keyword of tasks.
func taskModule(v Value) (module string, args Value, ok bool) {
	if action := firstOf(v.Get("action"), v.Get("local_action")); action.Kind == String {
		name, rest, _ := strings.Cut(strings.TrimSpace(action.Text), " ")
		action.Text = rest
		return name, action, name != ""
	} else if action.Kind == Map {
		return action.Get("module").Text, action, action.Get("module").Kind == String
	}
	for _, f := range v.Fields {
		if isTaskKeyword(f.Key) {
			continue
		}
		if ok || !isModuleName(f.Key) {
			return "", Value{}, false
		}
		module, args, ok = f.Key, f.Value, true
	}
	return module, args, ok
}

func isModuleName(s string) bool {
	return s != "" && strings.Trim(strings.ToLower(s), "abcdefghijklmnopqrstuvwxyz0123456789_.") == ""
}

func isTaskKeyword(key string) bool {
	switch key {
	case "name", "when", "register", "loop", "loop_control", "become", "become_user", "become_method", "become_flags", "become_exe",
		"tags", "notify", "vars", "args", "delegate_to", "delegate_facts", "ignore_errors", "ignore_unreachable", "block", "rescue", "always",
		"changed_when", "failed_when", "environment", "no_log", "run_once", "until", "retries", "delay", "check_mode", "diff",
		"any_errors_fatal", "async", "poll", "listen", "remote_user", "connection", "throttle", "timeout", "module_defaults",
		"collections", "port", "debugger", "first_available_file", "sudo", "sudo_user", "always_run":
		return true
	}
	return strings.HasPrefix(key, "with_")
}

// arguments is the arguments of a module as a Map.
func arguments(module string, args Value) Value {
	switch args.Kind {
	case Map:
		return args
	case String, Number:
	case List:
		return Value{Kind: Map, Fields: []Field{{"_raw", args}}}
	default:
		return Value{Kind: Map}
	}
	out := Value{Kind: Map, Start: args.Start, End: args.End}
	at := func(key, text string) {
		out.Fields = append(out.Fields, Field{key, Value{Kind: String, Text: text, Start: args.Start, End: args.End}})
	}
	switch module {
	case "command", "shell", "raw", "script", "win_command", "win_shell":
		at("_raw", args.Text)
		return out
	}
	for _, word := range wholeExpressions(splitWords(args.Text)) {
		key, value, ok := strings.Cut(word, "=")
		if !ok || !isModuleName(key) {
			at("_raw", args.Text)
			return out
		}
		at(key, unquote(value))
	}
	return out
}

// wholeExpressions puts together what belongs to one expression of the template
// language: the spaces in dest=/home/{{ item }}/x divide nothing.
func wholeExpressions(words []string) []string {
	out := words[:0:0]
	first, open := 0, 0
	for i, word := range words {
		open = max(0, open+strings.Count(word, "{{")-strings.Count(word, "}}"))
		if open > 0 && i < len(words)-1 {
			continue
		}
		if first == i {
			out = append(out, word)
		} else {
			out = append(out, strings.Join(words[first:i+1], " "))
		}
		first = i + 1
	}
	return out
}

// taskLoop is what a task is repeated over, and its members when they are
// written down.
func taskLoop(v Value) (loop Value, items []Value) {
	loop = firstOf(v.Get("loop"), v.Get("with_items"), v.Get("with_list"), v.Get("with_dict"), v.Get("with_fileglob"))
	if loop.Kind != List {
		return loop, nil
	}
	for _, item := range loop.Items {
		if item.Kind == List { // with_items flattens one level
			items = append(items, item.Items...)
			continue
		}
		items = append(items, item)
	}
	return loop, few(items)
}

// looped is an argument with `{{ item }}` and `{{ item.key }}` written out.
func looped(v Value, items []Value) Value {
	inner, ok := strings.CutPrefix(strings.TrimSpace(v.Text), "{{")
	if v.Kind != String || !ok || len(items) == 0 || !strings.HasSuffix(inner, "}}") {
		return v
	}
	inner = strings.TrimSpace(strings.TrimSuffix(inner, "}}"))
	key, isMember := strings.CutPrefix(inner, "item.")
	if inner != "item" && !isMember {
		return v
	}
	out := Value{Kind: List, Start: v.Start, End: v.End}
	for _, item := range items {
		if isMember {
			item = item.Get(key)
		}
		if item.Kind == Absent {
			return v
		}
		out.Items = append(out.Items, item)
	}
	return out
}

// whenFalse tells that a condition is written to be false.
func whenFalse(when Value) bool {
	for _, w := range membersOf(when) {
		switch strings.ToLower(strings.TrimSpace(w.Text)) {
		case "false", "no", "false | bool":
			return true
		}
	}
	return false
}

// jinja marks what a template works out as Unknown.
func jinja(v Value) Value {
	return mapped(v, func(x Value) Value {
		if x.Kind == String && (strings.Contains(x.Text, "{{") || strings.Contains(x.Text, "{%")) {
			x.Kind = Unknown
		}
		return x
	})
}
