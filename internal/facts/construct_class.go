package facts

import (
	"slices"
	"strings"
)

// extends marks what a program's own class is made from until joinClasses has
// seen every file.
const extends = "extends:"

// class notes a class of the program that is made from one of a library:
// class Worker extends lambda.Function, class Worker(lambda_.Function). What
// it hands to its base is known besides.
func (p *program) class(i int) {
	base := i + 2
	switch {
	case p.lang == script && p.tok(base) == "extends":
		base++
	case p.lang == python && p.tok(base) == "(":
		base++
	default:
		return
	}
	segs, next := p.dotted(base)
	if len(segs) == 0 {
		return
	}
	library, ok := p.names[segs[0]]
	if !ok || library == "local" || library == "constructs" {
		return
	}
	name := qualified(library, segs[1:])
	bases := append(wraps(name), name)
	if strings.HasPrefix(name, "core.") || strings.HasPrefix(name, "constructs.") {
		return
	}
	f := Fact{Kind: Construct, Name: extends + "local." + strings.ToLower(p.tok(i+1)), Path: p.path, Start: p.code[i].line, End: p.code[i].line}
	f.Value = Value{Kind: Map, Fields: []Field{{"bases", Strs(bases)}, {"given", p.super(next)}}}
	p.out = append(p.out, f)
}

// super is what a class hands to its base, looked for from the class's head to
// the next class.
func (p *program) super(i int) Value {
	for end := min(i+4000, len(p.code)); i < end && p.tok(i) != "class"; i++ {
		if p.tok(i) != "super" || p.tok(i+1) != "(" {
			continue
		}
		open := i + 1
		if p.lang == python { // super().__init__(…)
			if p.tok(i+2) != ")" || p.tok(i+4) != "__init__" {
				continue
			}
			open = i + 5
		}
		args, _ := p.arguments(open, 0)
		v := p.properties(args)
		v.Fields = append([]Field(nil), v.Fields...)
		return v
	}
	return Value{Kind: Map}
}

// joinClasses gives the objects of a program's own classes the names of what
// these are made from.
func joinClasses(all []Fact) []Fact {
	classes := map[string]Value{}
	kept := slices.DeleteFunc(all, func(f Fact) bool {
		name, ok := strings.CutPrefix(f.Name, extends)
		if ok = ok && f.Kind == Construct; ok {
			classes[name] = f.Value
		}
		return ok
	})
	if len(classes) == 0 {
		return kept
	}
	for _, f := range kept[:len(kept):len(kept)] {
		if f.Kind != Construct || !strings.HasPrefix(f.Name, "local.") {
			continue
		}
		class, call, called := strings.Cut(strings.TrimPrefix(f.Name, "local."), ".")
		v, ok := classes["local."+class]
		if !ok {
			continue
		}
		for _, base := range v.Get("bases").Items {
			own := f
			own.Name = strings.ToLower(base.Text)
			if called {
				own.Name += "." + call
			} else {
				given := placedAt(v.Get("given"), f.Start, f.End)
				own.Value = openEnded(mergeInto(given, f.Value))
				own.Value.Start, own.Value.End = f.Start, f.End
			}
			kept = append(kept, own)
		}
	}
	return kept
}

var namesProduction = lazily(`(?i)(^|[^a-z])(prod|prd|production|live)([^a-z]|$)|[a-z](Prod|Production)$|^isProd`)

// choice reads what a program chooses by its environment: production's value
// counts. stage === "PROD" ? a : b.
func (p *program) choice(i, end, depth int) (Value, bool) {
	if p.lang != script || depth > maxValueDepth {
		return Value{}, false
	}
	if !slices.ContainsFunc(p.code[i:end], func(t token) bool { return t.kind == punct && t.text == "?" }) {
		return Value{}, false
	}
	level, equal, production := 0, true, false
	for j := i; j < end; j++ {
		p.work++
		switch t := p.tok(j); {
		case t == "(" || t == "[" || t == "{":
			level++
		case t == ")" || t == "]" || t == "}":
			level--
		case t == "!":
			equal = false
		case t == "&" || t == "|":
			return Value{}, false
		case t == "?" && level == 0 && p.tok(j+1) != "." && p.tok(j+1) != "?" && p.tok(j-1) != "?":
			if !production {
				return Value{}, false
			}
			yes, colon := p.value(j+1, depth+1)
			if colon <= j+1 || p.tok(colon) != ":" {
				return Value{}, false
			}
			no, last := p.value(colon+1, depth+1)
			if last != end {
				return Value{}, false
			}
			if equal {
				return yes, true
			}
			return no, true
		case namesProduction().MatchString(p.code[j].text):
			production = true
		}
	}
	return Value{}, false
}
