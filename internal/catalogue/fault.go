package catalogue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Fault is something wrong in a file that a person wrote.
type Fault struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // from 1; 0 when it is the file as a whole
	Message string `json:"message"`
}

func (f Fault) String() string {
	if f.Line == 0 {
		return f.File + ": " + f.Message
	}
	return fmt.Sprintf("%s:%d: %s", f.File, f.Line, f.Message)
}

// Faults is every fault found at once, by file and line: one run shows all
// there is to mend.
type Faults []Fault

func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, x := range f {
		lines[i] = x.String()
	}
	return strings.Join(lines, "\n")
}

// err is the faults as an error, sorted and told once; nil when there are none.
func (f Faults) err() error {
	if len(f) == 0 {
		return nil
	}
	slices.SortStableFunc(f, func(a, b Fault) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Message, b.Message))
	})
	return slices.Compact(f)
}

func (f *Faults) add(file string, line int, format string, args ...any) {
	*f = append(*f, Fault{file, line, fmt.Sprintf(format, args...)})
}
