package facts

import (
	"slices"
	"strings"
)

// flags is a command line taken apart.
type flags struct {
	words []string // what is no flag, quotes taken away
	given []Field  // in order: name without dashes, and value
	at    Value    // where the command stands
}

// parseFlags takes the words behind a program's name apart. A flag takes the
// word behind it, or with many, once the command is named, all up to the next
// flag; isSwitch knows those that take none.
func parseFlags(words []string, isSwitch func(name string) bool, many bool, at Value) flags {
	out := flags{at: at}
	for i := 0; i < len(words); i++ {
		name, ok := flagName(words[i])
		if !ok {
			out.words = append(out.words, withoutQuotes(words[i]))
			continue
		}
		if name, value, ok := strings.Cut(name, "="); ok {
			out.give(name, value)
			continue
		}
		if isSwitch(name) || i+1 == len(words) {
			out.given = append(out.given, Field{name, placedAt(Boolean(true), at.Start, at.End)})
			continue
		}
		var values []string
		for i+1 < len(words) && (many && len(out.words) > 0 || len(values) == 0) {
			if _, next := flagName(words[i+1]); next {
				break
			}
			i++
			values = append(values, words[i])
		}
		if len(values) == 0 {
			out.given = append(out.given, Field{name, placedAt(Boolean(true), at.Start, at.End)})
			continue
		}
		out.give(name, values...)
	}
	return out
}

// flagName is the name of a flag with what is written behind it.
func flagName(word string) (string, bool) {
	if name, ok := strings.CutPrefix(word, "--"); ok && name != "" {
		return name, true
	}
	if len(word) == 2 && word[0] == '-' && word[1] > '9' {
		return word[1:], true
	}
	return "", false
}

// give notes a flag with its values.
func (f *flags) give(name string, values ...string) {
	v := f.value(name, values[0])
	if len(values) > 1 {
		v = Value{Kind: List, Start: f.at.Start, End: f.at.End}
		for _, one := range values {
			v.Items = append(v.Items, f.value(name, one))
		}
	}
	f.given = append(f.given, Field{name, v})
}

// wholeName is a text that is no more than the name of something worked out
// when the command runs.
var wholeName = lazily("^(\\$\\w+|\\$\\{[^{}]*\\}|\\$\\{\\{[^{}]*\\}\\}|\\$\\(.*\\)|`.*`)$")

// value is what a word gives a flag. One that is worked out is not known, but
// it is given: its text refers to the flag.
func (f *flags) value(name, word string) Value {
	text := withoutQuotes(word)
	if strings.Contains(text, "$") && !strings.Contains(text, "${{") {
		if v := expandVars(text, nil); v.Kind == String {
			text = v.Text
		}
	}
	v := Value{Kind: String, Text: text, Start: f.at.Start, End: f.at.End}
	if wholeName().MatchString(text) {
		v.Kind, v.Text = Unknown, "flag.--"+name
	}
	return v
}

// runs tells whether the command begins with these words; alpha and beta
// stand for the same commands.
func (f *flags) runs(words ...string) bool {
	given := f.words
	if len(given) > 0 && (given[0] == "alpha" || given[0] == "beta") {
		given = given[1:]
	}
	if len(given) < len(words) || !slices.Equal(given[:len(words)], words) {
		return false
	}
	return true
}

// after is the first word behind one of the command's.
func (f *flags) after(word string) string {
	if i := slices.Index(f.words, word); i >= 0 && i+1 < len(f.words) {
		return f.words[i+1]
	}
	return ""
}

// get is the value of a flag by one of its names; the last one given counts.
func (f *flags) get(names ...string) Value {
	for i := len(f.given) - 1; i >= 0; i-- {
		if slices.Contains(names, f.given[i].Key) {
			return f.given[i].Value
		}
	}
	return Value{}
}

// mapAt is a map at the place of a value, of names and values in turn; what is
// absent is left out.
func mapAt(place Value, pairs ...any) Value {
	out := Value{Kind: Map, Start: place.Start, End: place.End}
	for i := 0; i+1 < len(pairs); i += 2 {
		if v := pairs[i+1].(Value); v.Kind != Absent {
			out.Fields = append(out.Fields, Field{pairs[i].(string), v})
		}
	}
	return out
}

// listAt is a list at the place of a value; absent when it is empty.
func listAt(place Value, items []Value) Value {
	if len(items) == 0 {
		return Value{}
	}
	return Value{Kind: List, Items: items, Start: place.Start, End: place.End}
}

// withoutQuotes takes away the quotes of a shell, wherever in a word they are.
func withoutQuotes(word string) string {
	if !strings.ContainsAny(word, `"'\`) {
		return word
	}
	var b strings.Builder
	quote := byte(0)
	for i := 0; i < len(word); i++ {
		c := word[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(word):
			i++
			b.WriteByte(word[i])
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == quote && quote != 0:
			quote = 0
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}
