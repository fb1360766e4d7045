package server

import (
	"fmt"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/facts"
)

// families are the places that rules look into, in words.
var families = map[facts.Kind]string{
	"workflow":        "a step of a GitHub Actions workflow",
	"workflow_job":    "a job of a GitHub Actions workflow",
	"ci":              "a job of a CI system",
	"terraform":       "Terraform or OpenTofu code",
	"cloudformation":  "a CloudFormation, SAM or CDK template",
	"serverless":      "a Serverless Framework file",
	"kubernetes":      "a Kubernetes object",
	"helm":            "a Helm chart",
	"dockerfile":      "a Dockerfile",
	"compose":         "a Compose service",
	"packer":          "a Packer template",
	"platform":        "an application as its platform's file describes it",
	"bicep":           "a Bicep or Azure Resource Manager template",
	"ansible":         "an Ansible task",
	"construct":       "infrastructure written in CDK or Pulumi",
	"dependency":      "a declared dependency",
	catalogue.File:    "a file",
	catalogue.Content: "the text of a file",
	"setting":         "a setting on GitHub",
	"activity":        "what happened on GitHub",
	catalogue.Facet:   "a fact about the repository",
}

// looksAt is what a rule looks for, a line each.
func looksAt(r catalogue.Rule) []string {
	var out []string
	for i, m := range catalogue.Written(r.Any) {
		lead := ""
		if i > 0 {
			lead = "or "
		}
		out = append(out, lead+matcherWords(m))
	}
	if r.Every && len(out) > 0 {
		out = append(out, "every one that is there has to comply")
	}
	switch {
	case r.Distinct != "":
		out = append(out, fmt.Sprintf("at least %d different values of %s", r.AtLeast, r.Distinct))
	case r.AtLeast > 1:
		out = append(out, fmt.Sprintf("at least %d of them", r.AtLeast))
	}
	where := map[catalogue.Scope]string{
		catalogue.Anywhere: "in the repository", catalogue.SameFile: "in the same file",
		catalogue.SameDir: "in the same folder", catalogue.SameGroup: "in the same job or resource",
		catalogue.SameTwin: "under the same path but for the environment's name",
		catalogue.SameName: "about one of the names caught",
	}[r.Same]
	for _, one := range r.With {
		lead := "together, " + where + ", with "
		for _, m := range catalogue.Written(one) {
			out = append(out, lead+matcherWords(m))
			lead = "or with "
		}
	}
	for _, m := range catalogue.Written(r.Without) {
		out = append(out, "and without, "+where+", "+matcherWords(m))
	}
	lead := "and more of them than of "
	for _, m := range catalogue.Written(r.Outnumbers) {
		out = append(out, lead+matcherWords(m))
		lead = "together with "
	}
	if r.Areas != 0 {
		out = append(out, "also in "+strings.Join(catalogue.AreaWords(r.Areas), ", ")+" folders")
	}
	return out
}

// matcherWords is one matcher in words: the family, its names, its tests.
func matcherWords(m catalogue.Matcher) string {
	out, ok := families[m.Kind]
	if !ok {
		out = string(m.Kind)
	}
	if m.Pipeline {
		out = "a step of a pipeline"
	}
	names := m.Spelled()
	if m.Facet != "" {
		names = append(names, m.Facet)
	}
	if len(names) > 0 {
		out += ": " + listed(names, 8)
	}
	if m.Run != nil {
		out += ", running something like " + m.Run.String()
	}
	for _, re := range m.Match {
		out += ", with text like " + re.String()
	}
	for _, re := range m.None {
		out += ", without text like " + re.String()
	}
	when := map[catalogue.When]string{
		catalogue.WhenCI: ", run on pushes or pull requests", catalogue.WhenDeploy: ", run when deploying",
		catalogue.WhenSchedule: ", run on a schedule", catalogue.WhenManual: ", started by hand",
	}
	out += when[m.When] + whereWords(m.Where)
	if exempt := conditions(m.Exempt); len(exempt) > 0 {
		out += ", leaving out " + listed(exempt, 6)
	}
	return out
}

// whereWords is what has to hold of the attributes that are tested.
func whereWords(w catalogue.Where) string {
	parts := conditions(w)
	if len(parts) == 0 {
		return ""
	}
	return ", where " + listed(parts, 6)
}

// conditions are what all have to hold, in words.
func conditions(w catalogue.Where) []string {
	var out []string
	for _, c := range w.All {
		is, _ := testWords(c.Test)
		out = append(out, attribute(c.Path)+is)
	}
	var either []string
	for _, inner := range w.Any {
		either = append(either, strings.Join(conditions(inner), " and "))
	}
	if len(either) > 0 {
		out = append(out, strings.Join(either[:min(len(either), 4)], " or ")+more(either, 4))
	}
	for _, inner := range w.None {
		if words := strings.Join(conditions(inner), " and "); words != "" {
			out = append(out, "not "+words)
		}
	}
	return out
}

// attribute is the name of an attribute; those that Readyline works out itself
// begin with a line.
func attribute(path string) string {
	path = strings.ReplaceAll(path, "`", "")
	if path == "_env" {
		return "environment"
	}
	return strings.ReplaceAll(strings.TrimPrefix(path, "_"), "._", ".")
}

// longestExpression is how long an expression is that still tells something.
const longestExpression = 60

// testWords is one test, as it reads after the name of an attribute, and what it
// is when it must not hold.
func testWords(t catalogue.Test) (is, isNot string) {
	switch {
	case t.Absent:
		return " is absent", " is there"
	case t.Present:
		return " is there", " is absent"
	case len(t.Equals) > 0:
		values := strings.Join(t.Equals[:min(len(t.Equals), 4)], " or ") + more(t.Equals, 4)
		return " = " + values, " is not " + values
	case t.AtLeast != nil:
		return fmt.Sprintf(" ≥ %g", *t.AtLeast), fmt.Sprintf(" < %g", *t.AtLeast)
	case t.AtMost != nil:
		return fmt.Sprintf(" ≤ %g", *t.AtMost), fmt.Sprintf(" > %g", *t.AtMost)
	case t.MoreThan != nil:
		return fmt.Sprintf(" > %g", *t.MoreThan), fmt.Sprintf(" ≤ %g", *t.MoreThan)
	case t.LessThan != nil:
		return fmt.Sprintf(" < %g", *t.LessThan), fmt.Sprintf(" ≥ %g", *t.LessThan)
	case t.Matches != nil && len(t.Matches.String()) <= longestExpression:
		text := strings.TrimPrefix(t.Matches.String(), "(?i)")
		return " like " + text, " is not like " + text
	case t.Matches != nil:
		return " fits a long pattern", " does not fit a long pattern"
	case t.SameAs != "":
		return " is the same as " + attribute(t.SameAs), " is not the same as " + attribute(t.SameAs)
	case t.Known:
		return " is known", " is not known"
	case t.Contains != "":
		return " contains " + t.Contains, " does not contain " + t.Contains
	case t.CountAtLeast > 0:
		return fmt.Sprintf(" has %d or more", t.CountAtLeast), fmt.Sprintf(" has fewer than %d", t.CountAtLeast)
	case t.Where != nil:
		inner := strings.Join(conditions(*t.Where), " and ")
		return " has " + inner, " has none with " + inner
	case t.Each != nil:
		each, _ := testWords(*t.Each)
		return ", each," + each, ", not each," + each
	case t.Not != nil:
		isNot, is = testWords(*t.Not)
		return is, isNot
	}
	return " is as it should be", " is not as it should be"
}

// more tells how many of a list are left out.
func more(all []string, most int) string {
	if len(all) > most {
		return fmt.Sprintf(" and %d more", len(all)-most)
	}
	return ""
}

func listed(all []string, most int) string {
	return strings.Join(all[:min(len(all), most)], ", ") + more(all, most)
}
