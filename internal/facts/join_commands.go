package facts

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// commands calls see with every command that a workflow, another CI system or
// a script runs.
func (g *gathered) commands(see func(command)) {
	each := func(all []command) {
		for _, c := range all {
			see(c)
		}
	}
	for _, w := range g.workflows {
		for _, j := range w.jobs {
			for _, s := range j.steps {
				each(s.commands)
			}
		}
	}
	for _, c := range g.ci {
		for _, s := range c.steps {
			each(s.commands)
		}
	}
	for _, s := range g.scripts {
		for _, t := range s.targets {
			each(t.commands)
		}
	}
}

// terraformRoots are the folders in which something plans or applies.
// What Flux's controller of Terraform is told to apply is one too.
func (g *gathered) terraformRoots(objects []Fact) []string {
	roots := map[string]bool{}
	for i := range objects {
		if f := &objects[i]; f.Kind == Kubernetes && f.Name == "terraform.infra.contrib.fluxcd.io" && f.Value.Get("spec").Get("path").Text != "" {
			roots[path.Join(".", f.Value.Get("spec").Get("path").Text)] = true
		}
	}
	for i := range g.charts {
		if text := g.charts[i].text; strings.Contains(text, "kind: Terraform\n") {
			for _, m := range appliedPath().FindAllStringSubmatch(text, -1) {
				roots[path.Join(".", m[1])] = true
			}
		}
	}
	g.commands(func(c command) {
		if dir, ok := appliedDir(c); ok {
			roots[dir] = true
		}
	})
	return slices.Sorted(maps.Keys(roots))
}

// appliedPath is the path that an object of Flux's names, in a chart's template.
var appliedPath = lazily(`(?m)^  path:[ \t]*["']?(\.?/?\w[\w./-]*)["']?[ \t]*$`)

// appliedDir is where a command runs Terraform for good; "." is the top.
func appliedDir(c command) (string, bool) {
	words := strings.Fields(c.text)
	if len(words) < 2 || words[0] != "terraform" && words[0] != "tofu" && words[0] != "terragrunt" {
		return "", false
	}
	dir := c.dir
	for i, w := range words[1:] {
		if w == "plan" || w == "apply" {
			return path.Join(".", dir), true
		}
		if to, ok := strings.CutPrefix(w, "-chdir="); ok {
			dir = path.Join(dir, to)
		}
		if to, ok := strings.CutPrefix(w, "--terragrunt-working-dir="); ok {
			dir = path.Join(dir, to)
		}
		if (w == "--working-dir" || w == "--terragrunt-working-dir") && i+2 < len(words) {
			dir = path.Join(dir, words[i+2])
		}
	}
	return "", false
}

// composeDeployed are the Compose files that a command puts on a machine that
// is not the one it runs on: a swarm, another host, a context.
func (g *gathered) composeDeployed() map[string]bool {
	files := map[string]bool{}
	g.commands(func(c command) {
		stack := strings.Contains(c.text, "docker ") && strings.Contains(c.text, " stack deploy ")
		up := strings.Contains(c.text, "compose") && strings.Contains(c.text, " up")
		away := strings.Contains(c.text, "ssh") || strings.Contains(c.text, "--context") || strings.Contains(c.text, "DOCKER_HOST=")
		if !stack && !(up && away) {
			return
		}
		named := false
		words := strings.FieldsFunc(c.text, func(r rune) bool { return strings.ContainsRune(" \t'\"=;&", r) })
		for i, w := range words[:max(len(words)-1, 0)] {
			if w == "-f" || w == "--file" || w == "-c" || w == "--compose-file" {
				files[path.Join(c.dir, words[i+1])] = true
				named = true
			}
		}
		if !named {
			for _, base := range [...]string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"} {
				files[path.Join(c.dir, base)] = true
			}
		}
	})
	return files
}

// markDeployed says of the services of those files that something deploys them.
func markDeployed(all []Fact, files map[string]bool) {
	for i, f := range all {
		if f.Kind == Compose && files[f.Path] {
			all[i].Value = f.Value.With("_deployed", Boolean(true))
		}
	}
}
