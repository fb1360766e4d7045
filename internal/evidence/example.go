package evidence

import (
	"context"
	"fmt"
	"slices"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/snapshot"
)

// CheckExample runs a control's example through the whole engine and says in
// words what came out otherwise than the example says; nothing when all is as
// it says.
func (e *Engine) CheckExample(ctx context.Context, c *catalogue.Control, x catalogue.Example) ([]string, error) {
	all, warnings, err := e.findIn(ctx, x.Files, x)
	if err != nil {
		return nil, err
	}
	return checkFound(c, x, all, warnings)
}

// findIn is what comes out for files with the settings of an example.
func (e *Engine) findIn(ctx context.Context, files map[string]string, x catalogue.Example) ([]readiness.Finding, []facts.Warning, error) {
	s := snapshot.Memory(snapshot.Meta{Repository: "example"}, files)
	read, err := e.Read(ctx, s.Tree(""), facts.Options{})
	if err != nil {
		return nil, nil, err
	}
	return e.Find([]Source{{Reading: read}}, exampleSettings(x)), read.Warnings, nil
}

func checkFound(c *catalogue.Control, x catalogue.Example, all []readiness.Finding, warnings []facts.Warning) ([]string, error) {
	i := slices.IndexFunc(all, func(f readiness.Finding) bool { return f.Control == c.ID })
	if i < 0 {
		return nil, fmt.Errorf("example %q: control %s is not in the catalogue", x.Name, c.ID)
	}
	return compare(x, all[i], warnings), nil
}

// exampleSettings answers everything: with what the example says, else with
// nothing.
func exampleSettings(x catalogue.Example) snapshot.Settings {
	out := snapshot.Settings{}
	for _, name := range catalogue.SettingNames() {
		out[name] = snapshot.Answer{Facts: x.Settings[name]}
	}
	return out
}

func compare(x catalogue.Example, f readiness.Finding, warnings []facts.Warning) []string {
	var wrong []string
	for _, want := range []struct {
		strength readiness.Strength
		rules    []string
	}{{readiness.Proves, x.Proves}, {readiness.Suggests, x.Suggests}, {readiness.Contradicts, x.Contradicts}} {
		for _, rule := range want.rules {
			if !slices.ContainsFunc(f.Evidence, func(e readiness.Evidence) bool { return e.Strength == want.strength && e.Rule == rule }) {
				wrong = append(wrong, fmt.Sprintf("rule %s does not match as %s", rule, want.strength))
			}
		}
	}
	verdict := x.Verdict
	switch {
	case x.Nothing && verdict == "":
		if len(f.Evidence) > 0 || f.Verdict != readiness.None && f.Verdict != readiness.NotApplicable {
			wrong = append(wrong, "something came out, where nothing should")
		}
	case verdict == "" && len(x.Contradicts) > 0 && f.Verdict != readiness.NotApplicable:
		verdict = readiness.Contradicted
	case verdict == "" && len(x.Proves) > 0:
		verdict = readiness.Proven
	}
	if verdict != "" && f.Verdict != verdict {
		wrong = append(wrong, fmt.Sprintf("the verdict should be %s", verdict))
	}
	if len(wrong) > 0 {
		wrong = append(wrong, told(f, warnings)...)
	}
	return wrong
}

// told is what came out, for somebody who has to find out why.
func told(f readiness.Finding, warnings []facts.Warning) []string {
	out := []string{fmt.Sprintf("  verdict %s %s", f.Verdict, f.Reason)}
	for _, e := range f.Evidence {
		out = append(out, fmt.Sprintf("  %s %s %s %s", e.Strength, e.Rule, place(e.Path, e.StartLine), e.Summary))
	}
	for _, w := range warnings {
		out = append(out, fmt.Sprintf("  warning %s %s", place(w.Path, w.Line), w.Message))
	}
	return out
}
