package facts

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// settleCloudBuilds says of each Cloud Build file what starts it, where the
// repository tells: triggers in Terraform code that name the file, or else a
// person, where scripts submit builds and nobody has set up a trigger. Code that
// was not read may hold triggers.
func (g *gathered) settleCloudBuilds(unread bool) {
	if !slices.ContainsFunc(g.ci, func(p parsedCI) bool { return p.system == "cloudbuild" }) {
		return
	}
	named, open := g.cloudTriggers()
	open, told := open || unread, false
	submitted := map[string]bool{}
	if !open && !g.pipelineSubmits() {
		submitted = g.submittedBuilds()
		told = true
	}
	person := len(named) == 0 && slices.ContainsFunc(g.ci, func(p parsedCI) bool { return p.system == "cloudbuild" && submitted[p.path] })
	for i := range g.ci {
		p := &g.ci[i]
		if p.system != "cloudbuild" {
			continue
		}
		var when []string
		switch starts := named[p.path]; {
		case len(starts) > 0:
			when = triggerClasses(starts)
		case person, submitted[p.path], told && p.byHand:
			when = triggerClasses([]situation{byHand})
		default:
			continue
		}
		for k := range p.steps {
			p.steps[k].when = when
		}
	}
}

// cloudTriggers are the situations in which triggers start the files that they
// name; open tells that there is a trigger whose file can't be known.
func (g *gathered) cloudTriggers() (named map[string][]situation, open bool) {
	named = map[string][]situation{}
	for i := range g.terraform {
		f := &g.terraform[i].hclFile
		for _, b := range fileBlocks(f) {
			if b.kind != "resource" || b.label(0) != "google_cloudbuild_trigger" || b.body() == nil {
				continue
			}
			file := b.literal("filename")
			for _, in := range b.body().Blocks {
				if in.Type == "git_file_source" {
					file = (&tfBlock{file: f, tree: in.Body}).literal("path")
				}
			}
			if file == "" {
				open = true
				continue
			}
			file = path.Clean(file)
			named[file] = append(named[file], triggerStarts(f, b.body())...)
		}
	}
	return named, open
}

// triggerStarts is what a trigger waits for. Messages and calls from elsewhere
// come without anybody's doing.
func triggerStarts(f *hclFile, body *hclsyntax.Body) []situation {
	for _, b := range body.Blocks {
		switch b.Type {
		case "github", "repository_event_config", "bitbucket_server_trigger_config":
			for _, in := range b.Body.Blocks {
				inner := tfBlock{file: f, tree: in.Body}
				switch {
				case in.Type == "pull_request":
					return []situation{onPull}
				case in.Body.Attributes["tag"] != nil:
					return []situation{onTag}
				case in.Type == "push":
					return pushedTo(inner.literal("branch"))
				}
			}
		case "trigger_template":
			inner := tfBlock{file: f, tree: b.Body}
			if b.Body.Attributes["tag_name"] != nil {
				return []situation{onTag}
			}
			return pushedTo(inner.literal("branch_name"))
		case "pubsub_config", "webhook_config":
			return []situation{onRelease}
		}
	}
	return []situation{byHand}
}

// pushedTo is the pushes that a regular expression on the branch lets through;
// one that is not written out may let any through.
func pushedTo(branch string) []situation {
	if branch == "" || strings.Contains(branch, "*") {
		return []situation{onDefault}
	}
	for _, d := range defaultBranches {
		if strings.Contains(branch, d) {
			return []situation{onDefault}
		}
	}
	return []situation{onOther}
}

const submitCommand = "gcloud builds submit"

// toldToSubmit finds a comment that says how to submit a build.
var toldToSubmit = lazily(`(?m)^[ \t]*#.*\bgcloud (?:beta |alpha )?builds submit\b`)

// pipelineSubmits tells whether a workflow or another CI system starts builds.
func (g *gathered) pipelineSubmits() bool {
	submits := func(c command) bool { return strings.HasPrefix(c.text, submitCommand) }
	for _, w := range g.workflows {
		for _, j := range w.jobs {
			for _, s := range j.steps {
				if slices.ContainsFunc(s.commands, submits) {
					return true
				}
			}
		}
	}
	return slices.ContainsFunc(g.ci, func(p parsedCI) bool {
		return p.system != "cloudbuild" && slices.ContainsFunc(p.steps, func(s ciStep) bool { return slices.ContainsFunc(s.commands, submits) })
	})
}

// submittedBuilds are the files that scripts of the repository submit.
func (g *gathered) submittedBuilds() map[string]bool {
	files := map[string]bool{}
	for _, s := range g.scripts {
		for _, t := range s.targets {
			for _, c := range t.commands {
				if !strings.HasPrefix(c.text, submitCommand) {
					continue
				}
				for _, name := range submittedFiles(c.text) {
					files[path.Join(c.dir, name)] = true
					files[path.Join(path.Dir(s.path), name)] = true
					files[path.Clean(name)] = true
				}
			}
		}
	}
	return files
}

// submittedFiles is the configuration that a submission names, else the one
// that is taken where neither a tag nor a builder is named.
func submittedFiles(text string) []string {
	words := strings.Fields(text)
	for i, w := range words {
		if name, ok := strings.CutPrefix(w, "--config="); ok {
			return []string{unquote(name)}
		}
		switch {
		case w == "--config" && i+1 < len(words):
			return []string{unquote(words[i+1])}
		case w == "-t", strings.HasPrefix(w, "--tag"), strings.HasPrefix(w, "--pack"):
			return nil
		}
	}
	return []string{"cloudbuild.yaml", "cloudbuild.yml", "cloudbuild.json"}
}
