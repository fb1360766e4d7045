package facts

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

// dockerBuildValued are the options of docker build that take a word along.
var dockerBuildValued = []string{
	"-f", "--file", "-t", "--tag", "--target", "--build-arg", "--label", "--platform", "--cache-from", "--cache-to",
	"--network", "--secret", "--ssh", "--output", "-o", "--progress", "--builder", "--build-context", "--add-host",
	"--shm-size", "--ulimit", "--iidfile", "--metadata-file", "--allow", "--annotation", "--attest", "-m", "--memory",
	"--isolation", "--layers", "--format", "--authfile",
}

// readDockerBuild reads what building an image runs: a target for each stage,
// by its number and its name, that needs the stages it takes from, and "" for
// the last. Folders are those of the build's context.
func readDockerBuild(text []byte) []target {
	if len(text) > maxDockerfile {
		return nil
	}
	list, err := dockerInstructions(cleanText(text))
	if err != nil {
		return nil
	}
	b := dockerBuild{}
	for _, in := range list {
		b.step(in)
	}
	if !slices.ContainsFunc(b.stages, func(s buildStage) bool { return len(s.commands) > 0 }) {
		return nil
	}
	out := []target{{needs: []string{strconv.Itoa(len(b.stages) - 1)}}}
	for i, s := range b.stages {
		out = append(out, target{name: strconv.Itoa(i), needs: s.needs, commands: s.commands})
		if s.name != "" {
			out = append(out, target{name: s.name, needs: []string{strconv.Itoa(i)}})
		}
	}
	return out
}

type dockerBuild struct{ stages []buildStage }

// buildStage is one stage while it is read.
type buildStage struct {
	name     string
	needs    []string
	commands []command
	dir      string            // the folder within the image
	from     map[string]string // folders of the image, and the folder of the context that was copied there
}

func (b *dockerBuild) step(in instruction) {
	if in.name == "from" {
		b.begin(in)
		return
	}
	if len(b.stages) == 0 {
		return
	}
	s := &b.stages[len(b.stages)-1]
	switch in.name {
	case "workdir":
		if len(in.args) > 0 {
			s.dir = s.within(in.args[0])
		}
	case "copy", "add":
		s.copy(in)
	case "run":
		s.run(in)
	}
}

func (b *dockerBuild) begin(in instruction) {
	s := buildStage{dir: "/", from: map[string]string{}}
	if len(in.args) > 2 && strings.EqualFold(in.args[1], "as") {
		s.name = strings.ToLower(in.args[2])
	}
	if len(in.args) > 0 {
		for _, other := range b.stages {
			if base := strings.ToLower(in.args[0]); other.name != "" && other.name == base {
				s.needs, s.dir = []string{base}, other.dir
				for at, folder := range other.from {
					s.from[at] = folder
				}
			}
		}
	}
	b.stages = append(b.stages, s)
}

// within is a folder of the image, from where the stage is.
func (s *buildStage) within(dir string) string {
	if dir = unquoted(dir); strings.HasPrefix(dir, "$") {
		return "/" + dir // a variable mostly holds a whole path
	}
	if strings.HasPrefix(dir, "/") {
		return path.Clean(dir)
	}
	return path.Join(s.dir, dir)
}

// copy notes which folder of the context comes to lie where.
func (s *buildStage) copy(in instruction) {
	for _, flag := range in.flags {
		if stage, ok := strings.CutPrefix(flag, "--from="); ok {
			s.needs = append(s.needs, strings.ToLower(stage))
			return
		}
	}
	if len(in.args) < 2 || strings.Contains(in.args[0], "$") || strings.Contains(in.args[0], "://") {
		return
	}
	source, dest := strings.TrimPrefix(path.Clean("/"+in.args[0]), "/"), in.args[len(in.args)-1]
	at := s.within(dest)
	if base := path.Base(source); source != "" && (strings.ContainsAny(base, ".*") || !strings.HasSuffix(dest, "/") && path.Base(dest) == base) && !strings.HasSuffix(in.args[0], "/") && isFileName(base) {
		if path.Base(dest) == base && !strings.HasSuffix(dest, "/") {
			at = path.Dir(at)
		}
		if _, known := s.from[at]; !known {
			s.from[at] = strings.TrimPrefix(path.Dir("/"+source), "/")
		}
		return
	}
	s.from[at] = source
}

// isFileName tells of the last part of a path whether it is rather a file's.
func isFileName(base string) bool {
	return strings.ContainsAny(base[1:], ".*") || base == "Makefile" || base == "Gemfile" || base == "Pipfile" || base == "Rakefile" || base == "gradlew" || base == "mvnw"
}

// folder is the folder of the context that the stage is in; "/" where it is
// none.
func (s *buildStage) folder() string {
	for at, rest := s.dir, ""; ; at, rest = path.Dir(at), path.Join(path.Base(at), rest) {
		if from, ok := s.from[at]; ok {
			return path.Join(from, rest)
		}
		if at == "/" || at == "." {
			return "/"
		}
	}
}

func (s *buildStage) run(in instruction) {
	if len(in.args) == 0 {
		return
	}
	text := strings.Join(in.args, " ")
	if strings.HasPrefix(text, "<<") {
		_, text, _ = strings.Cut(in.text, "\n")
		for strings.HasPrefix(text, "#!") {
			_, text, _ = strings.Cut(text, "\n")
		}
	}
	loose := strings.ContainsAny(text, ";\n") && !strings.Contains(text, "set -")
	for _, c := range splitShell(text, in.start, s.folder(), false) {
		if c.start, c.end = in.start, in.end; loose && c.hint == "" {
			c.hint = hintErrexit
		}
		s.commands = append(s.commands, c)
	}
}

// dockerBuild is the Dockerfile that docker build is given, and the stages
// that it makes.
func (s scripts) dockerBuild(words []string, dir string) reference {
	if len(words) > 0 && (words[0] == "buildx" || words[0] == "image" || words[0] == "builder") {
		words = words[1:]
	}
	if len(words) < 2 || words[0] != "build" && words[0] != "b" {
		return reference{}
	}
	file, stage, context := "", "", ""
	for i := 1; i < len(words); i++ {
		w := unquote(words[i])
		name, value, given := strings.Cut(w, "=")
		if !given && slices.Contains(dockerBuildValued, w) && i+1 < len(words) {
			i++
			value = unquote(words[i])
		}
		switch {
		case name == "--check" || name == "--call" || name == "--help":
			return reference{}
		case name == "-f" || name == "--file":
			file = value
		case name == "--target":
			stage = strings.ToLower(value)
		case !strings.HasPrefix(w, "-"):
			context = w
		}
	}
	if context == "" || strings.ContainsAny(context, "$:") || strings.ContainsAny(stage, "$") {
		return reference{}
	}
	return s.dockerfile(joinDir(dir, context), file, stage, dir)
}

// dockerfile is what building a stage of a file runs; the file is named from
// dir, or lies in the context.
func (s scripts) dockerfile(context, file, stage, dir string) reference {
	at := joinDir(context, "Dockerfile")
	if file != "" {
		at = joinDir(dir, file)
	}
	if p := s.files[at]; p != nil && p.kind == "docker" && p.find(stage) != nil {
		return reference{script: p, targets: []string{stage}, context: context}
	}
	return reference{}
}

// builtByAction is what docker/build-push-action builds.
func (s scripts) builtByAction(with Value) reference {
	context := with.Get("context").Text
	context = strings.TrimPrefix(strings.TrimPrefix(context, "{{defaultContext}}:"), "${{ github.workspace }}")
	file, stage := with.Get("file").Text, strings.ToLower(with.Get("target").Text)
	if strings.ContainsAny(context+file+stage, "${:") || with.Get("call").Text != "" {
		return reference{}
	}
	return s.dockerfile(joinDir("", context), strings.TrimPrefix(file, "./"), stage, "")
}
