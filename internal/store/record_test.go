package store_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// item builds an assessed item: "one met a.tf:3" is item one, met, proven by
// a.tf at line 3.
func item(id string, state readiness.State, evidence ...readiness.Evidence) readiness.ItemState {
	verdict := readiness.None
	if state == readiness.Met {
		verdict = readiness.Proven
	}
	return readiness.ItemState{
		Item:  readiness.Item{ID: id, Section: "Section", Controls: []string{"c-" + id}},
		State: state, Progress: [2]int{0, 1}, Evidence: evidence,
		Findings:    []readiness.Finding{{Control: "c-" + id, Verdict: verdict}},
		Fingerprint: readiness.Fingerprint(evidence),
	}
}

func required(i readiness.ItemState) readiness.ItemState {
	i.Item.Required = true
	return i
}

func disputed(i readiness.ItemState) readiness.ItemState {
	i.Disputed, i.By = true, "ada"
	return i
}

func proof(path string, line int) readiness.Evidence {
	return readiness.Evidence{Strength: readiness.Proves, Path: path, StartLine: line, EndLine: line, Rule: "r"}
}

// assessed counts items the way readiness.Assess does.
func assessed(checklist string, items ...readiness.ItemState) readiness.Assessment {
	a := readiness.Assessment{Checklist: readiness.Checklist{ID: checklist, Title: "The " + checklist}, Items: items}
	anyRequired := false
	for _, i := range items {
		a.Totals.Items++
		switch i.State {
		case readiness.Met:
			a.Totals.Met++
		case readiness.Attested:
			a.Totals.Attested++
		case readiness.Waived:
			a.Totals.Waived++
		case readiness.StateNA:
			a.Totals.NotApplicable++
		case readiness.StateUnsure:
			a.Totals.Unknown++
		default:
			a.Totals.Unmet++
		}
		if i.Item.Required {
			anyRequired = true
			if !i.State.Ticked() && i.State != readiness.StateNA {
				a.RequiredLeft++
			}
		}
	}
	a.Score = a.Totals.Score()
	a.Ready = a.RequiredLeft == 0
	if !anyRequired {
		a.Ready = a.Score == 100
	}
	return a
}

func record(t testing.TB, s *store.Store, r store.Recording) []store.Change {
	t.Helper()
	if r.Repository == 0 {
		r.Repository = 10
	}
	if r.Catalogue == "" {
		r.Catalogue = "v1"
	}
	if r.ActorKind == "" {
		r.ActorKind = store.ByPush
	}
	var changes []store.Change
	ok(t, s.Tx(context.Background(), func(tx pgx.Tx) (err error) {
		changes, err = s.Record(context.Background(), tx, r)
		return err
	}))
	return changes
}

// brief is changes as text: "one unmet->met", with a ! for a regression.
func brief(changes []store.Change) []string {
	var lines []string
	for _, c := range changes {
		line := fmt.Sprintf("%s %s->%s", c.Item, c.From, c.To)
		if c.Regression {
			line += "!"
		}
		lines = append(lines, line)
	}
	return lines
}

const (
	met, unmet, attested    = readiness.Met, readiness.Unmet, readiness.Attested
	waived, unknown, notFor = readiness.Waived, readiness.StateUnsure, readiness.StateNA
)

func TestRecordChanges(t *testing.T) {
	a3, a9, b1 := proof("a.tf", 3), proof("a.tf", 9), proof("b.tf", 1)
	tests := []struct {
		name  string
		looks [][]readiness.ItemState
		want  [][]string // changes of each look
		rows  int        // of history
		at    string     // commit of the stored evidence of item one
		line  int
	}{
		{"first look", looks(one(met, a3)), lines([]string{"one ->met"}), 1, "c1", 3},
		{"the same again", looks(one(met, a3), one(met, a3)), lines([]string{"one ->met"}, nil), 1, "c1", 3},
		{"moved lines keep their place", looks(one(met, a3), one(met, a9)), lines([]string{"one ->met"}, nil), 1, "c1", 3},
		{"other evidence, no event", looks(one(met, a3), one(met, b1)), lines([]string{"one ->met"}, nil), 1, "c2", 1},
		{"more evidence", looks(one(met, a3), one(met, a9, b1)), lines([]string{"one ->met"}, nil), 1, "c2", 9},
		{"regression", looks(one(met, a3), one(unmet)), lines([]string{"one ->met"}, []string{"one met->unmet!"}), 2, "c2", 0},
		{"regression after not knowing", looks(one(met, a3), one(unknown), one(unmet)),
			lines([]string{"one ->met"}, []string{"one met->unknown"}, []string{"one unknown->unmet!"}), 3, "c3", 0},
		{"not knowing and back", looks(one(met, a3), one(unknown), one(met, a3)),
			lines([]string{"one ->met"}, []string{"one met->unknown"}, []string{"one unknown->met"}), 3, "c3", 3},
		{"never known", looks(one(unknown), one(unmet)), lines([]string{"one ->unknown"}, []string{"one unknown->unmet"}), 2, "c2", 0},
		{"a person's tick stands", looks(one(met, a3), one(attested)), lines([]string{"one ->met"}, []string{"one met->attested"}), 2, "c2", 0},
		{"an expired tick is no regression", looks(one(attested), one(unmet)), lines([]string{"one ->attested"}, []string{"one attested->unmet"}), 2, "c2", 0},
		{"a dispute is no regression", looks(one(met, a3), []readiness.ItemState{disputed(item("one", unmet, a3))}),
			lines([]string{"one ->met"}, []string{"one met->unmet"}), 2, "c2", 3},
		{"an item less, an item more", looks(one(met, a3), []readiness.ItemState{item("two", waived)}, one(notFor)),
			lines([]string{"one ->met"}, []string{"two ->waived", "one met->removed"}, []string{"one ->not_applicable", "two waived->removed"}), 5, "c3", 0},
		{"required is history, not a change", looks(one(met, a3), []readiness.ItemState{required(item("one", met, a3))}),
			lines([]string{"one ->met"}, nil), 2, "c1", 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s, ctx := withRepository(t), context.Background()
			for i, look := range test.looks {
				commit := fmt.Sprintf("c%d", i+1)
				r := store.Recording{Commit: commit, Assessments: []readiness.Assessment{assessed("list", look...)}}
				if diff := cmp.Diff(test.want[i], brief(record(t, s, r))); diff != "" {
					t.Errorf("look %d: %s", i+1, diff)
				}
			}
			events := must[[]store.Event](t)(s.History(ctx, store.HistoryFilter{Repositories: []int64{10}}))
			if len(events) != test.rows {
				t.Errorf("%d history rows, want %d", len(events), test.rows)
			}
			stored := must[[]store.Item](t)(s.Items(ctx, 10, "list"))[0]
			line := 0
			if len(stored.Evidence) > 0 {
				line = stored.Evidence[0].StartLine
			}
			if stored.Item == "one" && (stored.Commit != test.at || line != test.line) {
				t.Errorf("evidence at %s line %d, want %s line %d", stored.Commit, line, test.at, test.line)
			}
		})
	}
}

func looks(l ...[]readiness.ItemState) [][]readiness.ItemState { return l }

func lines(l ...[]string) [][]string { return l }

func one(state readiness.State, evidence ...readiness.Evidence) []readiness.ItemState {
	return []readiness.ItemState{item("one", state, evidence...)}
}

// derived is all that Record writes but for the time of the last look.
func derived(t testing.TB, s *store.Store) string {
	t.Helper()
	var text string
	err := s.Pool().QueryRow(context.Background(), `select concat_ws(e'\n',
		(select jsonb_agg(to_jsonb(i) || jsonb_build_object('xmin', i.xmin::text) order by checklist, item) from items i),
		(select jsonb_agg(to_jsonb(h) || jsonb_build_object('xmin', h.xmin::text) order by id) from history h),
		(select jsonb_agg(to_jsonb(a) || jsonb_build_object('xmin', a.xmin::text) order by checklist) from assessments a),
		(select jsonb_agg(to_jsonb(d) || jsonb_build_object('xmin', d.xmin::text) order by checklist, day) from daily d),
		(select jsonb_agg(to_jsonb(v) || jsonb_build_object('xmin', v.xmin::text) order by control) from verdicts v))`).Scan(&text)
	ok(t, err)
	return text
}

func TestRecordTwiceWritesNothing(t *testing.T) {
	s := withRepository(t)
	look := item("one", met, proof("a.tf", 3), readiness.Evidence{Strength: readiness.Suggests, Path: "nul\x00\xff", Rule: "x"})
	look.Reason, look.By, look.At, look.Until = "why\x00", "ada", time.Unix(1, 123456789), at(9)
	r := store.Recording{
		Commit: "c1", Tree: "t1", Complete: true, Actor: "ada", Delivery: "guid",
		Assessments: []readiness.Assessment{assessed("list", look, required(item("two", unmet))), assessed("other", item("one", waived))},
	}
	record(t, s, r)
	before := derived(t, s)
	r.Commit, r.Tree = "c2", "t2" // time and commit alone are no change
	if changes := record(t, s, r); changes != nil {
		t.Errorf("changes: %v", brief(changes))
	}
	if diff := cmp.Diff(before, derived(t, s)); diff != "" {
		t.Error(diff)
	}
	got := must[store.Repository](t)(s.Repository(context.Background(), 10))
	if got.AssessedSHA != "c2" || got.AssessedTree != "t2" || got.CatalogueVersion != "v1" || got.AssessedAt == nil {
		t.Errorf("last look: %+v", got)
	}
}

func TestRecordTogether(t *testing.T) {
	s := withRepository(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			record(t, s, store.Recording{Commit: "c1", Assessments: []readiness.Assessment{assessed("list", one(met, proof("a.tf", 3))...)}})
		})
	}
	wg.Wait()
	events := must[[]store.Event](t)(s.History(context.Background(), store.HistoryFilter{Repositories: []int64{10}}))
	if len(events) != 1 {
		t.Errorf("%d history rows for one change", len(events))
	}
}

func TestRecordComplete(t *testing.T) {
	s, ctx := withRepository(t), context.Background()
	a, b := assessed("a", one(met)...), assessed("b", one(unmet)...)
	record(t, s, store.Recording{Complete: true, Assessments: []readiness.Assessment{a, b}})
	checklists := func() (ids []string) {
		for _, a := range must[[]store.Assessment](t)(s.Assessments(ctx, 10)) {
			ids = append(ids, a.Checklist)
		}
		return ids
	}
	record(t, s, store.Recording{Assessments: []readiness.Assessment{b}})
	if diff := cmp.Diff([]string{"a", "b"}, checklists()); diff != "" {
		t.Errorf("a part of the checklists dropped the rest: %s", diff)
	}
	record(t, s, store.Recording{Complete: true, Assessments: []readiness.Assessment{b, a}})
	if diff := cmp.Diff([]string{"b", "a"}, checklists()); diff != "" {
		t.Errorf("order: %s", diff)
	}
	changes := record(t, s, store.Recording{Complete: true, Assessments: []readiness.Assessment{b}})
	if diff := cmp.Diff([]string{"one met->removed"}, brief(changes)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"b"}, checklists()); diff != "" {
		t.Error(diff)
	}
}
