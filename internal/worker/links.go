package worker

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/readyline/readyline/internal/catalogue"
	"github.com/readyline/readyline/internal/evidence"
	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// linked is another repository whose files count as evidence here.
type linked struct {
	row    store.Repository
	folder string
	sha    string
}

// links finds the repositories that the configuration links, and keeps the
// links, so that a push there has this repository looked at. A repository that
// the App does not see is a notice, not a fault.
func (s *subject) links(ctx context.Context) ([]linked, error) {
	var out []linked
	var keep []store.Link
	for _, l := range s.config.EvidenceFrom {
		name := l.Owner + "/" + l.Name
		keep = append(keep, store.Link{RepositoryID: s.row.ID, LinkedName: name, PathPrefix: l.Folder, Via: store.ViaConfig})
		row, err := s.w.Store.RepositoryByName(ctx, l.Owner, l.Name)
		if errors.Is(err, store.ErrNotFound) || err == nil && row.RemovedAt != nil {
			s.config.faults = append(s.config.faults, store.Fault{
				Path: ".github/readyline.yml", Line: l.Line, Message: fmt.Sprintf("evidence_from: %s is not visible to the App", name),
			})
			continue
		}
		if err != nil {
			return nil, err
		}
		if row.ID == s.row.ID || row.Owner != s.row.Owner {
			continue // of another account: its owner has not agreed to be read here
		}
		keep[len(keep)-1].LinkedRepositoryID = row.ID
		sha, err := s.w.head(ctx, row)
		if err != nil {
			return nil, fmt.Errorf("linked repository: %w", err)
		}
		if sha != "" {
			out = append(out, linked{row: row, folder: l.Folder, sha: sha})
		}
	}
	return out, s.w.Store.SyncLinks(ctx, s.row.ID, keep)
}

// head is the commit that a linked repository is at. GitHub is asked where we
// never looked, because it is skipped or its first look is still to come: what it
// proves counts all the same. Empty: it has no commits.
func (w *Worker) head(ctx context.Context, row store.Repository) (string, error) {
	if known := cmp.Or(row.WantedSHA, row.AssessedSHA); known != "" {
		return known, nil
	}
	client, err := w.client(row.InstallationID)
	if err != nil {
		return "", err
	}
	tip, _, err := client.DefaultHead(ctx, asked(row))
	if errors.Is(err, github.ErrEmpty) || errors.Is(err, github.ErrNotFound) {
		return "", nil
	}
	return tip.SHA, err
}

// under is what findings depend on besides the commit and the rules: what is
// configured, what files people nominated, and what the linked repositories are
// at, each in a part of its own.
func (s *subject) under(links []linked, nominated []string) string {
	parts := []string{
		digest("%s\n%s\n%s", canonical(s.row.Config), canonical(s.above), linksOf(links)), digest("%q", nominated),
	}
	for _, l := range links {
		parts = append(parts, digest("%s", l.sha))
	}
	return strings.Join(parts, " ")
}

func digest(format string, args ...any) string {
	sum := sha256.Sum256(fmt.Appendf(nil, format, args...))
	return hex.EncodeToString(sum[:8])
}

// linksOf are linked repositories wherever they are at.
func linksOf(links []linked) (out []string) {
	for _, l := range links {
		out = append(out, fmt.Sprintf("%d %s", l.row.ID, l.folder))
	}
	return out
}

// changed tells what made findings old that depended on before: the
// configuration, a person who nominated a file or a push there, a push to a
// linked repository; nothing when they are not.
func (s *subject) changed(ctx context.Context, before string, links []linked, nominated []string) (store.ActorKind, error) {
	was, now := strings.Fields(before), strings.Fields(s.under(links, nominated))
	if len(was) != len(now) || was[0] != now[0] {
		return store.ByConfig, nil
	}
	for i, l := range links {
		if was[i+2] == now[i+2] {
			continue
		}
		s.elsewhere = true
		if audience(l.row.Visibility) < audience(s.row.Visibility) {
			return store.ByPush, nil // nor is who pushed there told here
		}
		author, err := s.w.Store.Pusher(ctx, l.row.ID)
		s.author = author
		return store.ByPush, err
	}
	if was[1] != now[1] {
		return store.ByPerson, nil
	}
	return "", nil
}

// canonical is a kept configuration in one form: the database gives JSON back in
// another than it was given.
func canonical(raw json.RawMessage) []byte {
	var b catalogue.Bundle
	if len(raw) == 0 || json.Unmarshal(raw, &b) != nil {
		return nil
	}
	text, err := json.Marshal(b)
	if err != nil {
		return nil // strings and maps of strings always marshal
	}
	return text
}

// source reads a linked repository as the rules see it.
func (s *subject) source(ctx context.Context, engine *evidence.Engine, l linked) (evidence.Source, error) {
	client, err := s.w.client(l.row.InstallationID)
	if err != nil {
		return evidence.Source{}, err
	}
	snap, _, err := s.w.tree(ctx, client, asked(l.row), github.Commit{SHA: l.sha})
	if err != nil {
		return evidence.Source{}, fmt.Errorf("linked repository: %w", err)
	}
	reading, err := s.read(ctx, engine, snap, l.folder)
	return evidence.Source{Repository: l.row.FullName(), Commit: l.sha, Reading: reading}, err
}

// audience is how many people may see a repository: the more, the higher.
func audience(visibility string) int {
	switch visibility {
	case "public":
		return 2
	case "internal":
		return 1
	}
	return 0
}

// discreet takes the names out of evidence that lies where fewer people look
// than here.
func (s *subject) discreet(found []readiness.Finding, links []linked) {
	secret := map[string]bool{}
	for _, l := range links {
		if audience(l.row.Visibility) < audience(s.row.Visibility) {
			secret[l.row.FullName()] = true
		}
	}
	for i := range found {
		for j, e := range found[i].Evidence {
			if secret[e.Repository] {
				found[i].Evidence[j] = readiness.Evidence{
					Strength: e.Strength, Rule: e.Rule, Summary: e.Summary, Hidden: true,
				}
			}
		}
	}
}

// leaning has every repository looked at that leans on one.
func (t told) leaning(ctx context.Context, id int64, fullName string) error {
	ids, err := t.store.LinkedBy(ctx, id, fullName)
	if err != nil {
		return err
	}
	for _, other := range ids {
		if err := t.w.Touch(ctx, t.tx, other, t.hurry()); err != nil {
			return err
		}
	}
	return nil
}
