package facts

import (
	"strings"
)

// The environments that names tell apart.
const (
	production  = "production"
	staging     = "staging"
	development = "development"
)

// environmentOf is the environment that a word names ("prod-eu" is
// production, "nonprod" is not), empty when it names none.
func environmentOf(word string) string {
	word = strings.ToLower(word)
	if env := environmentWord(word); env != "" {
		return env
	}
	tokens := strings.FieldsFunc(word, func(r rune) bool { return r == '-' || r == '_' || r == '.' || r == ' ' })
	for i, t := range tokens {
		if i > 0 && (tokens[i-1] == "non" || tokens[i-1] == "pre" || tokens[i-1] == "not") {
			t = tokens[i-1] + t
		}
		if i+1 < len(tokens) && (t == "non" || t == "pre" || t == "not") {
			continue
		}
		if env := environmentWord(t); env != "" {
			return env
		}
	}
	return ""
}

// environmentWord knows an environment's name, also where it is counted:
// prod01, uat2.
func environmentWord(word string) string {
	switch strings.TrimRight(word, "0123456789") {
	case "prod", "prd", "production", "live":
		return production
	case "stag", "stg", "stage", "staging", "uat", "preprod", "preproduction", "preprd", "acceptance", "acc":
		return staging
	case "dev", "develop", "development", "qa", "test", "testing", "sandbox", "sbx", "nonprod", "nonproduction", "nonprd", "notprod":
		return development
	}
	return ""
}

// AnyEnvironment is a path with every name of an environment left open, so that
// files which differ in nothing else agree on it.
func AnyEnvironment(path string) string {
	var out strings.Builder
	one := strings.NewReplacer("pre-prod", "preprod", "pre_prod", "preprod", "non-prod", "nonprod", "non_prod", "nonprod")
	path = one.Replace(strings.ToLower(path))
	for path != "" {
		n := strings.IndexAny(path, "/-_. ")
		if n < 0 {
			n = len(path)
		}
		if environmentWord(path[:n]) != "" {
			out.WriteByte('*')
		} else {
			out.WriteString(path[:n])
		}
		if n < len(path) {
			out.WriteByte(path[n])
			n++
		}
		path = path[n:]
	}
	return out.String()
}

// environmentOfPath is the environment that a folder names: the nearest whole
// segment that is the word itself, else the nearest that holds it.
func environmentOfPath(dir string) string {
	segments := strings.Split(strings.ToLower(dir), "/")
	for i := len(segments) - 1; i >= 0; i-- {
		if env := environmentWord(strings.ReplaceAll(segments[i], "-", "")); env != "" {
			return env
		}
	}
	for i := len(segments) - 1; i >= 0; i-- {
		if env := environmentOf(segments[i]); env != "" {
			return env
		}
	}
	return ""
}

// hclIsEnvironment tells whether an unknown value is the name of the
// environment itself. Where environments differ production's value counts, so
// a choice by that name is made as production would make it.
func hclIsEnvironment(v Value) bool {
	if v.Kind != Unknown {
		return false
	}
	if v.Text == "terraform.workspace" {
		return true
	}
	of, name, _ := strings.Cut(v.Text, ".")
	switch of {
	case "get_env":
		name = strings.ToLower(name)
		for _, of := range [...]string{"tf_var_", "app_", "aws_", "target_"} {
			name = strings.TrimPrefix(name, of)
		}
	case "var", "local":
	default:
		return false
	}
	return hclNamesEnvironment(name)
}

// hclNamesEnvironment tells a variable that holds the name of an environment.
func hclNamesEnvironment(name string) bool {
	switch name {
	case "env", "environment", "stage", "env_name", "environment_name", "stage_name", "deploy_env", "workspace":
		return true
	}
	return false
}

var placeLeft = lazily(`\$\{[\w.]+\}`)

// hclFilledIn is a text for an environment; ok is false where more is left to
// fill in than its name.
func hclFilledIn(v Value, env string) (text string, ok bool) {
	left := strings.Trim(v.Text, `"`)
	text = placeLeft().ReplaceAllStringFunc(left, func(place string) string {
		if hclIsEnvironment(hclUnknown(place[2 : len(place)-1])) {
			return env
		}
		return place
	})
	return text, v.Kind == Unknown && text != left && !strings.Contains(text, "${")
}

// hclProductionMember is the member that production has of a map by
// environment; unknown when none is named so.
func hclProductionMember(v Value) Value {
	for _, f := range few(v.Fields) {
		if environmentOf(f.Key) == production {
			return f.Value
		}
	}
	return Value{Kind: Unknown}
}
