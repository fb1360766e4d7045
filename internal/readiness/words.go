// Package readiness holds the words of the product (control, checklist, item,
// evidence, state) and its one decision: what state every item of a checklist
// is in, given what rules found and what people said. It does no I/O.
package readiness

import (
	"strconv"
	"strings"
	"time"
)

// A Control is one practice. Checklists share controls; rules recognise them.
type Control struct {
	ID       string
	Title    string
	Category string
	Meaning  string // what the practice is, in a sentence or two
	Scope    Scope
	ByHand   string // why only a person can know; empty when rules can
}

// Scope tells where the proof of a control normally lives.
type Scope string

const (
	ScopeRepository Scope = "repo"
	ScopeAccount    Scope = "account" // a platform repository, or the cloud account
)

// Strength says what a piece of evidence does to the box of an item.
type Strength string

const (
	Proves      Strength = "proves"      // ticks it
	Suggests    Strength = "suggests"    // shows a hint beside an unticked box
	Contradicts Strength = "contradicts" // keeps it from ticking
)

// Evidence is a located finding. Repository and Commit are empty when the
// evidence lies in the assessed repository at the assessed commit. Lines count
// from 1; 0 means that the evidence is the whole file or has no file (a
// setting, whose Path is then empty and whose URL says where to look).
type Evidence struct {
	Strength   Strength `json:"strength"`
	Repository string   `json:"repository,omitempty"`
	Commit     string   `json:"commit,omitempty"`
	Path       string   `json:"path"`
	StartLine  int      `json:"start_line"`
	EndLine    int      `json:"end_line"`
	Rule       string   `json:"rule"`
	Summary    string   `json:"summary"`
	URL        string   `json:"url,omitempty"`
	Hidden     bool     `json:"hidden,omitempty"` // lies in a linked repository that fewer people may see, and says no place
	Rank       int      `json:"-"`                // the lower, the sooner readers should see it, among what is as strong
}

// Place is where it is found: path and first line, after the repository where
// that is another one.
func (e Evidence) Place() string {
	place := e.Path
	if e.StartLine > 0 {
		place += ":" + strconv.Itoa(e.StartLine)
	}
	if e.Repository != "" {
		place = e.Repository + ":" + place
	}
	return place
}

// Same tells whether two pieces of evidence say the same thing of the same
// place, lines and commits aside: code that moves within its file has not
// changed what it proves.
func (e Evidence) Same(o Evidence) bool {
	return e.Strength == o.Strength && e.Repository == o.Repository && e.Path == o.Path && e.Rule == o.Rule
}

// Verdict is what the rules alone say of a control in a snapshot.
type Verdict string

const (
	Proven        Verdict = "proven"
	Suggested     Verdict = "suggested"
	Contradicted  Verdict = "contradicted"
	None          Verdict = "none"
	UnknownYet    Verdict = "unknown"
	NotApplicable Verdict = "not_applicable"
)

// Finding is the verdict on one control, with what led to it. Reason is a
// sentence for people: why unknown, why not applicable, what weakened a proof.
type Finding struct {
	Control  string     `json:"id"`
	Title    string     `json:"title"`
	Verdict  Verdict    `json:"verdict"`
	Reason   string     `json:"reason"`
	Evidence []Evidence `json:"evidence"`
}

// Checklist is a list of items in sections, read from an issue template.
type Checklist struct {
	ID     string
	Title  string
	About  string
	Intro  string
	Source Source
	Items  []Item // in the order of the file; sections are runs of equal Section
}

// Source names where a checklist's titles and facts come from.
type Source struct {
	Title   string `yaml:"title"`
	URL     string `yaml:"url"`
	License string `yaml:"license"`
	Note    string `yaml:"note"`
}

// Item is one task of a checklist. Without controls, only people can tick it.
type Item struct {
	ID              string
	Section         string
	Title           string
	Guidance        string
	Controls        []string
	Required        bool
	RequiredBecause string
	Line            int // in the checklist's file
}

// State is what an item is in, in one repository.
type State string

const (
	Met         State = "met"
	Attested    State = "attested"
	Waived      State = "waived"
	StateNA     State = "not_applicable"
	Unmet       State = "unmet"
	StateUnsure State = "unknown"
)

// Ticked tells whether the item's box is ticked.
func (s State) Ticked() bool { return s == Met || s == Attested || s == Waived }

// Attestation is a person's tick.
type Attestation struct {
	By      string
	At      time.Time
	Note    string
	Expires time.Time // zero: never
}

// Waiver is a person's accepted exception. A zero Until never ends; a date
// counts to the end of that day in UTC.
type Waiver struct {
	By     string
	Reason string
	At     time.Time
	Until  time.Time
}

// Exemption says, with a reason, that an item does not concern a repository.
type Exemption struct {
	By     string
	Reason string
	At     time.Time
}

// Dispute is a person's untick of a proven box. It holds while the evidence
// keeps the fingerprint that was disputed.
type Dispute struct {
	By          string
	At          time.Time
	Fingerprint string
}

// People is what persons said of the items of one checklist, by item id.
type People struct {
	Attestations map[string]Attestation
	Waivers      map[string]Waiver
	Exemptions   map[string]Exemption
	Disputes     map[string]Dispute
}

// Fingerprint identifies a set of evidence whatever its order, lines and
// commits, so that a dispute ends when the evidence changes and not before.
func Fingerprint(evidence []Evidence) string {
	keys := make([]string, 0, len(evidence))
	for _, e := range evidence {
		if e.Strength == Proves {
			keys = append(keys, strings.Join([]string{e.Repository, e.Path, e.Rule}, "\x00"))
		}
	}
	return digest(keys)
}
