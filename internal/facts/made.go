package facts

import (
	"slices"
	"strings"
)

// madeKinds are the families that commands make facts of.
var madeKinds = []Kind{Bicep, CloudFormation, Kubernetes, Terraform}

// joinMade gives the facts of what commands and actions set up where they
// deploy it: the flags of a command line say of a service what a template or a
// manifest would.
func joinMade(all []Fact) []Fact {
	var m maker
	for i := range all {
		f := &all[i]
		switch f.Kind {
		case Workflow:
			for _, c := range f.Value.Get("commands").Items {
				m.command(f, c, c.Get("text").Text)
			}
			if uses := f.Value.Get("uses").Text; uses != "" {
				m.action(f, strings.ToLower(uses))
			}
		case CI:
			m.command(f, f.Value, f.Value.Get("run").Text)
		}
	}
	return slices.Clip(m.facts)
}

// maker collects facts, one for each place and thing.
type maker struct {
	facts []Fact
	at    map[madeKey]int
}

type madeKey struct {
	path, name, called string
	start              int
}

// command makes what a command line sets up; c is where it stands.
func (m *maker) command(f *Fact, c Value, text string) {
	program, _, _ := strings.Cut(text, " ")
	switch program {
	case "gcloud":
		m.gcloud(f, c, parseFlags(splitWords(text)[1:], isGcloudSwitch, false, c))
	case "az":
		m.add(f, c, azureMade(parseFlags(splitWords(text)[1:], isNoSwitch, true, c)))
	case "aws":
		m.add(f, c, awsMade(parseFlags(splitWords(text)[1:], isAWSSwitch, true, c)))
	}
}

func isNoSwitch(string) bool { return false }

func (m *maker) gcloud(f *Fact, c Value, in flags) {
	switch {
	case in.runs("run", "deploy"), in.runs("run", "services", "update"), in.runs("run", "jobs", "deploy"), in.runs("run", "jobs", "create"), in.runs("run", "jobs", "update"):
		m.add(f, c, cloudRun(in))
	case in.runs("functions", "deploy"):
		m.add(f, c, cloudFunction(in))
	}
}

// action makes what the inputs of an action set up.
func (m *maker) action(f *Fact, uses string) {
	with := f.Value.Get("with")
	switch uses {
	case "aws-actions/amazon-ecs-deploy-task-definition":
		m.add(f, with, awsMade(serviceInputs(with)))
	case "aws-actions/aws-lambda-deploy", "appleboy/lambda-action", "int128/deploy-lambda-action":
		m.add(f, with, awsMade(lambdaInputs(with)))
	case "google-github-actions/deploy-cloudrun":
		m.add(f, with, cloudRun(cloudRunInputs(with)))
	case "google-github-actions/deploy-cloud-functions":
		m.add(f, with, cloudFunction(functionInputs(with)))
	}
}

// add places what a command made. Of several ways that lead to one command of
// a script, the best counts.
func (m *maker) add(f *Fact, c Value, made Fact) {
	if made.Value.Kind != Map {
		return
	}
	called := made.Value.Get("_name").Text
	made.Hint = madeHint(f, c)
	if made.Hint == hintPreviews || preview().MatchString(called) {
		return // it is gone when the review is over
	}
	made.Made, made.Group = true, f.Group
	made.Path, made.Start, made.End = f.Path, c.Start, c.End
	if via := c.Get("via").Text; via != "" {
		line, _ := c.Get("via_line").Float()
		made.Path, made.Start, made.End = via, int(line), int(line)
		made.Value = placedAt(made.Value, int(line), int(line))
	}
	if env := madeFor(f, called); env != "" && made.Value.Get("_env").Kind == Absent {
		made.Value = made.Value.With("_env", Str(env))
	}
	key := madeKey{made.Path, made.Name, called, made.Start}
	i, ok := m.at[key]
	switch {
	case !ok:
		if m.at == nil {
			m.at = map[madeKey]int{}
		}
		m.at[key] = len(m.facts)
		m.facts = append(m.facts, made)
	case madeRank(&made) < madeRank(&m.facts[i]):
		m.facts[i] = made
	}
}

// madeRank puts what is certain and production's first.
func madeRank(f *Fact) int {
	rank := 0
	if f.Hint != "" {
		rank = 2
	}
	if env := f.Value.Get("_env").Text; env != "" && env != production {
		rank++
	}
	return rank
}

const (
	hintPreviews = "deploys changes that are still under review"
	hintBranches = "does not run on the default branch"
	hintByHand   = "only a person starts it"
)

// madeHint says why what a command sets up may not be what runs. Whoever
// starts what is for production by hand deploys it no less.
func madeHint(f *Fact, c Value) string {
	hint := f.Hint
	if hint == "" {
		hint = c.Get("hint").Text
	}
	switch hint {
	case hintNested, hintPiped, hintTested: // what it prints is used, or how it ends is told
		hint = ""
	}
	when := f.Value.Get("when").Items
	is := func(class string) bool {
		return slices.ContainsFunc(when, func(v Value) bool { return v.Text == class })
	}
	triggers := f.Value.Get("triggers").Items
	reviewed := slices.ContainsFunc(triggers, isReview)
	switch {
	case is("deploy") || is("schedule"):
		return hint
	case reviewed && !slices.ContainsFunc(triggers, func(v Value) bool { return !isReview(v) && v.Text != "workflow_dispatch" && v.Text != "workflow_call" }):
		return hintPreviews
	case hint != "" || is("other"):
		return hint
	case is("ci") && f.Kind != Workflow:
		return hintBranches
	case is("ci") || targets(f, production):
		return ""
	}
	return hintByHand
}

// isReview tells of an event that a change under review sets off.
func isReview(v Value) bool {
	return strings.HasPrefix(v.Text, "pull_request") || v.Text == "merge_group"
}

// preview knows the name of what is deployed of one pull request.
var preview = lazily(`(?i)(^|[-_])(pr|mr|review|preview)[-_]?\$|pull_request|event\.number|pr_?number|merge_request|issue\.number`)

func targets(f *Fact, env string) bool {
	return slices.ContainsFunc(f.Value.Get("target").Items, func(v Value) bool { return v.Text == env })
}

// madeFor is the environment that something is deployed to.
func madeFor(f *Fact, called string) string {
	if env := environmentOf(called); env != "" && !strings.Contains(called, "$") {
		return env
	}
	if list := f.Value.Get("target").Items; len(list) > 0 && !targets(f, production) {
		return list[0].Text
	}
	if targets(f, production) {
		return production
	}
	return environmentOf(f.Value.Get("job").Text)
}
