package evidence

import (
	"strings"

	"github.com/readyline/readyline/internal/facts"
)

// sameAs compares with what a path leads to in the fact that the companion
// belongs to; as long as it isn't known to which, nobody knows. The path "_self"
// stands for that fact by its address or name.
func sameAs(path string, v facts.Value, self *facts.Fact) truth {
	if self == nil {
		return unknown
	}
	if path == "_self" {
		return truthOf(mentions(v.Text, self))
	}
	for _, o := range flat(lookup(self.Value, path)) {
		if o.Text != "" && strings.EqualFold(o.Text, v.Text) && (scalar(o) && scalar(v) || o.Kind == v.Kind) {
			return yes
		}
	}
	return no
}

// mentions tells whether a text names a fact: by TYPE.NAME as Terraform does,
// else by its `_name` as a word of its own.
func mentions(text string, self *facts.Fact) bool {
	name := self.Value.Get("_name").Text
	if name == "" {
		return false
	}
	if self.Kind == facts.Terraform {
		kind := self.Name
		if strings.HasPrefix(kind, "module:") {
			kind = "module"
		}
		name = kind + "." + name
	}
	text, name = strings.ToLower(text), strings.ToLower(name)
	for at := 0; ; {
		i := strings.Index(text[at:], name)
		if i < 0 {
			return false
		}
		start, end := at+i, at+i+len(name)
		if (start == 0 || !wordByte(text[start-1])) && (end == len(text) || !wordByte(text[end])) {
			return true
		}
		at = start + 1
	}
}

func wordByte(c byte) bool {
	return c == '_' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}
