package worker

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// people is what persons and the configuration say of a checklist's items. What
// has run out is put away; the second result tells whether anything had.
func (s *subject) people(ctx context.Context, in *store.Store, checklist readiness.Checklist) (readiness.People, bool, error) {
	now := s.w.Now()
	ended, err := s.expire(ctx, in, checklist.ID, now)
	if err != nil {
		return readiness.People{}, ended, err
	}
	if err := in.SyncConfig(ctx, s.row.ID, checklist.ID, s.config.says(checklist, now)); err != nil {
		return readiness.People{}, ended, err
	}
	standing, err := in.Statements(ctx, s.row.ID, checklist.ID)
	if err != nil || len(standing) == 0 {
		return readiness.People{}, ended, err
	}
	return s.config.people(standing), ended, s.noteEnds(ctx, in, checklist.ID, standing)
}

// expire withdraws what has run out.
func (s *subject) expire(ctx context.Context, in *store.Store, checklist string, now time.Time) (any bool, err error) {
	standing, err := in.Statements(ctx, s.row.ID, checklist)
	for _, n := range standing {
		if end := s.config.end(n); !end.IsZero() && !now.Before(end) {
			if err := in.Expire(ctx, n.ID); err != nil {
				return any, err
			}
			any = true
		}
	}
	return any, err
}

// noteEnds keeps when each statement ends, so that it does without anything
// else happening to the repository.
func (s *subject) noteEnds(ctx context.Context, in *store.Store, checklist string, standing []store.Statement) error {
	known, err := in.Ends(ctx, s.row.ID, checklist)
	if err != nil {
		return err
	}
	for _, n := range standing {
		if end := s.config.end(n); !end.Equal(known[n.ID]) {
			if err := in.SetEnd(ctx, n.ID, end); err != nil {
				return err
			}
		}
	}
	return nil
}

// end is the moment at which a statement ends: a waiver with its last day, in
// UTC; an attestation after as long as is configured. Zero: never.
func (e effective) end(n store.Statement) time.Time {
	switch {
	case n.Until != nil && n.Kind == store.Waived:
		return n.Until.UTC().Truncate(24 * time.Hour).Add(24 * time.Hour)
	case n.Until != nil:
		return n.Until.UTC()
	case n.Kind == store.Attested && e.AttestationsExpire != nil && *e.AttestationsExpire > 0:
		return n.At.Add(*e.AttestationsExpire).UTC().Truncate(time.Second)
	}
	return time.Time{}
}

// says are the waivers and exemptions of the configuration that hold now.
func (e effective) says(checklist readiness.Checklist, now time.Time) []store.Statement {
	said := e.Configuration.People(checklist)
	var out []store.Statement
	for _, item := range checklist.Items {
		if w, ok := said.Waivers[item.ID]; ok && !w.Expired(now) {
			n := store.Statement{Item: item.ID, Kind: store.Waived, By: w.By, Note: w.Reason}
			if !w.Until.IsZero() {
				n.Until = &w.Until
			}
			out = append(out, n)
		}
		if x, ok := said.Exemptions[item.ID]; ok {
			out = append(out, store.Statement{Item: item.ID, Kind: store.Exempted, By: x.By, Note: x.Reason})
		}
	}
	return out
}

// people is statements in the words of readiness, each with its end.
func (e effective) people(standing []store.Statement) readiness.People {
	p := readiness.People{
		Attestations: map[string]readiness.Attestation{}, Waivers: map[string]readiness.Waiver{},
		Exemptions: map[string]readiness.Exemption{}, Disputes: map[string]readiness.Dispute{},
	}
	for _, n := range standing {
		switch n.Kind {
		case store.Attested:
			p.Attestations[n.Item] = readiness.Attestation{By: n.By, At: n.At, Note: n.Note, Expires: e.end(n)}
		case store.Waived:
			w := readiness.Waiver{By: n.By, At: n.At, Reason: n.Note}
			if n.Until != nil {
				w.Until = *n.Until
			}
			p.Waivers[n.Item] = w
		case store.Exempted:
			p.Exemptions[n.Item] = readiness.Exemption{By: n.By, At: n.At, Reason: n.Note}
		case store.Contested:
			p.Disputes[n.Item] = readiness.Dispute{By: n.By, At: n.At, Fingerprint: n.Fingerprint}
		}
	}
	return p
}

// wouldSay is what people and a configuration would say of a checklist, with
// nothing written: what persons said by tick or command stands before what the
// configuration says.
func (s *subject) wouldSay(ctx context.Context, config effective, checklist readiness.Checklist) (readiness.People, error) {
	standing, err := s.w.Store.Statements(ctx, s.row.ID, checklist.ID)
	if err != nil {
		return readiness.People{}, err
	}
	standing = slices.DeleteFunc(standing, func(n store.Statement) bool { return n.Via == store.ViaConfig })
	for _, n := range config.says(checklist, s.w.Now()) {
		taken := slices.ContainsFunc(standing, func(o store.Statement) bool { return o.Item == n.Item && o.Kind == n.Kind })
		if !taken {
			standing = append(standing, n)
		}
	}
	return config.people(standing), nil
}

// doer is who changed what a look finds at a commit that was looked at before:
// the people whose words the changed items show, or who took theirs back.
func (s *subject) doer(ctx context.Context, in *store.Store, now []readiness.Assessment) (string, error) {
	kept, err := in.Items(ctx, s.row.ID, "")
	if err != nil {
		return "", err
	}
	type key struct{ checklist, item string }
	was := make(map[key]store.Item, len(kept))
	for _, it := range kept {
		was[key{it.Checklist, it.Item}] = it
	}
	var who []string
	for _, a := range now {
		for _, it := range a.Items {
			old, known := was[key{a.Checklist.ID, it.Item.ID}]
			if !known || old.State == it.State {
				continue
			}
			by := it.By
			if by == "" {
				if by, err = in.LastWithdrawnBy(ctx, s.row.ID, a.Checklist.ID, it.Item.ID); err != nil {
					return "", err
				}
			}
			if by != "" && !slices.Contains(who, by) {
				who = append(who, by)
			}
		}
	}
	return strings.Join(who, ", "), nil
}
