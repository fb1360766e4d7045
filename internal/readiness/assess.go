package readiness

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// ItemState is the decision on one item. Progress counts the controls that are
// met or not applicable, of all. Since and By tell who attested, waived,
// exempted or disputed it, where a person did.
type ItemState struct {
	Item        Item
	State       State
	Reason      string
	Progress    [2]int
	Evidence    []Evidence
	By          string
	At          time.Time
	Until       time.Time
	Disputed    bool
	Findings    []Finding // one for each control, in the item's order
	Fingerprint string    // of the proving evidence
}

// Totals counts items by state.
type Totals struct {
	Items         int `json:"items"`
	Met           int `json:"met"`
	Attested      int `json:"attested"`
	Waived        int `json:"waived"`
	NotApplicable int `json:"not_applicable"`
	Unmet         int `json:"unmet"`
	Unknown       int `json:"unknown"`
}

// Assessment is a checklist decided for one snapshot.
type Assessment struct {
	Checklist    Checklist
	Items        []ItemState // as in Checklist.Items
	Totals       Totals
	Score        int // percent, rounded down
	Ready        bool
	RequiredLeft int
}

// Assess decides the state of every item of a checklist. findings is by
// control id; a control without a finding counts as one that nobody looked at.
func Assess(c Checklist, findings map[string]Finding, people People, now time.Time) Assessment {
	a := Assessment{Checklist: c, Items: make([]ItemState, 0, len(c.Items))}
	required := 0
	for _, item := range c.Items {
		s := decide(item, findings, people, now)
		a.Items = append(a.Items, s)
		a.Totals.add(s.State)
		if item.Required && s.State != StateNA {
			required++
			if !s.State.Ticked() {
				a.RequiredLeft++
			}
		}
	}
	a.Score = a.Totals.Score()
	a.Ready = a.RequiredLeft == 0
	if required == 0 && !slices.ContainsFunc(c.Items, func(i Item) bool { return i.Required }) {
		a.Ready = a.Score == 100
	}
	return a
}

// Score is ticked ÷ (all − not applicable) in percent, rounded down; 100 when
// nothing applies.
func (t Totals) Score() int {
	of := t.Items - t.NotApplicable
	if of == 0 {
		return 100
	}
	return (t.Met + t.Attested + t.Waived) * 100 / of
}

func (t *Totals) add(s State) {
	t.Items++
	switch s {
	case Met:
		t.Met++
	case Attested:
		t.Attested++
	case Waived:
		t.Waived++
	case StateNA:
		t.NotApplicable++
	case StateUnsure:
		t.Unknown++
	default:
		t.Unmet++
	}
}

// decide applies the order of states: waived, not applicable by a person,
// disputed, met, attested, not applicable by rule, unknown, unmet.
func decide(item Item, findings map[string]Finding, people People, now time.Time) ItemState {
	rules := judge(item, findings)
	s := ItemState{Item: item, Progress: rules.progress, Findings: rules.findings, Evidence: rules.evidence}
	s.Fingerprint = Fingerprint(rules.evidence)
	if w, ok := people.Waivers[item.ID]; ok && !w.Expired(now) {
		s.State, s.Reason, s.By, s.At, s.Until = Waived, w.Reason, w.By, w.At, w.Until
		return s
	}
	if x, ok := people.Exemptions[item.ID]; ok {
		s.State, s.Reason, s.By, s.At = StateNA, x.Reason, x.By, x.At
		return s
	}
	if d, ok := people.Disputes[item.ID]; ok && rules.state == Met && d.Fingerprint == s.Fingerprint {
		s.State, s.Disputed, s.By, s.At = Unmet, true, d.By, d.At
		s.Reason = "disputed by " + d.By + ": ticked again when the evidence changes or somebody ticks the box"
		return s
	}
	if rules.state != Met {
		if t, ok := people.Attestations[item.ID]; ok && !t.Expired(now) {
			s.State, s.Reason, s.By, s.At, s.Until = Attested, t.Note, t.By, t.At, t.Expires
			return s
		}
	}
	s.State, s.Reason = rules.state, rules.reason
	return s
}

// Expired tells whether the waiver's last day is over, in UTC.
func (w Waiver) Expired(now time.Time) bool {
	return !w.Until.IsZero() && !now.Before(w.Until.UTC().Truncate(24*time.Hour).Add(24*time.Hour))
}

// Expired tells whether the attestation has run out.
func (a Attestation) Expired(now time.Time) bool {
	return !a.Expires.IsZero() && !now.Before(a.Expires)
}

type judgement struct {
	state    State
	reason   string
	progress [2]int
	findings []Finding
	evidence []Evidence
}

// judge folds the findings on an item's controls into the state that rules
// alone would give it.
func judge(item Item, findings map[string]Finding) judgement {
	j := judgement{progress: [2]int{0, len(item.Controls)}}
	if len(item.Controls) == 0 {
		j.state, j.reason = Unmet, "only a person can tell"
		return j
	}
	count := map[Verdict]int{}
	for _, id := range item.Controls {
		f, ok := findings[id]
		if !ok {
			f = Finding{Control: id, Verdict: UnknownYet, Reason: "control " + id + " is not in the catalogue"}
		}
		j.findings = append(j.findings, f)
		j.evidence = append(j.evidence, f.Evidence...)
		count[f.Verdict]++
	}
	n := len(item.Controls)
	j.progress[0] = count[Proven] + count[NotApplicable]
	switch {
	case count[NotApplicable] == n:
		j.state, j.reason = StateNA, j.why(NotApplicable)
	case count[Proven]+count[NotApplicable] == n:
		j.state = Met
	case count[UnknownYet] > 0:
		j.state, j.reason = StateUnsure, j.why(UnknownYet)
	case count[Contradicted] > 0:
		j.state, j.reason = Unmet, j.why(Contradicted)
	default:
		j.state, j.reason = Unmet, j.why(None, Suggested)
	}
	if n > 1 && (j.state == Unmet || j.state == StateUnsure) {
		j.reason = fmt.Sprintf("%d of %d: %s", j.progress[0], n, cmp.Or(j.reason, j.missing()))
	}
	return j
}

// missing names the controls that keep an item from being met.
func (j judgement) missing() string {
	var titles []string
	for _, f := range j.findings {
		if f.Verdict != Proven && f.Verdict != NotApplicable {
			titles = append(titles, f.Title)
		}
	}
	return "still missing: " + strings.Join(titles, ", ")
}

// why is the reason of the first finding with one of the verdicts that gives
// one, in the order of the item's controls.
func (j judgement) why(verdicts ...Verdict) string {
	for _, f := range j.findings {
		if slices.Contains(verdicts, f.Verdict) && f.Reason != "" {
			return f.Reason
		}
	}
	return ""
}

func digest(keys []string) string {
	slices.Sort(keys)
	h := sha256.New()
	for _, k := range slices.Compact(keys) {
		fmt.Fprintf(h, "%d:%s", len(k), k)
	}
	return hex.EncodeToString(h.Sum(nil)[:12])
}
