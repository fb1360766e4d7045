package facts

import (
	"slices"
	"strings"
)

// Infrastructure code carries whole pipelines within itself: build
// specifications of CodeBuild and Amplify as texts or maps, and the commands
// of steps in CDK's pipelines. They are read as if they had files of their own.

// maxInline bounds, in bytes, a specification within other code.
const maxInline = 64 << 10

// carriesBuild tells whether facts of a kind and name may hold a pipeline, which
// is read out of them whatever rules ask for.
func carriesBuild(k Kind, name string) bool {
	switch k {
	case CloudFormation:
		return name == "aws::codebuild::project" || name == "aws::amplify::app" || name == "aws::events::rule"
	case Terraform:
		return name == "aws_codebuild_project" || name == "aws_amplify_app" || strings.HasPrefix(name, "aws_cloudwatch_event_")
	}
	return false
}

// inlineBuilds are the pipelines that facts of infrastructure code carry.
func inlineBuilds(all []Fact) []parsedCI {
	hooks := slices.ContainsFunc(all, func(f Fact) bool { return f.Kind == Terraform && f.Name == "aws_codebuild_webhook" })
	started := clockStarted(all)
	var out []parsedCI
	for i := range all {
		f := &all[i]
		clock := byClock(f, started)
		system, steps := inlineSteps(f, clock)
		for k := range steps {
			if steps[k].hint == "" {
				steps[k].hint = f.Hint
			}
			if system == "codebuild" && clock {
				steps[k].when = triggerClasses([]situation{{"schedule", "schedule"}})
			} else if system == "codebuild" && !startedByPipeline(f, hooks) {
				steps[k].when = triggerClasses([]situation{byHand})
			}
		}
		if len(steps) > 0 {
			out = append(out, parsedCI{path: f.Path, system: system, steps: steps})
		}
	}
	return out
}

// inlineSteps are the steps that a fact carries, and those of a file that it
// reads where that says more of them than the file does.
func inlineSteps(f *Fact, files bool) (system string, steps []ciStep) {
	switch {
	case f.Kind == CloudFormation && f.Name == "aws::codebuild::project":
		return "codebuild", readCodeBuild(inlineSpec(f.Value.Get("Source").Get("BuildSpec")))
	case f.Kind == CloudFormation && f.Name == "aws::amplify::app":
		return "amplify", readAmplify(inlineSpec(f.Value.Get("BuildSpec")))
	case f.Kind == Terraform && f.Name == "aws_codebuild_project":
		for _, source := range membersOf(f.Value.Get("source")) {
			spec := source.Get("buildspec")
			if !files {
				spec = writtenSpec(spec)
			}
			steps = append(steps, readCodeBuild(inlineSpec(spec))...)
		}
		return "codebuild", steps
	case f.Kind == Terraform && f.Name == "aws_amplify_app":
		return "amplify", readAmplify(writtenSpec(f.Value.Get("build_spec")))
	case f.Kind != Construct:
	case f.Name == "aws-codebuild.pipelineproject", f.Name == "aws-codebuild.project":
		spec := f.Value.Get("buildSpec")
		return "codebuild", readCodeBuild(firstOf(spec.Get("fromObject"), spec.Get("fromObjectToYaml")))
	case f.Name == "pipelines.shellstep", f.Name == "pipelines.codebuildstep":
		return "codebuild", readPipelineStep(f.Value)
	}
	return "", nil
}

// startedByPipeline tells whether a pipeline or a push starts a build, and not
// people, or a program for purposes of its own. Whose the hooks of Terraform
// code are is seldom a literal.
func startedByPipeline(f *Fact, hooks bool) bool {
	switch f.Kind {
	case CloudFormation:
		return f.Value.Get("Source").Get("Type").Text == "CODEPIPELINE" || f.Value.Get("Triggers").Get("Webhook").Text == "true"
	case Terraform:
		source := membersOf(f.Value.Get("source"))
		return hooks || len(source) > 0 && source[0].Get("type").Text == "CODEPIPELINE"
	}
	if f.Name != "aws-codebuild.project" {
		return true
	}
	return slices.ContainsFunc(f.Value.Get("source").Fields, func(s Field) bool {
		return s.Value.Get("webhook").Text == "true" || s.Value.Get("webhookFilters").Kind != Absent
	})
}

// writtenSpec is a specification that stands in the code itself: one read from
// a file is that file's.
func writtenSpec(v Value) Value {
	if v.Kind != Map && v.End <= v.Start {
		return Value{}
	}
	return inlineSpec(v)
}

// inlineSpec parses a specification, its lines those of the file around it. A
// text with names left to fill in has its shape all the same.
func inlineSpec(v Value) Value {
	if v.Kind == Map {
		return v
	}
	if v.Kind != String && v.Kind != Unknown || len(v.Text) > maxInline || !strings.Contains(v.Text, "phases") {
		return Value{}
	}
	docs, _ := yamlDocuments("", []byte(v.Text))
	if len(docs) == 0 {
		return Value{}
	}
	return shifted((&nodeReader{}).value(docs[0]), v.Start, v.End)
}

// shifted moves a value to below the line on which its text begins; one that
// goes over no lines is all on its own.
func shifted(v Value, first, last int) Value {
	return mapped(v, func(x Value) Value {
		x.Start, x.End = min(first+x.Start, last), min(first+x.End, last)
		return x
	})
}

// readAmplify reads what Amplify does with each commit of a branch: the phases
// of the front end, the back end and the tests, in the folder of each
// application.
func readAmplify(top Value) []ciStep {
	apps := top.Get("applications").Items
	if len(apps) == 0 {
		apps = []Value{top}
	}
	var out []ciStep
	for _, app := range few(apps) {
		dir := joinDir("", app.Get("appRoot").Text)
		for _, part := range [...]string{"backend", "frontend", "test"} {
			for _, phase := range app.Get(part).Get("phases").Fields {
				s := ciStep{job: part, stage: phase.Key, when: anyPipeline, start: phase.Value.Start, end: phase.Value.End}
				s.set("env", top.Get("env").Get("variables"))
				s.commands = scriptLines(phase.Value.Get("commands"), dir, false)
				if len(s.commands) > 0 {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// readPipelineStep reads a step of a pipeline of CDK.
func readPipelineStep(v Value) []ciStep {
	s := ciStep{job: v.Get("_id").Text, when: anyPipeline, start: v.Start, end: v.End}
	s.set("env", v.Get("env"))
	s.commands = append(scriptLines(v.Get("installCommands"), "", false), scriptLines(v.Get("commands"), "", false)...)
	if len(s.commands) == 0 {
		return nil
	}
	return []ciStep{s}
}
