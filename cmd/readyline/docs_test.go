package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// documents are the repository's pages, by their path from its root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == ".git" || d.Name() == "testdata" || d.Name() == "samples" || rel == "templates" || rel == "bin") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(path, ".md") {
			return nil
		}
		text, err := os.ReadFile(path)
		out[filepath.ToSlash(rel)] = string(text)
		return err
	})
	if err != nil || len(out) < 10 {
		t.Fatalf("%d documents: %v", len(out), err)
	}
	return out
}

var (
	linkForm    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	headingForm = regexp.MustCompile(`(?m)^#{1,6} +(.+?) *$`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
	codeForm    = regexp.MustCompile("(?ms)^```.*?^```")
	inlineForm  = regexp.MustCompile("`[^`\n]*`")
)

// anchorsOf are the places in a document that links may lead to.
func anchorsOf(text string) map[string]bool {
	out := map[string]bool{}
	for _, h := range headingForm.FindAllStringSubmatch(codeForm.ReplaceAllString(text, ""), -1) {
		out[strings.ReplaceAll(notInAnchor.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-")] = true
	}
	return out
}

// Every link from one of our documents to another leads somewhere.
func TestLinksInDocumentsLeadSomewhere(t *testing.T) {
	all := documents(t)
	n := 0
	for path, text := range all {
		plain := inlineForm.ReplaceAllString(codeForm.ReplaceAllString(text, ""), "")
		for _, m := range linkForm.FindAllStringSubmatch(plain, -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			n++
			to, anchor, _ := strings.Cut(m[1], "#")
			target := path
			if to != "" {
				target = filepath.ToSlash(filepath.Join(filepath.Dir(path), to))
				if _, err := os.Stat(filepath.Join("..", "..", filepath.FromSlash(target))); err != nil {
					t.Errorf("%s: %s is not there", path, m[1])
					continue
				}
			}
			if page, ok := all[target]; ok && anchor != "" && !anchorsOf(page)[anchor] {
				t.Errorf("%s: %s has no heading for #%s", path, target, anchor)
			}
		}
	}
	if n < 20 {
		t.Errorf("%d links", n)
	}
}

// What documents tell people to type is there: commands with their flags, and
// what make can do.
func TestCommandsInDocumentsExist(t *testing.T) {
	parser, err := kong.New(&commands{})
	if err != nil {
		t.Fatal(err)
	}
	flags := map[string]map[string]bool{}
	for _, c := range parser.Model.Children {
		flags[c.Name] = map[string]bool{"help": true}
		for _, f := range c.AllFlags(false) {
			for _, one := range f {
				flags[c.Name][one.Name] = true
			}
		}
		for _, sub := range c.Children {
			for _, f := range sub.Flags {
				flags[c.Name][f.Name] = true
			}
		}
	}
	makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	typed := regexp.MustCompile("(?m)(?:^ {4}|^\\$ |`|&& |\\| |exec readyline /|bin/|-- /|run --rm )readyline ([a-z]+)((?: [^`\n|&#<>]*)?)")
	made := regexp.MustCompile("(?m)(?:^|`|&& )make ([a-z]+)")
	flag := regexp.MustCompile(`--([a-z][a-z-]+)`)
	n := 0
	for path, text := range documents(t) {
		for _, m := range typed.FindAllStringSubmatch(text, -1) {
			n++
			if flags[m[1]] == nil {
				t.Errorf("%s: there is no command readyline %s", path, m[1])
				continue
			}
			for _, f := range flag.FindAllStringSubmatch(m[2], -1) {
				if !flags[m[1]][f[1]] {
					t.Errorf("%s: readyline %s has no flag --%s", path, m[1], f[1])
				}
			}
		}
		for _, m := range made.FindAllStringSubmatch(text, -1) {
			n++
			if !strings.Contains(string(makefile), "\n"+m[1]+":") {
				t.Errorf("%s: there is no make %s", path, m[1])
			}
		}
	}
	if n < 25 {
		t.Errorf("%d commands", n)
	}
}

// The image brings nothing that an intruder could use, and says so by form.
func TestDockerfileIsCareful(t *testing.T) {
	text := artefacts(t)["Dockerfile"]
	last := text[strings.LastIndex(text, "\nFROM "):]
	for _, want := range []string{"\nUSER 65532:65532\n", "\nHEALTHCHECK ", "\nENTRYPOINT [", "\nCMD ["} {
		if !strings.Contains(last, want) {
			t.Errorf("the image's stage has no %q", want)
		}
	}
	for _, bad := range []string{"\nADD ", "\nRUN ", "curl ", "wget ", "sudo ", "chmod 777"} {
		if strings.Contains(last, bad) {
			t.Errorf("the image's stage has %q", bad)
		}
	}
	for _, from := range regexp.MustCompile(`(?m)^FROM (?:--platform=\S+ )?(\S+)`).FindAllStringSubmatch(text, -1) {
		if _, tag, ok := strings.Cut(from[1], ":"); !ok || tag == "latest" {
			t.Errorf("FROM %s names no version", from[1])
		}
	}
	if regexp.MustCompile(`(?mi)^(ARG|ENV) \S*(secret|password|token|private|_key)`).MatchString(text) {
		t.Error("a secret would stay in a layer")
	}
}
