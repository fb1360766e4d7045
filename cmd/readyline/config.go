package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/store"
)

// configCommand shows what holds for a repository, and where it comes from.
type configCommand struct {
	serverConfig
	Repository string `arg:"" name:"owner/repo" help:"The repository."`
}

// Help shows an example.
func (configCommand) Help() string {
	return "Example:\n  readyline config acme/payments"
}

// Run shows it.
func (c *configCommand) Run(ctx context.Context, at console, vars variables) error {
	owner, name, ok := strings.Cut(c.Repository, "/")
	if !ok || owner == "" || name == "" {
		return fmt.Errorf("%q is not a repository like acme/payments", c.Repository)
	}
	return c.operate(ctx, at, vars, false, func(p *process) error {
		repo, err := p.store.RepositoryByName(ctx, owner, name)
		if errors.Is(err, store.ErrNotFound) {
			return failed("%s: the server does not know this repository; is the App installed on it?", c.Repository)
		}
		if err != nil {
			return outside(err)
		}
		var above json.RawMessage
		if org, err := p.store.RepositoryByName(ctx, repo.Owner, ".github"); err == nil && org.ID != repo.ID {
			above = org.Config
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return outside(err)
		}
		in, err := p.store.Installation(ctx, repo.InstallationID)
		if err != nil {
			return outside(err)
		}
		lines, err := effectiveLines(repo, in, above)
		if err != nil {
			return err
		}
		w := tabwriter.NewWriter(at.out, 0, 0, 2, ' ', 0)
		for _, l := range lines {
			fmt.Fprintf(w, "%s\t%s\t%s\n", l.name, l.value, l.origin)
		}
		if err := w.Flush(); err != nil {
			return err
		}
		for _, f := range repo.ConfigFaults {
			fmt.Fprintf(at.out, "%s:%d: %s (the last good configuration holds)\n", f.Path, f.Line, f.Message)
		}
		if len(repo.ConfigFaults) > 0 {
			return failed("%s has %d faults in its configuration", repo.FullName(), len(repo.ConfigFaults))
		}
		return nil
	})
}

// effectiveLine is one setting, its value, and the file and line that say so.
type effectiveLine struct{ name, value, origin string }

// layer is a file that may say something, or one match of it.
type layer struct {
	name   string
	config *catalogue.Configuration
}

// effectiveLines are all settings of a repository, in a fixed order.
func effectiveLines(repo store.Repository, in store.Installation, above json.RawMessage) ([]effectiveLine, error) {
	own, err := keptConfiguration(repo.Config)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", repo.FullName(), err)
	}
	org, err := keptConfiguration(above)
	if err != nil {
		return nil, fmt.Errorf("%s/.github: %w", repo.Owner, err)
	}
	if repo.Name == ".github" {
		own, org = nil, own
	}
	about := catalogue.Repository{Name: repo.Name, Topics: repo.Topics, Visibility: repo.Visibility}
	eff := catalogue.Effective(own, org, about)
	layers := []layer{{repo.FullName(), own}}
	if org != nil {
		for i := range org.Repositories {
			if holds(org.Repositories[i], about) {
				layers = append(layers, layer{repo.Owner + "/.github", &org.Repositories[i].Configuration})
				break
			}
		}
		layers = append(layers, layer{repo.Owner + "/.github", org})
	}
	from := func(layers []layer, place string) string {
		for _, l := range layers {
			if l.config != nil && l.config.Places[place] > 0 {
				return fmt.Sprintf("%s %s:%d", l.name, catalogue.ConfigurationPath, l.config.Places[place])
			}
		}
		return "default"
	}
	mode, modeFrom := string(eff.Mode), from(layers[1:], "mode")
	if in.Mode != "" && in.Mode != store.ModeIssue {
		mode, modeFrom = string(in.Mode), "installation on "+in.AccountLogin
	}
	out := []effectiveLine{
		{"mode", mode, modeFrom},
		{"checklists", names(eff.Checklists, catalogue.DefaultChecklist), from(layers, "checklists")},
		{"controls", names(eff.Controls, "-"), from(layers, "controls")},
		{"evidence_from", joined(eff.EvidenceFrom), from(layers, "evidence_from")},
		{"ignore", joined(eff.Ignore), from(layers, "ignore")},
		{"attestations_expire", days(eff.AttestationsExpire), from(layers, "attestations_expire")},
		{"checks_block", fmt.Sprint(eff.ChecksBlock != nil && *eff.ChecksBlock), from(layers, "checks_block")},
		{"close_at_100", fmt.Sprint(eff.CloseAt100 != nil && *eff.CloseAt100), from(layers, "close_at_100")},
		{"mention_author", fmt.Sprint(eff.MentionAuthor != nil && *eff.MentionAuthor), from(layers, "mention_author")},
	}
	for _, id := range slices.Sorted(maps.Keys(eff.NotApplicable)) {
		out = append(out, effectiveLine{"not_applicable." + id, eff.NotApplicable[id], from(layers, "not_applicable."+id)})
	}
	for _, id := range slices.Sorted(maps.Keys(eff.Waivers)) {
		value := eff.Waivers[id].Reason
		if until := eff.Waivers[id].Until; !until.IsZero() {
			value += ", until " + until.Format(time.DateOnly)
		}
		out = append(out, effectiveLine{"waivers." + id, value, from(layers, "waivers."+id)})
	}
	return out, nil
}

// keptConfiguration reads a configuration as the worker keeps it.
func keptConfiguration(raw json.RawMessage) (*catalogue.Configuration, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	var kept struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, err
	}
	return catalogue.ParseConfiguration(catalogue.ConfigurationPath, []byte(kept.Text))
}

// holds tells whether a match is about a repository: what only it says is then
// in effect.
func holds(m catalogue.Match, about catalogue.Repository) bool {
	m.Configuration = catalogue.Configuration{Mode: catalogue.ModeOff}
	probe := catalogue.Configuration{Repositories: []catalogue.Match{m}}
	return catalogue.Effective(nil, &probe, about).Mode == catalogue.ModeOff
}

func names(refs []catalogue.Reference, or string) string {
	var out []string
	for _, r := range refs {
		if r.Path != "" {
			out = append(out, r.Path)
		} else {
			out = append(out, r.ID)
		}
	}
	if out == nil {
		return or
	}
	return strings.Join(out, ", ")
}

func joined[T fmt.Stringer](all []T) string {
	var out []string
	for _, x := range all {
		out = append(out, x.String())
	}
	if out == nil {
		return "-"
	}
	return strings.Join(out, ", ")
}

func days(d *time.Duration) string {
	if d == nil || *d == 0 {
		return "never"
	}
	return fmt.Sprintf("%dd", int(*d/(24*time.Hour)))
}
