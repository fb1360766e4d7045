package facts

import (
	"strings"
)

// maxTravisJobs bounds the jobs that a matrix of variables makes.
const maxTravisJobs = 10

// assignment is one variable in an entry of Travis's env: A=b or A="b c".
var assignment = lazily(`(\w+)=("[^"]*"|'[^']*'|[^\s"']*)`)

// bareVariable is a variable without braces.
var bareVariable = lazily(`\$(\w+)`)

// travisMatrix is a configuration once for each entry of its matrix of
// variables, with what they are set to written out; as it stands where there is
// none, or nothing that it runs asks for one.
func travisMatrix(top Value) []Value {
	env := top.Get("env")
	entries := firstOf(env.Get("jobs"), env.Get("matrix"))
	if env.Kind == List || env.Kind == String {
		entries = env
	}
	global := assignments(env.Get("global"))
	var out []Value
	if asksFor(top, membersOf(entries)) {
		for _, entry := range membersOf(entries) {
			if pairs := assignments(entry); len(pairs) > 0 && len(out) < maxTravisJobs {
				out = append(out, writtenOut(top, append(pairs, global...)))
			}
		}
	}
	if len(out) == 0 {
		return []Value{writtenOut(top, global)}
	}
	return out
}

// asksFor tells whether a phase names a variable of the matrix.
func asksFor(top Value, entries []Value) bool {
	for _, phase := range travisPhases {
		for _, line := range membersOf(top.Get(phase)) {
			for _, e := range entries[:min(len(entries), maxTravisJobs)] {
				for _, m := range assignment().FindAllStringSubmatch(e.Text, maxTravisJobs) {
					if strings.Contains(line.Text, "$"+m[1]) || strings.Contains(line.Text, "${"+m[1]+"}") {
						return true
					}
				}
			}
		}
	}
	return false
}

// assignments are the variables that entries set, as a replacer takes them.
// What is made of other variables stays as it is.
func assignments(entries Value) []string {
	var pairs []string
	for _, e := range few(membersOf(entries)) {
		if e.Kind != String || len(e.Text) > maxSubstituted {
			continue
		}
		for _, m := range assignment().FindAllStringSubmatch(e.Text, maxTravisJobs) {
			if value := unquote(m[2]); value != "" && len(value) <= maxDefault && !strings.Contains(value, "$") {
				pairs = append(pairs, "${"+m[1]+"}", value)
			}
		}
	}
	return pairs
}

// writtenOut is a configuration with variables in its phases written out.
func writtenOut(top Value, pairs []string) Value {
	if len(pairs) == 0 {
		return top
	}
	r := strings.NewReplacer(pairs...)
	v := top
	for _, phase := range travisPhases {
		given := top.Get(phase)
		if given.Kind == Absent {
			continue
		}
		v = v.With(phase, mapped(given, func(x Value) Value {
			if x.Kind == String && len(x.Text) <= maxSubstituted {
				braced := bareVariable().ReplaceAllString(x.Text, "$${$1}") // $A is no part of $AB
				if to := r.Replace(braced); to != braced {
					x.Text = to
				}
			}
			return x
		}))
	}
	return v
}
