package server

import (
	"slices"
	"strings"
	"testing"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/templates"
)

func TestWordsOfTests(t *testing.T) {
	five := 5.0
	long, err := catalogue.NewRegexp(strings.Repeat("a", longestExpression+1))
	if err != nil {
		t.Fatal(err)
	}
	db := catalogue.Where{All: []catalogue.Condition{{Path: "engine", Test: catalogue.Test{Equals: []string{"postgres"}}}}}
	for _, c := range []struct {
		test      catalogue.Test
		is, isNot string
	}{
		{catalogue.Test{Present: true}, " is there", " is absent"},
		{catalogue.Test{Equals: []string{"a", "b"}}, " = a or b", " is not a or b"},
		{catalogue.Test{Contains: "latest"}, " contains latest", " does not contain latest"},
		{catalogue.Test{Matches: long}, " fits a long pattern", " does not fit a long pattern"},
		{catalogue.Test{SameAs: "metadata.name"}, " is the same as metadata.name", " is not the same as metadata.name"},
		{catalogue.Test{AtLeast: &five}, " ≥ 5", " < 5"},
		{catalogue.Test{LessThan: &five}, " < 5", " ≥ 5"},
		{catalogue.Test{CountAtLeast: 2}, " has 2 or more", " has fewer than 2"},
		{catalogue.Test{Where: &db}, " has engine = postgres", " has none with engine = postgres"},
		{catalogue.Test{Not: &catalogue.Test{Absent: true}}, " is there", " is absent"},
	} {
		if is, isNot := testWords(c.test); is != c.is || isNot != c.isNot {
			t.Errorf("%q and %q, not %q and %q", is, isNot, c.is, c.isNot)
		}
	}
}

// Names match without regard to case, and are shown as their rule writes them,
// also when the catalogue comes from its compiled form.
func TestNamesAreShownAsWritten(t *testing.T) {
	c, err := catalogue.LoadCompiled(templates.FS, templates.Compiled)
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, control := range c.Controls {
		for _, r := range control.Rules {
			for _, m := range r.Any {
				for _, word := range strings.FieldsFunc(matcherWords(m), func(c rune) bool { return c == ' ' || c == ',' }) {
					shown[word] = true
				}
			}
		}
	}
	for _, name := range []string{"AWS::RDS::DBInstance", "aws_db_instance", "Deployment"} {
		if !shown[name] {
			t.Errorf("nowhere is there %s", name)
		}
	}
	if shown["aws::rds::dbinstance"] {
		t.Error("a name is shown in lower case")
	}
	if m := (catalogue.Matcher{Names: catalogue.NewNames("*/{A,b}/aws"), Globs: []string{"docs/*.{md,rst}"}}); !slices.Equal(m.Spelled(), []string{"*/{A,b}/aws", "docs/*.{md,rst}"}) {
		t.Errorf("a matcher is spelled %q", m.Spelled())
	}
}
