package facts

import "strings"

// inPlace writes the folders of a job's commands from the top of the
// repository where the job puts the repository into a folder of its own.
func inPlace(steps []parsedStep) []parsedStep {
	into := ""
	for i := range steps {
		s := &steps[i]
		if strings.EqualFold(s.uses, "actions/checkout") {
			if dir, own := checkedOut(s.value.Get("with")); own {
				if dir == "" {
					return steps
				}
				into = dir
			}
		}
		if into == "" {
			continue
		}
		for j := range s.commands {
			c := &s.commands[j]
			if rest, ok := strings.CutPrefix(c.dir, into); ok && (rest == "" || rest[0] == '/') {
				c.dir = strings.TrimPrefix(rest, "/")
			}
		}
	}
	return steps
}

// checkedOut is where a checkout puts its files, and whether those are this
// repository's as they are looked at.
func checkedOut(with Value) (dir string, own bool) {
	if r := with.Get("repository").Text; r != "" && !strings.Contains(r, "github.repository") && !strings.Contains(r, "head.repo") {
		return "", false
	}
	if ref := with.Get("ref").Text; ref != "" && !strings.Contains(ref, "${{") {
		return "", false
	}
	if dir = with.Get("path").Text; dir == "" {
		return "", true
	}
	if dir = workDir(with.Get("path")); dir == "/" {
		return "", false
	}
	return dir, true
}
