package store

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/readiness"
)

// Coverage tells how complete and how fresh is what one sees of an owner.
// Scores counts the assessed repositories by tenths: 0–9 %, 10–19 %, … 100 %.
type Coverage struct {
	Repositories int
	Assessed     int
	Pending      int
	Skipped      int
	Failing      int
	Ready        int
	Score        int        // mean, percent
	OldestLook   *time.Time // of those looked at
	Scores       []int      // always 11
}

// Coverage sums up the survey.
func (v Survey) Coverage() Coverage {
	c := Coverage{Repositories: len(v.Rows), Scores: make([]int, 11)}
	sum := 0
	for _, r := range v.Rows {
		c.Pending += bit(r.LookedAt == nil || r.Behind)
		c.Skipped += bit(r.SkipReason != "")
		c.Failing += bit(r.LastError != "")
		if r.LookedAt != nil && (c.OldestLook == nil || r.LookedAt.Before(*c.OldestLook)) {
			c.OldestLook = r.LookedAt
		}
		if r.On != nil {
			c.Assessed++
			c.Ready += bit(r.On.Ready)
			c.Scores[min(r.On.Score/10, 10)]++
			sum += r.On.Score
		}
	}
	c.Score = mean(sum, c.Assessed)
	return c
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// Onboarding tells what an owner's repositories still wait for.
type Onboarding struct {
	FirstLooks int // repositories never looked at and not skipped
	Issues     int // that are to be opened for the checklist
	Open       int // that were opened for it, closed ones included
}

// Onboarding counts what the repositories of the survey wait for.
func (v Survey) Onboarding() Onboarding {
	var o Onboarding
	for _, r := range v.Rows {
		o.FirstLooks += bit(r.LookedAt == nil && r.SkipReason == "")
		o.Issues += bit(r.On != nil && !r.opened && r.Loud && r.SkipReason == "" && v.opens[r.Installation])
		o.Open += bit(r.opened)
	}
	return o
}

// Kind is what repositories are grouped and filtered by.
type Kind string

const (
	ByTeam     Kind = "team"
	ByTopic    Kind = "topic"
	ByLanguage Kind = "language"
)

// of are the groups of a kind that a repository is in.
func (k Kind) of(r Row) []string {
	switch k {
	case ByTeam:
		return r.Teams
	case ByTopic:
		return r.Topics
	case ByLanguage:
		if r.Language != "" {
			return []string{r.Language}
		}
	}
	return nil
}

// Choice is a value to filter by, and how many repositories have it.
type Choice struct {
	Value string
	Count int
}

// Choices lists the values of a kind, the most common first, at most limit.
func (v Survey) Choices(kind Kind, limit int) []Choice {
	return v.choices(limit, kind.of)
}

// Skips counts the skipped repositories by reason, the most common first.
func (v Survey) Skips() []Choice {
	return v.choices(len(v.Rows), func(r Row) []string {
		if r.SkipReason == "" {
			return nil
		}
		return []string{r.SkipReason}
	})
}

func (v Survey) choices(limit int, of func(Row) []string) []Choice {
	counts := map[string]int{}
	for _, r := range v.Rows {
		for _, value := range of(r) {
			counts[value]++
		}
	}
	all := make([]Choice, 0, len(counts))
	for value, n := range counts {
		all = append(all, Choice{value, n})
	}
	slices.SortFunc(all, func(a, b Choice) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value)) })
	return all[:min(len(all), limit)]
}

// ItemAdoption counts repositories by the state of an item.
type ItemAdoption struct {
	Item          string
	Section       string
	Met           int
	Attested      int
	Waived        int
	NotApplicable int
	Unmet         int
	Unknown       int
	RequiredBy    int // repositories in which it is required
	RequiredUnmet int // of those, where it is unmet
	Hinted        int // of those where it is unmet: evidence suggests it
}

// Have is in how many repositories it is ticked, of those to which it Applies.
func (a ItemAdoption) Have() int { return a.Met + a.Attested + a.Waived }

// Applies is to how many repositories it applies.
func (a ItemAdoption) Applies() int { return a.Have() + a.Unmet + a.Unknown }

// Items counts the repositories of the survey, in the order of the checklist.
func (v Survey) Items() []ItemAdoption {
	words := make([]word, 0, len(v.Rows))
	for _, r := range v.Rows {
		if r.On != nil {
			words = append(words, word{r.On.layout, r.On.letters})
		}
	}
	return adoptions(words)
}

// Group is the repositories that share a team, a topic or a language.
type Group struct {
	Name         string
	Repositories int
	Score        int // mean, percent
	Items        []ItemAdoption
}

// Groups counts the assessed repositories of each of some groups. Items that no
// repository of a group has are left out.
func (v Survey) Groups(kind Kind, names []string) []Group {
	words, sums := map[string][]word{}, map[string]int{}
	for _, r := range v.Rows {
		if r.On == nil {
			continue
		}
		for _, name := range kind.of(r) {
			words[name] = append(words[name], word{r.On.layout, r.On.letters})
			sums[name] += r.On.Score
		}
	}
	out := make([]Group, 0, len(names))
	for _, name := range names {
		n := len(words[name])
		out = append(out, Group{name, n, mean(sums[name], n), adoptions(words[name])})
	}
	return out
}

func adoptions(words []word) []ItemAdoption {
	t := count(words)
	all := make([]ItemAdoption, 0, len(t.names))
	for i, name := range t.names {
		n := t.counts[name]
		both := func(letter byte) int { return n[letter] + n[letter-capital] }
		a := ItemAdoption{
			Item: name, Section: t.heads[i], Met: both('m'), Attested: both('a'), Waived: both('w'),
			NotApplicable: both('n'), Unmet: both('u') + both('h'), Unknown: both('k'), Hinted: both('h'),
			RequiredBy:    n['M'] + n['A'] + n['W'] + n['N'] + n['U'] + n['H'] + n['K'],
			RequiredUnmet: n['U'] + n['H'],
		}
		if a.Applies()+a.NotApplicable > 0 {
			all = append(all, a)
		}
	}
	return all
}

// Standings returns the repositories in which an item is in one of some states:
// those that lack it first, and among them those that must have it and those
// with hints of it.
func (v Survey) Standings(item string, in ...readiness.State) []Cell {
	at := map[*layout]int{}
	type ranked struct {
		Cell
		rank int
		name string
	}
	var all []ranked
	for _, r := range v.Rows {
		if r.On == nil || r.On.layout == nil {
			continue
		}
		i, known := at[r.On.layout]
		if !known {
			i = slices.Index(r.On.layout.Names, item)
			at[r.On.layout] = i
		}
		if i < 0 || i >= len(r.On.letters) {
			continue
		}
		letter := r.On.letters[i]
		state, required := readState(letter)
		if !slices.Contains(in, state) {
			continue
		}
		all = append(all, ranked{Cell{r.ID, item, state, required}, strings.IndexByte("HhUuKkWwAaMmNn", letter), r.low})
	}
	slices.SortFunc(all, func(a, b ranked) int {
		return cmp.Or(cmp.Compare(a.rank, b.rank), strings.Compare(a.name, b.name), cmp.Compare(a.RepositoryID, b.RepositoryID))
	})
	out := make([]Cell, len(all))
	for i, r := range all {
		out[i] = r.Cell
	}
	return out
}

// Cells are the items of the row, in the order of the checklist.
func (r Row) Cells() []Cell {
	if r.On == nil || r.On.layout == nil {
		return nil
	}
	var all []Cell
	for i, item := range r.On.layout.Names {
		if i < len(r.On.letters) {
			state, required := readState(r.On.letters[i])
			all = append(all, Cell{r.ID, item, state, required})
		}
	}
	return all
}

// Cell is the state of an item in a repository.
type Cell struct {
	RepositoryID int64
	Item         string
	State        readiness.State
	Required     bool
}
