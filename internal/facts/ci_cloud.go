package facts

import (
	"path"
	"slices"
	"strings"
)

// What starts a CodeBuild or Cloud Build run is set up elsewhere, so both are
// taken for a pipeline of the ordinary kind.
var anyPipeline = triggerClasses([]situation{onDefault})

func readCodeBuild(top Value) []ciStep {
	var out []ciStep
	vars := map[string]string{} // all phases run in one shell
	for _, phase := range top.Get("phases").Fields {
		s := ciStep{job: phase.Key, stage: phase.Key, when: anyPipeline, start: phase.Value.Start, end: phase.Value.End}
		s.set("env", firstOf(phase.Value.Get("env"), top.Get("env").Get("variables")))
		cs := scriptHolding(phase.Value.Get("commands"), "", false, vars)
		if strings.HasPrefix(phase.Value.Get("on-failure").Text, "CONTINUE") {
			cs = hinted(cs, hintMayNotFail+"build (on-failure: CONTINUE)")
		}
		s.commands = append(cs, hinted(scriptHolding(phase.Value.Get("finally"), "", false, vars), hintFailure+"does not fail the phase (finally)")...)
		if len(s.commands) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func readCloudBuild(name string, top Value) []ciStep {
	when := anyPipeline
	if isRehearsal(name) {
		when = []string{"ci"}
	}
	defaults := top.Get("substitutions").Fields
	var out []ciStep
	for _, v := range top.Get("steps").Items {
		v = substituted(v, defaults)
		image := v.Get("name")
		if image.Kind != String {
			continue
		}
		s := ciStep{job: v.Get("id").Text, when: when, start: v.Start, end: v.End}
		s.uses, s.ref, _ = strings.Cut(image.Text, ":")
		s.set("image", image)
		s.set("env", v.Get("env"))
		if v.Get("allowFailure").Text == "true" {
			s.hint = hintMayNotFail + "build (allowFailure)"
		}
		s.commands = cloudBuildCommands(v, s.uses)
		out = append(out, s)
	}
	if pushed := cloudBuildImages(substituted(top.Get("images"), defaults)); len(out) > 0 && len(pushed) > 0 {
		out = append(out, ciStep{job: "images", when: when, start: pushed[0].start, end: pushed[len(pushed)-1].end, commands: pushed})
	}
	return out
}

// cloudBuildImages is what Cloud Build does with the images it is told of, once
// all steps are done.
func cloudBuildImages(images Value) []command {
	var out []command
	for _, v := range few(membersOf(images)) {
		if v.Kind == String && v.Text != "" {
			out = append(out, command{text: "docker push " + v.Text, start: v.Start, end: v.End})
		}
	}
	return out
}

// isRehearsal tells by its name that a build checks a change and deploys
// nothing that stays: int.cloudbuild.yaml, cloudbuild-test.yaml.
func isRehearsal(name string) bool {
	base := strings.ToLower(path.Base(name))
	for _, word := range strings.FieldsFunc(base, func(r rune) bool { return r == '.' || r == '-' || r == '_' }) {
		switch word {
		case "int", "integration", "test", "tests", "e2e", "lint", "ci", "pr", "presubmit", "check", "checks", "cleanup", "teardown", "destroy":
			return true
		}
	}
	return false
}

// maxSubstituted bounds the texts that variables are written into, and
// maxDefault what is written, so that a hostile file stays small.
const (
	maxSubstituted = 16 << 10
	maxDefault     = 100
)

// substituted is v with the build's own variables in place of their names:
// what a trigger sets them to is not seen, so the defaults stand.
func substituted(v Value, defaults []Field) Value {
	if len(defaults) == 0 {
		return v
	}
	defaults = slices.Clone(defaults)
	slices.SortStableFunc(defaults, func(a, b Field) int { return len(b.Key) - len(a.Key) }) // $_SERVICE_NAME before $_SERVICE
	pairs := make([]string, 2, 2+4*len(defaults))
	pairs[0], pairs[1] = "$$", "$$" // a dollar that the shell is left with
	for _, f := range defaults {
		if strings.HasPrefix(f.Key, "_") && f.Value.Kind == String && f.Value.Text != "" && len(f.Value.Text) <= maxDefault {
			pairs = append(pairs, "${"+f.Key+"}", f.Value.Text, "$"+f.Key, f.Value.Text)
		}
	}
	return replaced(v, strings.NewReplacer(pairs...))
}

func replaced(v Value, r *strings.Replacer) Value {
	if len(v.Text) <= maxSubstituted {
		v.Text = r.Replace(v.Text)
	}
	v.Items, v.Fields = slices.Clone(v.Items), slices.Clone(v.Fields)
	for i := range v.Items {
		v.Items[i] = replaced(v.Items[i], r)
	}
	for i := range v.Fields {
		v.Fields[i].Value = replaced(v.Fields[i].Value, r)
	}
	return v
}

// cloudBuildCommands is the command that an image runs with its arguments, or
// the script in them.
func cloudBuildCommands(v Value, image string) []command {
	dir := joinDir("", v.Get("dir").Text)
	if script := v.Get("script"); script.Kind == String {
		return blockCommands(script, dir, false)
	}
	args := membersOf(v.Get("args"))
	entry := v.Get("entrypoint").Text
	base := path.Base(image)
	if strings.HasSuffix(image, "kaniko-project/executor") {
		base = "/kaniko/executor"
	}
	if entry == "" && (strings.Contains(image, "cloud-builders") || len(args) > 0 && strings.HasPrefix(args[0].Text, "-")) {
		entry = base
	}
	if entry == "" && len(args) > 0 && isShell(args[0].Text) { // the image starts what it is given
		entry, args = args[0].Text, args[1:]
	}
	if isShell(entry) {
		for i, a := range args {
			if strings.HasPrefix(a.Text, "-") && strings.HasSuffix(a.Text, "c") && i+1 < len(args) {
				return blockCommands(args[i+1], dir, false)
			}
		}
	}
	words := make([]string, 0, len(args)+1)
	if entry != "" {
		words = append(words, entry)
	}
	for _, a := range args {
		words = append(words, strings.ReplaceAll(a.Text, "\n", " "))
	}
	var out []command
	for _, text := range spellings(words) {
		out = append(out, command{text: text, hint: softFlags(text), start: v.Start, end: v.End, dir: dir})
	}
	return out
}

func isShell(program string) bool {
	base := path.Base(program)
	return base == "bash" || base == "sh"
}
