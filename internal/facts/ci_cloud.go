package facts

import (
	"path"
	"strings"
)

// What starts a CodeBuild or Cloud Build run is set up elsewhere, so both are
// taken for a pipeline of the ordinary kind.
var anyPipeline = triggerClasses([]situation{onDefault})

func readCodeBuild(top Value) []ciStep {
	var out []ciStep
	for _, phase := range top.Get("phases").Fields {
		s := ciStep{job: phase.Key, stage: phase.Key, when: anyPipeline, start: phase.Value.Start, end: phase.Value.End}
		s.set("env", firstOf(phase.Value.Get("env"), top.Get("env").Get("variables")))
		cs := scriptLines(phase.Value.Get("commands"), "", false)
		if strings.HasPrefix(phase.Value.Get("on-failure").Text, "CONTINUE") {
			cs = hinted(cs, "may not fail the build (on-failure: CONTINUE)")
		}
		s.commands = append(cs, hinted(scriptLines(phase.Value.Get("finally"), "", false), "its failure does not fail the phase (finally)")...)
		if len(s.commands) > 0 {
			out = append(out, s)
		}
	}
	return out
}

func readCloudBuild(top Value) []ciStep {
	var out []ciStep
	for _, v := range top.Get("steps").Items {
		image := v.Get("name")
		if image.Kind != String {
			continue
		}
		s := ciStep{job: v.Get("id").Text, when: anyPipeline, start: v.Start, end: v.End}
		s.uses, s.ref, _ = strings.Cut(image.Text, ":")
		s.set("image", image)
		s.set("env", v.Get("env"))
		if v.Get("allowFailure").Text == "true" {
			s.hint = "may not fail the build (allowFailure)"
		}
		s.commands = cloudBuildCommands(v, s.uses)
		out = append(out, s)
	}
	if pushed := cloudBuildImages(top.Get("images")); len(out) > 0 && len(pushed) > 0 {
		out = append(out, ciStep{job: "images", when: anyPipeline, start: pushed[0].start, end: pushed[len(pushed)-1].end, commands: pushed})
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
	if entry == "" && (strings.Contains(image, "cloud-builders") || len(args) > 0 && strings.HasPrefix(args[0].Text, "-")) {
		entry = base
	}
	switch path.Base(entry) {
	case "bash", "sh":
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
