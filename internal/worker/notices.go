package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/readiness"
	"github.com/readyline/readyline/internal/store"
)

// noticed keeps what a recording gives reason to say: required items that lost
// their proof, and people's ticks of required items that evidence speaks
// against.
func (s *subject) noticed(ctx context.Context, in *store.Store, changes []store.Change, assessments []readiness.Assessment, by store.ActorKind, actor string) error {
	for _, c := range changes {
		if !c.Regression || !c.Required || c.To == store.Removed {
			continue
		}
		n := store.Notice{
			RepositoryID: s.row.ID, Checklist: c.Checklist, Kind: store.NoticeRegression, Item: c.Item,
			Detail: placeOf(c.Before, readiness.Proves),
		}
		if by == store.ByPush && !s.elsewhere { // else no commit of this repository took it
			n.Commit, n.Actor = s.head.SHA, actor
		}
		if err := in.PutNotice(ctx, n); err != nil {
			return err
		}
	}
	for _, a := range assessments {
		if err := s.contradicted(ctx, in, a); err != nil {
			return err
		}
	}
	return nil
}

// contradicted keeps a notice, once for each tick, where evidence speaks
// against what a person vouched for.
func (s *subject) contradicted(ctx context.Context, in *store.Store, a readiness.Assessment) error {
	var standing []store.Statement
	for _, it := range a.Items {
		detail := placeOf(it.Evidence, readiness.Contradicts)
		if it.State != readiness.Attested || !it.Item.Required || detail == "" {
			continue
		}
		if standing == nil {
			var err error
			if standing, err = in.Statements(ctx, s.row.ID, a.Checklist.ID); err != nil {
				return err
			}
		}
		i := slices.IndexFunc(standing, func(n store.Statement) bool { return n.Item == it.Item.ID && n.Kind == store.Attested })
		if i < 0 {
			continue
		}
		fresh, err := in.Contradicted(ctx, standing[i].ID)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		err = in.PutNotice(ctx, store.Notice{
			RepositoryID: s.row.ID, Checklist: a.Checklist.ID, Kind: store.NoticeContradiction,
			Item: it.Item.ID, Commit: s.head.SHA, Actor: standing[i].By, Detail: detail,
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func placeOf(evidence []readiness.Evidence, strength readiness.Strength) string {
	for _, e := range evidence {
		if e.Strength == strength && e.Path != "" {
			return e.Place()
		}
		if e.Strength == strength {
			return e.Summary
		}
	}
	return ""
}

// remark says what is to be said on an issue, in one comment. What was healed
// before it could be said is not said.
func (s *subject) remark(ctx context.Context, number int, a readiness.Assessment) error {
	open, err := s.w.Store.Notices(ctx, s.row.ID, a.Checklist.ID)
	if err != nil || len(open) == 0 {
		return err
	}
	said, err := s.saidAlready(ctx, number, open)
	if err != nil {
		return err
	}
	states := map[string]readiness.ItemState{}
	for _, it := range a.Items {
		states[it.Item.ID] = it
	}
	var say []issue.Remark
	var done, attempt []int64
	for _, n := range open {
		done = append(done, n.ID)
		it, known := states[n.Item]
		if !known || needless(n, it.State) || said[n.ID] {
			continue
		}
		attempt = append(attempt, n.ID)
		r := remarkOf(n, it.Item.Title)
		if r.Notify, err = s.mentioned(ctx, n); err != nil {
			return err
		}
		say = append(say, r)
	}
	if len(say) > 0 {
		if err := s.w.Store.AttemptNotices(ctx, attempt); err != nil {
			return err
		}
		page := issue.Page{Repository: s.repo.FullName(), WebURL: s.webURL()}
		if err := s.client.Comment(ctx, s.at, number, issue.Remarks(say, page)); err != nil {
			return err
		}
		s.w.Told(fmt.Sprintf("commented on %s: %d required", s.repo.FullName(), len(say)))
	}
	return s.w.Store.SaidNotices(ctx, done)
}

// mentioned is the login of the author of the commit that took a proof, where
// they are to be told: GitHub knows them, they are no bot, and this repository
// is theirs to write. Anybody can put any address into a commit.
func (s *subject) mentioned(ctx context.Context, n store.Notice) (string, error) {
	if n.Kind != store.NoticeRegression || n.Commit == "" || s.config.MentionAuthor == nil || !*s.config.MentionAuthor {
		return "", nil
	}
	c, err := s.client.Commit(ctx, s.repo, n.Commit)
	if errors.Is(err, github.ErrNotFound) { // pushed away meanwhile
		return "", nil
	}
	if err != nil || c.By.Login == "" || c.By.Bot {
		return "", err
	}
	level, err := s.client.Permission(ctx, s.repo, c.By.Login)
	if err != nil || !writes(level) {
		return "", err
	}
	return c.By.Login, nil
}

// needless tells whether what there was to say holds no more: the proof is
// back, or what was about to end has gone or does not matter.
func needless(n store.Notice, now readiness.State) bool {
	switch n.Kind {
	case store.NoticeRegression:
		return now.Ticked()
	case store.NoticeContradiction:
		return now != readiness.Attested
	case store.NoticeExpiry:
		return n.Detail == "waiver" && now != readiness.Waived || n.Detail != "waiver" && now != readiness.Attested
	}
	return false
}

func remarkOf(n store.Notice, title string) issue.Remark {
	r := issue.Remark{ID: n.ID, Kind: string(n.Kind), Item: n.Item, Title: title, Commit: n.Commit, Actor: n.Actor, Detail: n.Detail}
	if n.Until != nil {
		r.Until = *n.Until
	}
	return r
}

// saidAlready looks, after a crash in the middle of saying, which notices are
// in a comment already.
func (s *subject) saidAlready(ctx context.Context, number int, open []store.Notice) (map[int64]bool, error) {
	said := map[int64]bool{}
	if !slices.ContainsFunc(open, func(n store.Notice) bool { return n.AttemptedAt != nil }) {
		return said, nil
	}
	err := s.client.Comments(ctx, s.at, number, func(body string) {
		for _, id := range issue.RemarksIn(body) {
			said[id] = true
		}
	})
	return said, err
}
