package facts

import (
	"reflect"
	"slices"
	"sort"
)

// tfCall is a call that is switched on, with its arguments.
type tfCall struct {
	args  map[string]Value
	env   string
	group string
	depth int
	maybe bool // its count can't be known and may be zero
}

// calledInstances gives a module the arguments of its calls: production's calls
// where there are any, else all of them.
func (j *tfJoin) calledInstances(m *tfModule) []*tfInstance {
	var all, prod []tfCall
	for _, site := range m.callers {
		for _, c := range j.siteCalls(site) {
			all = append(all, c)
			if c.env == production {
				prod = append(prod, c)
			}
		}
	}
	if len(all) == 0 {
		if m.hint == "" {
			return nil
		}
		all = []tfCall{{group: m.dir}} // calls that are dead themselves switch nothing off
	}
	calls := all
	if len(prod) > 0 {
		calls = prod
	}
	if apart := differing(calls); len(apart) <= maxApart && m.hint == "" {
		out := make([]*tfInstance, 0, len(apart))
		for _, c := range apart {
			out = append(out, j.joinedInstance(m, []tfCall{c}))
		}
		return out
	}
	return []*tfInstance{j.joinedInstance(m, calls)}
}

// differing are calls without those that say again what another says.
func differing(calls []tfCall) []tfCall {
	var out []tfCall
	for _, c := range calls {
		same := func(o tfCall) bool { return reflect.DeepEqual(o, c) }
		if len(out) > maxApart {
			break
		}
		if !slices.ContainsFunc(out, same) {
			out = append(out, c)
		}
	}
	return out
}

// joinedInstance is a module with the arguments that calls agree on.
func (j *tfJoin) joinedInstance(m *tfModule, calls []tfCall) *tfInstance {
	in := j.newInstance(m, j.joinArguments(m, calls))
	in.env, in.group, in.depth, in.maybe = calls[0].env, calls[0].group, calls[0].depth+1, calls[0].maybe
	for _, c := range calls[1:] {
		in.maybe = in.maybe && c.maybe
		if c.env != in.env {
			in.env = ""
		}
	}
	return in
}

// siteCalls are the calls that a place makes, as often as its folder is there.
func (j *tfJoin) siteCalls(site tfSite) []tfCall {
	if u := site.unit; u != nil {
		if u.off {
			return nil
		}
		return []tfCall{{args: u.arguments(), env: u.env, group: u.file.dir}}
	}
	var out []tfCall
	for _, caller := range j.instancesOf(site.from) {
		each, n := caller.elements(site.call)
		for _, e := range each {
			env := environmentOf(e.key)
			if env == "" {
				env = environmentOf(site.call.label(0))
			}
			if env == "" {
				env = caller.env
			}
			out = append(out, tfCall{args: caller.passed(site.call, e.scope), env: env, group: caller.group, depth: caller.depth, maybe: caller.maybe || n.maybe})
		}
	}
	return out
}

func (j *tfJoin) joinArguments(m *tfModule, calls []tfCall) map[string]Value {
	if len(calls) == 1 {
		return calls[0].args
	}
	names := make(map[string]bool)
	for _, c := range calls {
		for name := range c.args {
			names[name] = true
		}
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	defaults := j.newInstance(m, nil)
	args := make(map[string]Value, len(sorted))
	for _, name := range sorted {
		for i, c := range calls {
			v, ok := c.args[name]
			if !ok {
				v = defaults.variable(name)
			}
			if i == 0 {
				args[name] = v
			} else {
				args[name] = hclJoin(args[name], v, "var."+name)
			}
		}
	}
	return args
}
