package facts

import (
	"path"
	"slices"
	"strings"
)

// Other CI systems give one CI fact for each simple command, those of the
// scripts they run included, and one for each task, orb, plugin or template.
// The fact's name is the system. Its attributes are system, run (the command
// as rules see it), uses and with, job, stage, image, environment, env, if,
// when (the same classes as a workflow's), via and via_line.

// parsedCI is one file of another CI system.
type parsedCI struct {
	path   string
	system string
	steps  []ciStep
	tops   []Value // of Azure and Concourse: the documents, until all files have been seen
	loose  bool    // only its content says that it belongs to the system
	byHand bool    // of Cloud Build: its comments tell people how to submit it
}

// ciStep is a run of commands, or one thing used, that share a place.
type ciStep struct {
	job, stage string
	when       []string
	hint       string
	start, end int

	commands []command
	uses     string
	ref      string
	with     Value
	fields   []Field // image, environment, env, if
}

// ciSystem tells by its path which system a file may belong to; empty when
// it is none's.
func ciSystem(name string) string {
	base, dir := name, "."
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		dir, base = name[:i], name[i+1:]
	}
	lower := strings.ToLower(base)
	switch {
	case name == ".gitlab-ci.yml", name == ".gitlab-ci.yaml", isYAML(name) && strings.HasPrefix(dir, ".gitlab/") || isYAML(name) && strings.Contains(base, ".gitlab-ci."):
		return "gitlab"
	case dir == ".circleci" && isYAML(name):
		return "circleci"
	case isJenkinsfile(base, lower):
		return "jenkins"
	case strings.HasPrefix(dir, ".teamcity") && strings.HasSuffix(base, ".kts"):
		return "teamcity"
	case !isYAML(name) && !strings.HasSuffix(base, ".json"):
		return ""
	case strings.HasPrefix(base, "azure-pipeline"), strings.HasPrefix(base, "azure_pipeline"), within(dir, ".azure-pipelines", ".azuredevops", ".azure/pipelines", ".pipelines", ".vsts"):
		return "azure"
	case strings.HasPrefix(lower, "buildspec"), strings.HasSuffix(lower, "buildspec.yml"), strings.HasSuffix(lower, "buildspec.yaml"), among(dir, "buildspec", "buildspecs"):
		return "codebuild"
	case strings.HasPrefix(base, "cloudbuild"), within(dir, ".cloudbuild"), isCloudBuild(lower), isCloudBuild(strings.ToLower(path.Base(dir))):
		return "cloudbuild"
	case dir == ".buildkite", name == "buildkite.yml":
		return "buildkite"
	case name == ".travis.yml":
		return "travis"
	case name == ".drone.yml", name == ".drone.yaml":
		return "drone"
	case name == ".woodpecker.yml", name == ".woodpecker.yaml", within(dir, ".woodpecker"):
		return "woodpecker"
	case name == "bitbucket-pipelines.yml":
		return "bitbucket"
	case name == "delivery.yaml", name == "delivery.yml":
		return "zalando"
	case lower == "amplify.yml", lower == "amplify.yaml":
		return "amplify"
	}
	return ""
}

// isJenkinsfile takes Jenkinsfile, Jenkinsfile_k8s, Jenkinsfile.release and
// deploy.Jenkinsfile, no text about one.
func isJenkinsfile(base, lower string) bool {
	if rest, ok := strings.CutPrefix(base, "Jenkinsfile"); ok {
		switch path.Ext(lower) {
		case ".md", ".txt", ".adoc", ".rst", ".j2", ".erb", ".tpl":
			return false
		}
		return rest == "" || strings.ContainsRune("._-", rune(rest[0]))
	}
	return lower == "jenkinsfile" || strings.HasSuffix(lower, ".jenkinsfile") || strings.HasSuffix(base, "-Jenkinsfile")
}

// isCloudBuild takes web.cloudbuild.yaml and deploy-cloudbuild.json, and of
// folders cloudbuild and ci-cloudbuild.
func isCloudBuild(lower string) bool {
	name := strings.TrimSuffix(lower, path.Ext(lower))
	return name == "cloudbuild" || name == "cloud-build" || strings.HasSuffix(name, ".cloudbuild") || strings.HasSuffix(name, "-cloudbuild") || strings.HasSuffix(name, "_cloudbuild")
}

// isCI tells by its path whether another CI system may read a file.
func isCI(name string) bool { return ciSystem(name) != "" }

func within(dir string, roots ...string) bool {
	return slices.ContainsFunc(roots, func(r string) bool { return dir == r || strings.HasPrefix(dir, r+"/") })
}

// among tells whether a folder is called so, or is in one that is.
func among(dir string, names ...string) bool {
	return slices.ContainsFunc(strings.Split(dir, "/"), func(s string) bool { return slices.Contains(names, s) })
}

// readCI reads a file that ciSystem names.
func readCI(name string, text []byte) (parsedCI, []Warning) {
	p := parsedCI{path: name, system: ciSystem(name)}
	if len(text) > maxYAMLBytes {
		return p, []Warning{{Path: name, Line: 1, Message: "larger than 1 MiB, not read", Kinds: []Kind{CI}}}
	}
	switch p.system {
	case "jenkins":
		p.steps = readJenkins(text)
		return p, nil
	case "teamcity":
		p.steps = readTeamCity(text)
		return p, nil
	}
	p.byHand = p.system == "cloudbuild" && toldToSubmit().Match(text)
	docs, warnings := yamlDocuments(name, text)
	for i := range warnings {
		warnings[i].Kinds = []Kind{CI}
	}
	reader := nodeReader{tagged: gitlabReference}
	for _, doc := range docs {
		top := reader.value(doc)
		if p.system == "azure" {
			p.tops = append(p.tops, top)
			continue
		}
		p.steps = append(p.steps, p.read(top)...)
	}
	return p, warnings
}

func (p *parsedCI) read(top Value) []ciStep {
	switch p.system {
	case "gitlab":
		return readGitLab(top)
	case "circleci":
		return readCircleCI(top)
	case "codebuild":
		return readCodeBuild(top)
	case "cloudbuild":
		return readCloudBuild(p.path, top)
	case "buildkite":
		return readBuildkite(top)
	case "travis":
		return readTravis(top)
	case "drone":
		return readDrone(top)
	case "woodpecker":
		return readWoodpecker(top)
	case "bitbucket":
		return readBitbucket(top)
	case "zalando":
		return readZalando(top)
	case "amplify":
		return readAmplify(top)
	}
	return nil
}

// joinCI makes the facts of other CI systems, scripts followed.
func joinCI(files []parsedCI, run []parsedScript) []Fact {
	all := indexScripts(run)
	var out []Fact
	for _, p := range files {
		for i := range p.steps {
			out = append(out, p.facts(&p.steps[i], all)...)
		}
	}
	tellReach(out)
	return out
}

func (p *parsedCI) facts(s *ciStep, all scripts) []Fact {
	var out []Fact
	if s.uses != "" {
		v := Value{Kind: Map, Start: s.start, End: s.end, Fields: []Field{{"uses", Str(s.uses)}}}
		if s.ref != "" {
			v.Fields = append(v.Fields, Field{"ref", Str(s.ref)})
		}
		if s.with.Kind != Absent {
			v.Fields = append(v.Fields, Field{"with", s.with})
		}
		hint := s.hint
		if hint == "" {
			hint = softInput(s.with)
		}
		out = append(out, p.fact(s, v, hint))
	}
	for _, c := range all.follow(s.commands) {
		v := c.value()
		v.Fields[0].Key = "run"
		v.Fields = slices.DeleteFunc(v.Fields, func(f Field) bool { return f.Key == "hint" })
		hint := s.hint
		if hint == "" {
			hint = c.hint
		}
		out = append(out, p.fact(s, v, hint))
	}
	return out
}

func (p *parsedCI) fact(s *ciStep, v Value, hint string) Fact {
	v.Fields = append(v.Fields, Field{"system", Str(p.system)}, Field{"when", Strs(s.when)})
	if s.job != "" {
		v.Fields = append(v.Fields, Field{"job", Str(s.job)})
	}
	if s.stage != "" {
		v.Fields = append(v.Fields, Field{"stage", Str(s.stage)})
	}
	v.Fields = append(v.Fields, s.fields...)
	return Fact{Kind: CI, Name: p.system, Path: p.path, Start: v.Start, End: v.End, Value: v, Hint: hint, Group: p.path + "#" + s.job}
}

// set adds an attribute that is there.
func (s *ciStep) set(key string, v Value) {
	if v.Kind != Absent && v.Kind != Null {
		s.fields = append(slices.Clip(s.fields), Field{key, v}) // steps of a job begin with the same fields
	}
}

// scriptLines is the commands of a script given as one text or as a list of
// texts, nested lists included.
func scriptLines(v Value, dir string, pipefail bool) []command {
	return scriptHolding(v, dir, pipefail, map[string]string{})
}

// scriptHolding is scriptLines in one shell, whose variables hold vars.
func scriptHolding(v Value, dir string, pipefail bool, vars map[string]string) []command {
	switch v.Kind {
	case String:
		return blockHolding(v, dir, pipefail, vars)
	case List:
		var out []command
		for _, item := range v.Items {
			cs := scriptHolding(item, dir, pipefail, vars)
			if len(cs) > 0 && item.Kind == String && strings.HasPrefix(strings.TrimSpace(item.Text), "cd ") {
				dir = cs[len(cs)-1].dir
			} else if item.Kind == String {
				if to, ok := strings.CutPrefix(strings.TrimSpace(item.Text), "cd "); ok && !strings.ContainsAny(to, " &;$|\n") {
					dir = joinDir(dir, unquote(to))
				}
			}
			out = append(out, cs...)
		}
		return out
	}
	return nil
}

// The situations that most systems know of.
var (
	onDefault  = situation{"push_default", "push"}
	onOther    = situation{"push_other", "push"}
	onTag      = situation{"push_tag", "push"}
	onPull     = situation{"pull_request", "pull_request"}
	onSchedule = situation{"schedule", "schedule"}
	byHand     = situation{"workflow_dispatch", "workflow_dispatch"}
	onRelease  = situation{"release", "release"}
)

// heldBack is the classes of a job that a person has to let go on after jobs
// of these: it deploys what they would, and checks no change.
func heldBack(before []string) []string {
	if slices.Contains(before, "deploy") {
		return []string{"deploy"}
	}
	return triggerClasses([]situation{byHand})
}

// onBranches is the pushes that a list of branch names or patterns lets
// through; those written /…/ are regular expressions.
func onBranches(names Value) []situation {
	var out []situation
	for _, n := range few(membersOf(names)) {
		text := strings.TrimPrefix(n.Text, "refs/heads/")
		s := onOther
		for _, d := range defaultBranches {
			if branchMatch(text, d) || strings.HasPrefix(text, "/") && strings.Contains(text, d) || text == "/.*/" {
				s = onDefault
			}
		}
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// eventSituation is what a system's word for an event means.
func eventSituation(word string) []situation {
	switch strings.TrimPrefix(word, "refs/") {
	case "push":
		return []situation{onDefault, onOther}
	case "pull_request", "merge_requests", "merge_request_event", "pull-requests", "pull_request_metadata":
		return []situation{onPull}
	case "tag", "tags":
		return []situation{onTag}
	case "cron", "schedule", "schedules":
		return []situation{onSchedule}
	case "manual", "custom", "web", "promote", "rollback":
		return []situation{byHand}
	case "release", "deployment":
		return []situation{onRelease}
	case "branches", "pushes":
		return []situation{onDefault, onOther}
	}
	return nil
}
