package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/readyline/readyline/internal/emulator"
	"github.com/readyline/readyline/internal/store"
)

// TestStories plays testdata/stories against the running app. A story is a
// txtar archive: its head tells, a line each, what people and GitHub do; files
// in folders are what they commit; the other files are what can be seen of the
// issue at a "shows". READYLINE_UPDATE=1 writes down what is seen.
//
//	repository NAME [private] FOLDER…   a repository with the files of folders
//	install                             the App on all of them
//	people LOGIN…, strangers LOGIN…     may write everywhere, or only read
//	in NAME[#NUMBER]                    the issue that is meant from here on
//	push FOLDER…                        commit and push these files; an empty one is removed
//	LOGIN commits FOLDER…               the same as somebody's own
//	propose BRANCH[~N] FOLDER…          the same as a pull request, begun N commits ago
//	rename NAME, transfer OWNER         of the repository
//	GitHub loses|drops|doubles|delays N EVENT, GitHub hands over again
//	days N                              pass
//	LOGIN ticks|unticks|deletes ITEM, writes TEXT, writes under ITEM TEXT,
//	      empties, replaces FILE, titles TEXT, says COMMENT,
//	      closes, reopens, removes, moves to REPOSITORY
//	shows FILE                          body, history, comments, writes, notifications
//	checks BRANCH FILE                  the check runs of a pull request
//
// "meanwhile" before a line goes on without waiting for the app. DAY+30 is the
// date in thirty days, wherever it stands. Folders that a story lacks are in
// testdata/stories/files.txtar.
func TestStories(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join("testdata", "stories", "*.txt"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("%d stories: %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s := newStory(t, archive)
			s.update = os.Getenv("READYLINE_UPDATE") == "1"
			s.play()
			if s.update && !t.Failed() {
				if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// story is one while it is told.
type story struct {
	t               *testing.T
	archive, shared *txtar.Archive
	w               *world
	repos           map[string]*repository // by the name they began with
	at              *repository            // whose issue is meant
	number          int                    // of that issue; 0: the only one
	began           time.Time
	passed          time.Duration
	update          bool
	late            bool // GitHub holds webhooks back
	hasty           bool // acts were not waited for: how often the app wrote depends on time

	comments, notes int // that were shown before
	writes          map[string]int
}

func newStory(t *testing.T, archive *txtar.Archive) *story {
	t.Helper()
	shared, err := txtar.ParseFile(filepath.Join("testdata", "stories", "files.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	return &story{
		t: t, archive: archive, shared: shared, w: newWorld(t), repos: map[string]*repository{}, began: time.Now().UTC(), writes: map[string]int{},
	}
}

// does plays lines one after the other, and waits for the app after each.
func (s *story) does(lines ...string) {
	s.t.Helper()
	for _, line := range lines {
		if !s.act(s.dated(line)) {
			s.t.Fatalf("what is %q?", line)
		}
		s.w.calm()
	}
}

func (s *story) play() {
	for n, line := range strings.Split(string(s.archive.Comment), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		rest, meanwhile := strings.CutPrefix(line, "meanwhile ")
		if !s.act(s.dated(rest)) {
			s.t.Fatalf("line %d: what is %q?", n+1, line)
		}
		s.hasty = s.hasty || meanwhile
		if !meanwhile {
			if s.late {
				time.Sleep(2 * lateness)
			}
			s.w.calm()
		}
		if s.t.Failed() && !s.update {
			s.t.Fatalf("at line %d: %s", n+1, line)
		}
	}
}

// act does what one line says; false when it says nothing known.
func (s *story) act(line string) bool {
	verb, rest, _ := strings.Cut(line, " ")
	words := strings.Fields(rest)
	switch verb {
	case "repository":
		s.repository(words)
	case "install":
		s.w.install()
	case "people":
		for _, login := range words {
			s.w.em.AddUser(login)
			for _, r := range s.repos {
				s.w.em.SetRole(r.Repository, login, "write")
			}
		}
	case "strangers":
		for _, login := range words {
			s.w.em.AddUser(login)
		}
	case "in":
		s.in(rest)
	case "push":
		s.at.commit(strings.Join(words, " and "), s.files(words))
		s.w.em.Poll(context.Background())
	case "propose":
		s.at.propose(words[0], s.files(words[1:]))
	case "rename":
		s.must(s.w.em.Rename(s.at.Repository, rest))
		s.at.name = rest
	case "transfer":
		s.w.em.AddOrganization(rest, emulator.DefaultOwner)
		_, err := s.w.em.Install(s.w.app, rest)
		s.must(err)
		s.w.calm()
		s.must(s.w.em.Transfer(s.at.Repository, rest))
		s.at.owner = rest
	case "GitHub":
		s.trouble(words)
	case "days":
		s.passed += time.Duration(digits(words[0])) * 24 * time.Hour
		s.w.later(s.passed)
	case "shows":
		s.compare(rest, s.seen())
	case "checks":
		s.compare(words[1], s.checks(words[0]))
	default:
		return s.person(verb, words)
	}
	return true
}

// digits reads a number; 0 when it is none.
func digits(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return 0
	}
	return n
}

func (s *story) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) repository(words []string) {
	name, folders := words[0], words[1:]
	private := len(folders) > 0 && folders[0] == "private"
	if private {
		folders = folders[1:]
	}
	r := s.w.repository(name, s.files(folders), func(spec *emulator.RepoSpec) { spec.Private = private })
	s.repos[name] = r
	if s.at == nil {
		s.at = r
	}
}

// in turns to another issue.
func (s *story) in(place string) {
	name, number, _ := strings.Cut(place, "#")
	if s.repos[name] == nil {
		s.t.Fatalf("there is no repository %s", name)
	}
	s.at, s.number = s.repos[name], digits(number)
	s.comments = 0
}

// files are the files of folders as an archive of their own.
func (s *story) files(folders []string) string {
	out := &txtar.Archive{}
	for _, folder := range folders {
		found := false
		for _, archive := range []*txtar.Archive{s.archive, s.shared} {
			for _, f := range archive.Files {
				if name, ok := strings.CutPrefix(f.Name, folder+"/"); ok {
					out.Files, found = append(out.Files, txtar.File{Name: name, Data: []byte(s.dated(string(f.Data)))}), true
				}
			}
			if found {
				break
			}
		}
		if !found {
			s.t.Fatalf("there is no folder %s", folder)
		}
	}
	return string(txtar.Format(out))
}

// trouble makes webhooks go wrong.
func (s *story) trouble(words []string) {
	if words[0] == "hands" {
		s.w.do("PUT", "/faults", `{"faults": []}`)
		s.w.redeliverAll()
		return
	}
	s.w.lostAskedFor() // else what is dropped now may come at once
	kind := map[string]string{"loses": "lose", "drops": "drop", "doubles": "double", "delays": "delay"}[words[0]]
	s.w.do("PUT", "/faults", fmt.Sprintf(`{"faults": [{"webhook": %q, "times": %s, "event": %q, "latency_ms": %d}]}`, kind, words[1], words[2], lateness.Milliseconds()))
	s.late = kind == "delay"
}

// lateness is how long GitHub holds a webhook back.
const lateness = 200 * time.Millisecond

var day = regexp.MustCompile(`DAY\+(\d+)`)

// dated puts dates in place of DAY+n.
func (s *story) dated(text string) string {
	return day.ReplaceAllStringFunc(text, func(m string) string {
		return s.began.AddDate(0, 0, digits(m[4:])).Format(time.DateOnly)
	})
}

var (
	numbers  = regexp.MustCompile(`(<!-- readyline (?:remarks|answer|repository)=)"[0-9 ]*"`)
	ways     = regexp.MustCompile(`or [0-9]+ other ways?`)
	longDate = regexp.MustCompile(`\b\d{1,2} [A-Z][a-z]+ 20\d\d\b`)
	secret   = regexp.MustCompile(`token=[A-Za-z0-9_-]+`)
)

// plain takes out what differs from one telling to the next.
func (s *story) plain(text string) string {
	text = strings.NewReplacer(s.w.em.URL(), "https://github.test", strings.TrimPrefix(s.w.em.URL(), "http://"), "github.test", s.w.config.PublicURL, "https://readyline.test", "\r\n", "\n").Replace(text)
	for _, r := range s.repos {
		for _, line := range strings.Split(gitLog(s.t, r.dir), "\n") {
			if sha, subject, ok := strings.Cut(line, " "); ok {
				at := "commit-" + strings.ReplaceAll(subject, " ", "-")
				text = strings.NewReplacer(sha, at, "`"+sha[:7]+"`", "`"+at+"`").Replace(text)
			}
		}
	}
	text = strings.ReplaceAll(text, "a date like 2027-03-31", "a date like A DATE")
	for n := range 200 {
		text = strings.ReplaceAll(text, s.began.AddDate(0, 0, n).Format(time.DateOnly), fmt.Sprintf("DAY+%d", n))
	}
	text = ways.ReplaceAllString(text, "or N other ways") // as many as there are rules
	text = numbers.ReplaceAllString(text, `$1"…"`)
	return secret.ReplaceAllString(longDate.ReplaceAllString(text, "A DAY"), "token=TOKEN")
}

// compare holds what is seen against what the story says.
func (s *story) compare(name, got string) {
	s.t.Helper()
	got = strings.TrimRight(got, "\n") + "\n"
	i := slices.IndexFunc(s.archive.Files, func(f txtar.File) bool { return f.Name == name })
	switch {
	case i < 0 && s.update:
		s.archive.Files = append(s.archive.Files, txtar.File{Name: name, Data: []byte(got)})
	case i < 0:
		s.t.Errorf("the story does not say what %q shows:\n%s", name, got)
	case s.update:
		s.archive.Files[i].Data = []byte(got)
	default:
		if diff := cmp.Diff(string(s.archive.Files[i].Data), got); diff != "" {
			s.t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// told is the history in words, of each item oldest first.
func (s *story) told() string {
	var b strings.Builder
	events := s.at.history("")
	slices.SortStableFunc(events, func(a, b store.Event) int { return strings.Compare(a.Item, b.Item) })
	for _, e := range events {
		if e.FromState == "" {
			continue
		}
		fmt.Fprintf(&b, "  %s: %s → %s by %s", e.Item, e.FromState, e.ToState, e.ActorKind)
		if e.Actor != "" {
			fmt.Fprintf(&b, " %s", e.Actor)
		}
		if e.ActorKind == store.ByPush {
			fmt.Fprintf(&b, " at %s", e.Commit)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
