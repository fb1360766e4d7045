package facts

import (
	"strings"
	"testing"
)

func TestTravisMatrixOfVariables(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"a matrix", "env:\n  - TEST=\"./test-a.sh\" FLAG=x\n  - TEST=./test-b.sh\nscript: \"$TEST\"\n", "./test-a.sh|./test-b.sh"},
		{"part of a word", "env:\n  global: [MODULE=web]\n  matrix: [TASK=lint, TASK=test]\nscript:\n  - make ${TASK}-$MODULE\n  - echo $TASKS\n", "make lint-web|make test-web"},
		{"nothing asks for it", "env: [RUBY=2, RUBY=3]\nscript: [make]\n", "make"},
		{"made of others", "env: [\"TEST=$HOME/test.sh\"]\nscript: [$TEST all]\n", "$TEST all"},
		{"none", "script: [make]\n", "make"},
	} {
		p, _ := readCI(".travis.yml", []byte(c.text))
		var got []string
		for _, s := range p.steps {
			for _, cmd := range s.commands {
				if !strings.HasPrefix(cmd.text, "echo") {
					got = append(got, cmd.text)
				}
			}
		}
		if all := strings.Join(got, "|"); all != c.want {
			t.Errorf("%s: %s, want %s", c.name, all, c.want)
		}
	}
}
