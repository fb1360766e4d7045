package catalogue

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/templates"
)

var update = flag.Bool("update", false, "write what comes out into testdata/faults")

// What ships has no fault.
func TestShipped(t *testing.T) {
	c, err := Load(templates.FS)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Checklist(DefaultChecklist); !ok {
		t.Errorf("there is no checklist %s", DefaultChecklist)
	}
	for _, list := range c.Checklists {
		for _, item := range list.Items {
			if len(item.Controls) == 0 || item.Section == "" || item.Guidance == "" || item.Required != (item.RequiredBecause != "") {
				t.Errorf("checklist %s, line %d: item %s lacks its control, section, guidance or reason", list.ID, item.Line, item.ID)
			}
		}
	}
}

// Each file of testdata/faults holds an organisation's files, beside a small
// catalogue that ships, and every fault that must be found in them.
func TestFaults(t *testing.T) {
	shipped, err := Load(fstest.MapFS{
		"controls/all.yaml":    {Data: []byte("controls:\n  - {id: known, title: Known, meaning: m, by_hand: nobody knows}\nfacets:\n  has-code: {means: has code, any: [{file: {path: ['**/*.go']}}]}\n")},
		"checklists/shared.md": {Data: []byte("- [ ] Known <!-- control: known -->\n- [ ] Later <!-- control: later -->\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob("testdata/faults/*.txtar")
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := faultsOf(shipped, a)
			last := &a.Files[len(a.Files)-1]
			if *update {
				last.Data = []byte(got)
				if err := os.WriteFile(file, txtar.Format(a), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(last.Data), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func faultsOf(shipped *Catalogue, a *txtar.Archive) string {
	var lists, controls []TextFile
	var out []string
	for _, f := range a.Files {
		switch {
		case f.Name == "want":
		case strings.HasSuffix(f.Name, "readyline.yml"):
			if _, err := ParseConfiguration(f.Name, f.Data); err != nil {
				out = append(out, err.Error())
			}
		case strings.HasSuffix(f.Name, ".md"):
			lists = append(lists, TextFile{f.Name, f.Data})
		default:
			controls = append(controls, TextFile{f.Name, f.Data})
		}
	}
	if _, err := shipped.With(lists, controls); err != nil {
		out = append(out, err.Error())
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, "\n") + "\n"
}

const ownList = `---
name: Our list
about: For us.
title: Ours
labels: [ops]
required_because:
  keep-backups: Data is gone otherwise.
---
<!-- a comment -->
Before you go live.
See the [wiki](https://wiki.example.org).

## Data

- [ ] **Keep backups**: Daily, and elsewhere. <!-- item: keep-backups; control: known, later; required -->
- [x] Encrypt everything
  at rest and on the wire.
  <!-- control: known -->
* [ ] __Test restores__

` + "```" + `
- [ ] not an item
` + "```" + `

### People

1. [ ] \(Really) know who is on call <!-- nobody reads this -->
- [ ] Keep backups
- [ ] Über alles: Überwachung!
- [ ] Test restores <!-- item: test-restores -->
- [ ] ✔
`

func TestChecklist(t *testing.T) {
	shipped, err := Load(fstest.MapFS{"controls/all.yaml": {Data: []byte(
		"controls:\n  - {id: known, title: Known, meaning: m, by_hand: x}\n  - {id: later, title: Later, meaning: m, by_hand: x}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{ownList, strings.ReplaceAll(ownList, "\n", "\r\n")} {
		c, err := shipped.With([]TextFile{{".github/readyline/ours.md", []byte(text)}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		list, ok := c.Checklist("ours")
		if !ok {
			t.Fatal("the list is not there")
		}
		if list.Title != "Our list" || list.About != "For us." || list.Intro != "Before you go live.\nSee the [wiki](https://wiki.example.org)." {
			t.Errorf("head: %q %q %q", list.Title, list.About, list.Intro)
		}
		var got []string
		for _, i := range list.Items {
			got = append(got, fmt.Sprintf("%d %s/%s %q %q %v %v %s", i.Line, i.Section, i.ID, i.Title, i.Guidance, i.Controls, i.Required, i.RequiredBecause))
		}
		want := []string{
			`15 Data/keep-backups "Keep backups" "Daily, and elsewhere." [known later] true Data is gone otherwise.`,
			`16 Data/encrypt-everything "Encrypt everything" "at rest and on the wire." [known] false `,
			`19 Data/test-restores-2 "Test restores" "" [] false `,
			`27 People/really-know-who-is-on-call "(Really) know who is on call" "" [] false `,
			`28 People/keep-backups-2 "Keep backups" "" [] false `,
			`29 People/über-alles-überwachung "Über alles: Überwachung!" "" [] false `,
			`30 People/test-restores "Test restores" "" [] false `,
			`31 People/item "✔" "" [] false `,
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// Controls that shipped checklists ask for before anybody has written their
// rules are there all the same, and are counted.
func TestUndefined(t *testing.T) {
	c, err := Load(fstest.MapFS{"checklists/shared.md": {Data: []byte("- [ ] Later <!-- control: later -->\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"later"}, c.Undefined()); diff != "" {
		t.Error(diff)
	}
	if ctl := c.Control("later"); ctl == nil || ctl.ByHand == "" {
		t.Errorf("control later: %+v", ctl)
	}
	c, err = c.With(nil, []TextFile{{"own.yaml", []byte("controls:\n  - {id: later, title: Now, meaning: m, by_hand: x}\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if c.Control("later").Title != "Now" || len(c.Undefined()) != 0 {
		t.Errorf("a control that is defined later stays undefined: %v", c.Undefined())
	}
}

func TestSettingsThatRulesLookAt(t *testing.T) {
	c, err := Load(fstest.MapFS{"controls/all.yaml": {Data: []byte(`controls:
  - id: a
    title: t
    meaning: m
    rules:
      - {id: x, strength: proves, summary: s, setting: {name: [branch_*]}}
      - {id: y, strength: proves, summary: s, file: {path: [x]}, with: [{activity: {name: [release]}}]}
`)}})
	if err == nil {
		t.Fatal("a name with a wildcard passed: settings are asked for by name")
	}
	if diff := cmp.Diff([]string{"branch_protection", "branch_rules", "release"}, c.Settings()); diff != "" {
		t.Error(diff)
	}
}

func TestEffective(t *testing.T) {
	parse := func(text string) *Configuration {
		c, err := ParseConfiguration(ConfigurationPath, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	organisation := parse(`
checklists: [solution-readiness]
attestations_expire: 365d
waivers: {a: {reason: all of us, until: 2027-03-31}, b: {reason: all of us}}
repositories:
  - match: {name: "*-sandbox"}
    mode: off
  - match: {topics: [service], visibility: [private]}
    checklists: [gruntwork-aws]
    checks_block: true
  - match: {topics: [service]}
    mode: observe
`)
	own := parse("checklists: [ours]\nmode: issue\nwaivers: {b: {reason: ours}}\nchecks_block: false\nattestations_expire: never\nignore: ['Legacy/**']\n")
	cases := []struct {
		name string
		own  *Configuration
		repo Repository
		want string
	}{
		{"no match", nil, Repository{Name: "web"}, "issue [solution-readiness] a,b expire 8760h0m0s"},
		{"first match", nil, Repository{Name: "Play-Sandbox", Topics: []string{"service"}}, "off [solution-readiness] a,b expire 8760h0m0s"},
		{"all of a match", nil, Repository{Name: "web", Topics: []string{"service"}, Visibility: "private"}, "issue [gruntwork-aws] a,b expire 8760h0m0s block true"},
		{"third match", nil, Repository{Name: "web", Topics: []string{"Service"}, Visibility: "public"}, "observe [solution-readiness] a,b expire 8760h0m0s"},
		{"own file", own, Repository{Name: "web", Topics: []string{"service"}, Visibility: "private"}, "issue [ours] a,b expire 0s block false"},
		{"own file and mode", own, Repository{Name: "x-sandbox"}, "off [ours] a,b expire 0s block false"},
	}
	for _, c := range cases {
		got := Effective(c.own, organisation, c.repo)
		text := fmt.Sprintf("%s [%s] ", got.Mode, got.Checklists[0].ID)
		for _, id := range []string{"a", "b"} {
			if _, ok := got.Waivers[id]; ok {
				text += map[string]string{"a": "a", "b": ",b"}[id]
			}
		}
		text += fmt.Sprint(" expire ", *got.AttestationsExpire)
		if got.ChecksBlock != nil {
			text += fmt.Sprint(" block ", *got.ChecksBlock)
		}
		if text != c.want {
			t.Errorf("%s: got %s, want %s", c.name, text, c.want)
		}
	}
	if got := Effective(nil, nil, Repository{}); got.Mode != ModeIssue || got.Checklists != nil {
		t.Errorf("no file at all: %+v", got)
	}
	if !own.Ignored("legacy/x/y.tf") || own.Ignored("src/legacy/y.tf") {
		t.Error("ignore does not follow its globs")
	}
	list := readiness.Checklist{Items: []readiness.Item{{ID: "b"}}}
	if p := own.People(list); p.Waivers["b"].Reason != "ours" || len(p.Waivers) != 1 {
		t.Errorf("people: %+v", p)
	}
}

// The literals of a regexp must occur in whatever it matches.
func TestLiterals(t *testing.T) {
	cases := []struct {
		re, text string
		want     []string
	}{
		{`\bgo\s+(test|vet)\b`, "go  vet", []string{"test", "vet"}},
		{`terraform (plan|apply)`, "terraform apply", []string{"terraform apply", "terraform plan"}},
		{`(?i)Restore Drill`, "RESTORE drill", []string{"restore drill"}},
		{`a|longer`, "a", nil},
		{`signal\.Notify(Context)?\b`, "signal.NotifyContext", []string{"signal.notify", "signal.notifycontext"}},
		{`[a-z]+`, "x", nil},
		{`colou?r`, "color", []string{"color", "colour"}},
		{`(abc)+\d*`, "abcabc1", []string{"abc"}},
		{`x(abc)*y`, "xy", nil},
		{`pip3? install`, "pip install", []string{"pip install", "pip3 install"}},
	}
	for _, c := range cases {
		re, err := NewRegexp(c.re)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.want, re.Literals); diff != "" {
			t.Errorf("%s: %s", c.re, diff)
		}
		hit := len(re.Literals) == 0
		for _, l := range re.Literals {
			hit = hit || strings.Contains(strings.ToLower(c.text), l)
		}
		if !re.MatchString(c.text) || !hit {
			t.Errorf("%s: %q does not match, or has none of its literals", c.re, c.text)
		}
	}
}

func TestPaths(t *testing.T) {
	cases := []struct {
		pattern, path string
		want          bool
	}{
		{"**/Dockerfile", "dockerfile", true},
		{"**/Dockerfile", "a/b/dockerfile", true},
		{"README.md", "docs/readme.md", false},
		{"./README.md", "readme.md", true},
		{"**/*.{yml,yaml}", "k8s/a.yaml", true},
		{"docs/**", "docs/a/b.txt", true},
		{"**/docs/*.md", "x/docs/y/a.md", false},
		{"**", "any/thing", true},
	}
	for _, c := range cases {
		paths, err := NewPath(c.pattern)
		if err != nil {
			t.Fatal(err)
		}
		got := false
		for _, p := range paths {
			got = got || p.Match(c.path)
		}
		if got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.path, got)
		}
	}
	for _, bad := range []string{"", "/etc/passwd", "[a", "{a,b}{a,b}{a,b}{a,b}"} {
		if _, err := NewPath(bad); err == nil {
			t.Errorf("%q passed for a glob", bad)
		}
	}
}

func TestNames(t *testing.T) {
	cases := []struct {
		pattern, name string
		want          bool
	}{
		{"aws_*", "aws_s3_bucket", true}, {"AWS_S3_*", "aws_s3_bucket", true}, {"*bucket", "aws_s3_bucket", true},
		{"a*b*c", "axxbyyc", true}, {"a*b*c", "axxbyy", false}, {"a?c", "abc", true}, {"npm:@aws-sdk/*", "npm:@aws-sdk/client-s3", true},
		{"", "x", false}, {"*", "", true},
	}
	for _, c := range cases {
		if got := NewName(c.pattern).Match(c.name); got != c.want {
			t.Errorf("%s on %s: %v", c.pattern, c.name, got)
		}
	}
	var either []string
	for _, n := range NewNames("*/*-{Logging,baseline}/aws") {
		either = append(either, n.String()+" "+n.Written())
	}
	if want := []string{"*/*-logging/aws */*-{Logging,baseline}/aws", "*/*-baseline/aws */*-{Logging,baseline}/aws"}; !slices.Equal(either, want) {
		t.Errorf("one of two: %q, want %q", either, want)
	}
}
