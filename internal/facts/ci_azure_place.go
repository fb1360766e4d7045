package facts

import (
	"path"
	"slices"
	"strings"
)

// azurePlace is a stage, or a job of one.
type azurePlace struct{ stage, job string }

// azureOrder is which stages and jobs wait for which.
type azureOrder struct {
	needs map[azurePlace][]string
	last  string // the stage before
}

// waits notes what a stage or job waits for. A stage that says nothing waits
// for the one before it, a job for none.
func (o *azureOrder) waits(p azurePlace, dependsOn Value) {
	if o.needs == nil {
		o.needs = map[azurePlace][]string{}
	}
	var names []string
	for _, v := range few(membersOf(dependsOn)) {
		if v.Kind == String && v.Text != "" {
			names = append(names, v.Text)
		}
	}
	if p.job == "" {
		if dependsOn.Kind == Absent && o.last != "" {
			names = []string{o.last}
		}
		o.last = p.stage
	}
	o.needs[p] = names
}

// behind is what has to end before a job begins.
func (o *azureOrder) behind(p azurePlace) (stages, jobs []string) {
	stages = behind(o.needs[azurePlace{stage: p.stage}], func(s string) []string { return o.needs[azurePlace{stage: s}] })
	jobs = behind(o.needs[p], func(j string) []string { return o.needs[azurePlace{p.stage, j}] })
	if p.job == "" {
		jobs = nil
	}
	return stages, jobs
}

// inOrder tells each step what has to end before its job begins (`needs`), and
// which environments that deploys to (`follows`).
func (a *azure) inOrder() {
	targets := map[azurePlace][]string{}
	for i := range a.out {
		s := &a.out[i]
		if in := s.field("target").Items; len(in) == 1 { // of several the branch chooses one
			env := in[0].Text
			for _, p := range []azurePlace{{stage: s.stage}, {s.stage, s.job}} {
				if !slices.Contains(targets[p], env) {
					targets[p] = append(targets[p], env)
				}
			}
		}
	}
	for i := range a.out {
		s := &a.out[i]
		stages, jobs := a.order.behind(azurePlace{s.stage, s.job})
		var follows []string
		for _, name := range stages {
			follows = append(follows, targets[azurePlace{stage: name}]...)
		}
		for _, name := range jobs {
			follows = append(follows, targets[azurePlace{s.stage, name}]...)
		}
		if needs := append(stages, jobs...); len(needs) > 0 {
			s.set("needs", Strs(needs))
		}
		if len(follows) > 0 {
			slices.Sort(follows)
			s.set("follows", Strs(slices.Compact(follows)))
		}
	}
}

// azureEnvironment is the environment of a deployment job; each of them where
// the branch chooses one.
func azureEnvironment(v Value) Value {
	name := func(env Value) Value { return firstOf(env.Get("name"), env) }
	if env := name(v.Get("environment")); env.Kind != Absent {
		return env
	}
	chosen := Value{Kind: List}
	for _, f := range few(v.Fields) {
		if env := name(f.Value.Get("environment")); strings.HasPrefix(f.Key, "${{") && env.Kind == String {
			chosen.Items = append(chosen.Items, env)
			chosen.Start, chosen.End = env.Start, env.End
		}
	}
	if len(chosen.Items) == 0 {
		return Value{}
	}
	return chosen
}

// azureTarget says which environments, of production, staging and development,
// a step's job deploys to: by its environment, or else by its own name or that
// of its stage, where they say that it deploys.
func (s *ciStep) azureTarget() {
	names := membersOf(s.field("environment"))
	for _, name := range []string{s.job, s.stage} {
		if words := strings.Join(nameWords(name), "-"); s.field("environment").Kind == Absent && deploys(words) {
			names = append(names, Str(words))
		}
	}
	var out []string
	for _, name := range few(names) {
		if name.Kind != String || strings.Contains(name.Text, "$") {
			continue
		}
		if env := environmentOf(strings.Join(nameWords(name.Text), "-")); env != "" && !slices.Contains(out, env) {
			out = append(out, env)
		}
	}
	if s.field("environment").Kind == Absent && len(out) > 1 {
		out = out[:1] // the job's own name says more than its stage's
	}
	if len(out) > 0 {
		s.set("target", Strs(out))
	}
}

// field is an attribute that was set.
func (s *ciStep) field(key string) Value {
	for _, f := range s.fields {
		if f.Key == key {
			return f.Value
		}
	}
	return Value{}
}

// azurePurposes is what a template of another repository is for, by its own
// name and by those of the job and stage that take it in, or by what it is
// given.
func (s *ciStep) azurePurposes(uses, file string, with Value) []string {
	name, _, _ := strings.Cut(uses, "@")
	name = strings.TrimSuffix(path.Base(name), path.Ext(name))
	words := slices.DeleteFunc(nameWords(name), func(w string) bool { return w == "template" })
	job := phrase(s.job + " " + s.stage)
	c := calling{file: phrase(strings.Join(words, " ")), job: job, own: job, workflow: phrase(strings.TrimSuffix(path.Base(file), path.Ext(file))), with: with}
	var out []string
	for i := range purposeNames {
		if p := &purposeNames[i]; !slices.Contains(out, p.purpose) && (has(c.file, p.words) || has(c.file, p.tools)) && c.agrees(p) {
			out = append(out, p.purpose)
		}
	}
	return out
}

// azureHandles says what a step deploys (`takes`): the files that the pipeline
// published earlier, or the images that are named after the build.
func (s *ciStep) azureHandles() {
	takes := Value{Kind: List, Start: s.start, End: s.end}
	for _, f := range few(s.with.Fields) {
		text := strings.TrimSpace(f.Value.Text)
		if f.Value.Kind != String || len(text) > 1000 {
			continue
		}
		lower := strings.ToLower(text)
		image := strings.Contains(lower, "$(build.buildid)") || strings.Contains(lower, "$(build.buildnumber)") || strings.Contains(lower, "$(build.sourceversion)")
		file := strings.Contains(lower, "$(pipeline.workspace)/") || strings.Contains(lower, "$(system.artifactsdirectory)/")
		if file || image && azureImageInput(f.Key) {
			takes.Items = append(takes.Items, Str(text))
		}
	}
	if len(takes.Items) > 0 {
		s.set("takes", takes)
	}
}

func azureImageInput(key string) bool {
	switch strings.ToLower(key) {
	case "containers", "imagename", "imagetodeploy", "overridevalues", "image", "dockerimagetag", "imagetag":
		return true
	}
	return false
}
