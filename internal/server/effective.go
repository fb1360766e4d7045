package server

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// effective is what holds for a repository, and where each part comes from.
type effective struct {
	lists     map[string]readiness.Checklist // by id, those of its own included
	controls  *catalogue.Catalogue
	names     library // links of what it and its organisation bring
	Settings  []setting
	Decisions []setting // on single items
	Faults    []store.Fault
	Own       bool // it has a file of its own
}

// setting is one part of a configuration in words.
type setting struct {
	Name   string
	Value  string
	Origin string
}

// Where a setting comes from.
const (
	originOwn          = "this repository"
	originOrganisation = "organisation"
	originDefault      = "default"
)

// effective works out what holds for a repository from what is kept of its
// file and of its organisation's. Links lead to what the sight sees.
func (s *Server) effective(ctx context.Context, sight store.Sight, repo store.Repository) (effective, error) {
	own, ownFiles := catalogue.OpenBundle(repo.Config)
	var organisation *catalogue.Configuration
	var orgFiles map[string]string
	if repo.Name != ".github" {
		org, err := s.Store.RepositoryByName(ctx, repo.Owner, ".github")
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return effective{}, err
		}
		if err == nil && org.InstallationID == repo.InstallationID {
			organisation, orgFiles = catalogue.OpenBundle(org.Config)
		}
	} else {
		organisation, orgFiles, own, ownFiles = own, ownFiles, nil, nil
	}
	about := catalogue.Repository{Name: repo.Name, Topics: repo.Topics, Visibility: repo.Visibility}
	cfg, with := s.Catalogue.Under(own, ownFiles, organisation, orgFiles, about)
	e := effective{lists: map[string]readiness.Checklist{}, controls: with, Faults: repo.ConfigFaults, Own: own != nil}
	for _, list := range with.Checklists {
		e.lists[list.ID] = list
	}
	var err error
	if e.names, err = s.libraryIn(ctx, sight, repo); err != nil {
		return effective{}, err
	}
	if own == nil {
		own = &catalogue.Configuration{}
	}
	e.Settings = settings(cfg, own, catalogue.Effective(nil, organisation, about))
	e.Decisions = decisions(cfg, own)
	return e, nil
}

// origin is where something is said, if here or there.
func origin(here, there bool) string {
	switch {
	case here:
		return originOwn
	case there:
		return originOrganisation
	}
	return originDefault
}

// settings are what holds, in words, with the place that says so.
func settings(cfg catalogue.Configuration, own *catalogue.Configuration, organisation catalogue.Configuration) []setting {
	var lists, links, ignore []string
	for _, r := range cfg.Checklists {
		lists = append(lists, r.ID)
	}
	if lists == nil {
		lists = []string{catalogue.DefaultChecklist}
	}
	for _, l := range cfg.EvidenceFrom {
		links = append(links, l.String())
	}
	for _, p := range cfg.Ignore {
		ignore = append(ignore, p.String())
	}
	return []setting{
		{"Checklists", strings.Join(lists, ", "), origin(own.Checklists != nil, organisation.Checklists != nil)},
		{"Mode", string(cfg.Mode), origin(false, organisation.Mode != "" && organisation.Mode != catalogue.ModeIssue)},
		{"Evidence also from", orNone(links), origin(own.EvidenceFrom != nil, organisation.EvidenceFrom != nil)},
		{"Ignored paths", orNone(ignore), origin(own.Ignore != nil, organisation.Ignore != nil)},
		{"Attestations expire", expiry(cfg.AttestationsExpire), origin(own.AttestationsExpire != nil, organisation.AttestationsExpire != nil)},
		{"Check blocks merges", yesNo(cfg.ChecksBlock), origin(own.ChecksBlock != nil, organisation.ChecksBlock != nil)},
		{"Issue closed at 100 %", yesNo(cfg.CloseAt100), origin(own.CloseAt100 != nil, organisation.CloseAt100 != nil)},
		{"Author of a regression mentioned", yesNo(cfg.MentionAuthor), origin(own.MentionAuthor != nil, organisation.MentionAuthor != nil)},
	}
}

// decisions are what the configuration decides on single items.
func decisions(cfg catalogue.Configuration, own *catalogue.Configuration) []setting {
	var out []setting
	for _, id := range sortedKeys(cfg.NotApplicable) {
		_, here := own.NotApplicable[id]
		out = append(out, setting{"Not applicable: " + id, cfg.NotApplicable[id], origin(here, true)})
	}
	for _, id := range sortedKeys(cfg.Waivers) {
		_, here := own.Waivers[id]
		value := cfg.Waivers[id].Reason
		if until := cfg.Waivers[id].Until; !until.IsZero() {
			value += " (until " + until.Format(time.DateOnly) + ")"
		}
		out = append(out, setting{"Waived: " + id, value, origin(here, true)})
	}
	return out
}

func orNone(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

func expiry(d *time.Duration) string {
	if d == nil || *d == 0 {
		return "never"
	}
	return "after " + strconv.Itoa(int(*d/(24*time.Hour))) + " days"
}

func yesNo(b *bool) string {
	if b != nil && *b {
		return "yes"
	}
	return "no"
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
