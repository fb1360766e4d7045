package facts

import (
	"regexp"
	"sync"
)

// expression is a regular expression that is compiled when it is first asked for:
// this package has a hundred and forty, few trees want more than some of them,
// and compiling all was half of what any command waited for before it began.
type expression func() *regexp.Regexp

// lazily is the expression of a text. That each compiles, a test sees.
func lazily(text string) expression {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}
