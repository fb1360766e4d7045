package facts

import (
	"path"
	"strings"
)

// sshActions run on another machine what one of their inputs says.
var sshActions = map[string]string{
	"appleboy/ssh-action":                   "script",
	"cross-the-world/ssh-scp-ssh-pipelines": "last_ssh",
	"d3rhase/ssh-command-action":            "command",
	"fifsky/ssh-action":                     "command",
	"garygrossgarten/github-action-ssh":     "command",
}

// brought is how files of the repository come to the machine: it has a clone
// of it that is brought up to date, or they are copied.
var (
	brought = lazily(`(?m)\bgit\s+(.*\s)?(pull|fetch|clone|checkout|reset)\b`)
	copied  = lazily(`(?i)\b(scp|rsync)\b`)
	entered = lazily(`(?:^|[\n;&|(])\s*cd\s+["']?([\w./~$@{}-]+)`)
)

var (
	detached = lazily(`\s(-d|--detach|--wait)(\s|$)`)
	deployer = lazily(`(?i)deploy|release|prod`)
)

// deploysHere tells of a job that, by its name or its workflow's, deploys, and
// that runs on a machine of one's own.
func (j *parsedJob) deploysHere(workflow string) bool {
	on := j.value.Get("runs-on")
	own := on.Text == "self-hosted"
	for _, label := range on.Items {
		own = own || label.Text == "self-hosted"
	}
	return own && deployer().MatchString(path.Base(workflow)+" "+j.id)
}

// composeOnHosts adds the Compose files that jobs start on machines that they
// reach by SSH, or that are the project's own, out of those that there are.
func (g *gathered) composeOnHosts(files, known map[string]bool) {
	for _, w := range g.workflows {
		for _, j := range w.jobs {
			if j.deploysHere(w.path) {
				for _, s := range j.steps {
					for _, c := range s.commands {
						if detached().MatchString(c.text) {
							startedByCompose(c.text, c.dir, files, known)
						}
					}
				}
			}
			here := false
			for _, s := range j.steps {
				here = here || copied().MatchString(s.uses) || copied().MatchString(s.value.Get("run").Text)
			}
			for _, s := range j.steps {
				script := s.value.Get("with").Get(sshActions[strings.ToLower(s.uses)])
				if script.Kind != String || !here && !brought().MatchString(script.Text) {
					continue
				}
				dir := ""
				for _, m := range entered().FindAllStringSubmatch(script.Text, maxMembers) {
					if strings.ContainsAny(m[1][:1], "/~$") {
						dir = ""
					}
					dir = path.Join(dir, m[1])
				}
				for _, c := range blockCommands(script, "", false) {
					startedByCompose(c.text, dir, files, known)
				}
			}
		}
	}
}

// startedByCompose adds what one command of a machine starts. Where the
// machine keeps the repository is no part of a file's path: the longest end of
// the folder that leads to a file counts.
func startedByCompose(command, dir string, files, known map[string]bool) {
	if !strings.Contains(command, "compose") || !strings.Contains(command, " up") {
		return
	}
	var names []string
	words := strings.Fields(command)
	for i, w := range words[:max(len(words)-1, 0)] {
		if w == "-f" || w == "--file" {
			names = append(names, unquote(words[i+1]))
		}
	}
	if len(names) == 0 {
		names = []string{"compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"}
	}
	for at, more := strings.TrimPrefix(dir, "/"), true; more; {
		found := false
		for _, name := range names {
			if file := path.Join(at, name); known[file] {
				files[file], found = true, true
			}
		}
		if found || at == "" {
			return
		}
		_, at, more = strings.Cut(at, "/")
		more = more || at == ""
	}
}
