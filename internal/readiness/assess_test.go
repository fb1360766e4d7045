package readiness

import (
	"fmt"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Each case is one item of the given verdicts under what people said of it.
func TestOrderOfStates(t *testing.T) {
	proof := []Evidence{{Strength: Proves, Path: "main.tf", StartLine: 3, Rule: "r"}}
	print := Fingerprint(proof)
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	attested := People{Attestations: map[string]Attestation{"i": {By: "ann"}}}
	cases := []struct {
		name     string
		verdicts []Verdict
		people   People
		want     State
		progress [2]int
	}{
		{"proven", []Verdict{Proven}, People{}, Met, [2]int{1, 1}},
		{"a hint is no tick", []Verdict{Suggested}, People{}, Unmet, [2]int{0, 1}},
		{"contradicted", []Verdict{Contradicted}, People{}, Unmet, [2]int{0, 1}},
		{"unknown is neither", []Verdict{UnknownYet}, People{}, StateUnsure, [2]int{0, 1}},
		{"nothing applies", []Verdict{NotApplicable, NotApplicable}, People{}, StateNA, [2]int{2, 2}},
		{"one applies and is proven", []Verdict{Proven, NotApplicable}, People{}, Met, [2]int{2, 2}},
		{"never half ticked", []Verdict{Proven, None}, People{}, Unmet, [2]int{1, 2}},
		{"unknown before unmet", []Verdict{UnknownYet, None}, People{}, StateUnsure, [2]int{0, 2}},
		{"attested over not applicable by rule", []Verdict{NotApplicable}, attested, Attested, [2]int{1, 1}},
		{"attested over contradicted", []Verdict{Contradicted}, attested, Attested, [2]int{0, 1}},
		{"met over attested", []Verdict{Proven}, attested, Met, [2]int{1, 1}},
		{"an attestation that ran out", []Verdict{None}, People{Attestations: map[string]Attestation{"i": {Expires: now}}}, Unmet, [2]int{0, 1}},
		{"waived over met", []Verdict{Proven}, People{Waivers: map[string]Waiver{"i": {Until: day("2026-11-21")}}}, Waived, [2]int{1, 1}},
		{"a waiver that ran out", []Verdict{None}, People{Waivers: map[string]Waiver{"i": {Until: day("2026-11-20")}}}, Unmet, [2]int{0, 1}},
		{"exempted over met", []Verdict{Proven}, People{Exemptions: map[string]Exemption{"i": {}}}, StateNA, [2]int{1, 1}},
		{"disputed", []Verdict{Proven}, People{Disputes: map[string]Dispute{"i": {Fingerprint: print}}}, Unmet, [2]int{1, 1}},
		{"disputed before the evidence changed", []Verdict{Proven}, People{Disputes: map[string]Dispute{"i": {Fingerprint: "other"}}}, Met, [2]int{1, 1}},
		{"nothing to look at", nil, People{}, Unmet, [2]int{0, 0}},
	}
	for _, c := range cases {
		item := Item{ID: "i"}
		findings := map[string]Finding{}
		for n, v := range c.verdicts {
			id := fmt.Sprintf("c%d", n)
			item.Controls = append(item.Controls, id)
			f := Finding{Control: id, Title: id, Verdict: v}
			if v == Proven {
				f.Evidence = proof
			}
			findings[id] = f
		}
		a := Assess(Checklist{Items: []Item{item}}, findings, c.people, now)
		if got := a.Items[0]; got.State != c.want || got.Progress != c.progress {
			t.Errorf("%s: %s %v, want %s %v (%s)", c.name, got.State, got.Progress, c.want, c.progress, got.Reason)
		}
	}
}

func TestScoreAndReady(t *testing.T) {
	cases := []struct {
		name     string
		states   string // letters: m(et) a(ttested) n(ot applicable) u(nmet) ?(unknown); upper case is required
		score    int
		ready    bool
		required int
	}{
		{"nothing at all", "", 100, true, 0},
		{"nothing applies", "nn", 100, true, 0},
		{"rounded down", "mmu", 66, false, 0},
		{"unknown stays in the denominator", "m?", 50, false, 0},
		{"required ones decide", "Mu", 50, true, 0},
		{"required and unknown is left", "m?U", 33, false, 1},
		{"required and not applicable is not left", "Nu", 0, true, 0},
		{"attested counts", "Aa", 100, true, 0},
	}
	verdicts := map[rune]Verdict{'m': Proven, 'a': None, 'n': NotApplicable, 'u': None, '?': UnknownYet}
	for _, c := range cases {
		list := Checklist{}
		findings := map[string]Finding{}
		people := People{Attestations: map[string]Attestation{}}
		for i, r := range c.states {
			id := fmt.Sprintf("i%d", i)
			lower := r | 0x20
			required := r != lower
			if r == '?' {
				lower, required = r, false
			}
			list.Items = append(list.Items, Item{ID: id, Controls: []string{id}, Required: required})
			findings[id] = Finding{Control: id, Verdict: verdicts[lower]}
			if lower == 'a' {
				people.Attestations[id] = Attestation{By: "ann"}
			}
		}
		a := Assess(list, findings, people, now)
		if a.Score != c.score || a.Ready != c.ready || a.RequiredLeft != c.required {
			t.Errorf("%s: score %d ready %v left %d, want %d %v %d", c.name, a.Score, a.Ready, a.RequiredLeft, c.score, c.ready, c.required)
		}
	}
}

func TestFingerprintForgetsOrderAndLines(t *testing.T) {
	a := Evidence{Strength: Proves, Path: "a", Rule: "r", StartLine: 1}
	b := Evidence{Strength: Proves, Path: "b", Rule: "r"}
	hint := Evidence{Strength: Suggests, Path: "c", Rule: "r"}
	moved := a
	moved.StartLine, moved.Commit = 9, "other"
	if Fingerprint([]Evidence{a, b}) != Fingerprint([]Evidence{b, hint, moved}) {
		t.Error("order, lines and hints changed the fingerprint")
	}
	if Fingerprint([]Evidence{a}) == Fingerprint([]Evidence{a, b}) {
		t.Error("one more proof is the same fingerprint")
	}
}
