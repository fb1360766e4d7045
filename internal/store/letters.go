package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// Letters of states and verdicts, as kept in a row of them. A state's capital
// says that the item is required.
var (
	stateLetters = map[readiness.State]byte{
		readiness.Met: 'm', readiness.Attested: 'a', readiness.Waived: 'w',
		readiness.StateNA: 'n', readiness.Unmet: 'u', readiness.StateUnsure: 'k',
	}
	verdictLetters = map[readiness.Verdict]byte{
		readiness.Proven: 'p', readiness.Suggested: 's', readiness.Contradicted: 'c',
		readiness.None: '-', readiness.UnknownYet: 'k', readiness.NotApplicable: 'n',
	}
)

const capital = 'a' - 'A'

// hinted is the letter of an unmet item that some evidence suggests.
const hinted = 'h'

func suggests(e readiness.Evidence) bool { return e.Strength == readiness.Suggests }

// layout is an order of names that rows of letters refer to.
type layout struct {
	Hash  string
	Names []string
	Heads []string
}

func newLayout(names, heads []string) layout {
	h := sha256.New()
	for i := range names {
		fmt.Fprintf(h, "%q %q\n", names[i], heads[i])
	}
	return layout{Hash: hex.EncodeToString(h.Sum(nil)[:12]), Names: names, Heads: heads}
}

// spellStates is an assessment's items as a layout and their letters.
func spellStates(a readiness.Assessment) (layout, string) {
	var names, heads []string
	letters := make([]byte, 0, len(a.Items))
	for _, i := range a.Items {
		letter, known := stateLetters[i.State]
		if !known {
			letter = stateLetters[readiness.Unmet] // as readiness counts it
		}
		if letter == stateLetters[readiness.Unmet] && slices.ContainsFunc(i.Evidence, suggests) {
			letter = hinted
		}
		if i.Item.Required {
			letter -= capital
		}
		names, heads, letters = append(names, i.Item.ID), append(heads, clean(i.Item.Section)), append(letters, letter)
	}
	return newLayout(names, heads), string(letters)
}

// readState is the state that a letter stands for, and whether the item is
// required.
func readState(letter byte) (readiness.State, bool) {
	required := letter < 'a'
	if required {
		letter += capital
	}
	switch letter {
	case 'm':
		return readiness.Met, required
	case 'a':
		return readiness.Attested, required
	case 'w':
		return readiness.Waived, required
	case 'n':
		return readiness.StateNA, required
	case 'u', hinted:
		return readiness.Unmet, required
	case 'k':
		return readiness.StateUnsure, required
	}
	return "", required
}

func spellVerdicts(verdicts map[string]readiness.Verdict) (layout, string) {
	names := make([]string, 0, len(verdicts))
	for control := range verdicts {
		names = append(names, control)
	}
	slices.Sort(names)
	letters := make([]byte, 0, len(names))
	for _, control := range names {
		letter, known := verdictLetters[verdicts[control]]
		if !known {
			letter = verdictLetters[readiness.None]
		}
		letters = append(letters, letter)
	}
	return newLayout(names, make([]string, len(names))), string(letters)
}

// putLayout stores a layout that may be new.
func (s *Store) putLayout(ctx context.Context, l layout) error {
	_, err := s.exec(ctx, "store a layout", `
		insert into layouts (hash, names, heads) values ($1, $2, $3) on conflict (hash) do nothing`,
		l.Hash, append([]string{}, l.Names...), append([]string{}, l.Heads...))
	return err
}

// layouts returns those of some hashes. They never change.
func (s *Store) layouts(ctx context.Context, wanted map[string]bool) (map[string]*layout, error) {
	all := map[string]*layout{}
	var missing []string
	for hash := range wanted {
		if known := s.shelf.layout(hash); known != nil {
			all[hash] = known
		} else if hash != "" {
			missing = append(missing, hash)
		}
	}
	if len(missing) == 0 {
		return all, nil
	}
	found, err := rows(ctx, s, "read layouts", pgx.RowToAddrOfStructByName[layout],
		`select hash, names, heads from layouts where hash = any($1)`, missing)
	for _, l := range found {
		all[l.Hash] = l
	}
	s.shelf.putLayouts(found)
	return all, err
}

// word is a repository's row of letters.
type word struct {
	layout  *layout
	letters string
}

// tally counts the letters of every name over all words, in the order of the
// layouts, the most used first. Counts are by letter.
type tally struct {
	names, heads []string
	counts       map[string]*[128]int
}

func count(words []word) tally {
	uses := map[*layout]int{}
	for _, w := range words {
		uses[w.layout]++
	}
	delete(uses, nil)
	layouts := slices.SortedFunc(maps.Keys(uses), func(a, b *layout) int {
		return cmp.Or(uses[b]-uses[a], strings.Compare(a.Hash, b.Hash))
	})
	t := tally{counts: map[string]*[128]int{}}
	columns := map[*layout][]*[128]int{}
	for _, l := range layouts {
		for i, name := range l.Names {
			if t.counts[name] == nil {
				t.counts[name] = &[128]int{}
				t.names, t.heads = append(t.names, name), append(t.heads, l.Heads[i])
			}
			columns[l] = append(columns[l], t.counts[name])
		}
	}
	for _, w := range words {
		column := columns[w.layout]
		for i := range min(len(w.letters), len(column)) {
			column[i][w.letters[i]&127]++
		}
	}
	return t
}
