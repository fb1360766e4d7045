package facts

import (
	"slices"
	"strings"
)

// clockStarted are the builds of CodeBuild that a rule of EventBridge starts by
// the clock, by folder or template and name.
func clockStarted(all []Fact) map[string]bool {
	rules, out := map[string]bool{}, map[string]bool{}
	for i := range all {
		f := &all[i]
		if f.Kind == Terraform && f.Name == "aws_cloudwatch_event_rule" && f.Hint == "" && f.Value.Get("schedule_expression").Text != "" {
			rules[f.Group+" "+f.Value.Get("_name").Text] = true
		}
	}
	for i := range all {
		switch f := &all[i]; {
		case f.Hint != "":
		case f.Kind == Terraform && f.Name == "aws_cloudwatch_event_target":
			rule, build := referred(f.Value.Get("rule"), "aws_cloudwatch_event_rule"), referred(f.Value.Get("arn"), "aws_codebuild_project")
			if build != "" && rules[f.Group+" "+rule] {
				out[f.Group+" "+build] = true
			}
		case f.Kind == CloudFormation && f.Name == "aws::events::rule" && f.Value.Get("ScheduleExpression").Text != "":
			for _, t := range membersOf(f.Value.Get("Targets")) {
				words := strings.FieldsFunc(t.Get("Arn").Text, func(r rune) bool { return r == ' ' || r == '.' || r == '{' || r == '}' || r == '$' })
				if n := slices.Index(words, "Arn"); n > 0 {
					out[f.Path+" "+words[n-1]] = true
				}
			}
		}
	}
	return out
}

// byClock tells whether a project is among those.
func byClock(f *Fact, started map[string]bool) bool {
	place := f.Group
	if f.Kind == CloudFormation {
		place = f.Path
	}
	return started[place+" "+f.Value.Get("_name").Text]
}

// referred is the name of the resource of a type that a reference leads to.
func referred(v Value, kind string) string {
	rest, ok := strings.CutPrefix(strings.TrimSpace(v.Text), kind+".")
	if !ok {
		return ""
	}
	return rest[:max(strings.IndexAny(rest, ".["), 0)]
}
