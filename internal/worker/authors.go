package worker

import (
	"context"
	"errors"
	"slices"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/issue"
	"github.com/readyline/readyline/internal/store"
)

// heard is what is known of the edits of a body.
type heard struct {
	hints []store.BoxEdit   // what deliveries told and is not taken yet, oldest first
	log   []github.BodyEdit // GitHub's own log, when it was asked for
}

// hear asks GitHub for a body's last edits, when deliveries leave open who
// made one, or which was the last: they are late, lost, or our own write came
// between. Nothing where that is plain, or GitHub does not tell.
func (s *subject) hear(ctx context.Context, row store.Issue, theirs string) (heard, error) {
	hints, err := s.w.Store.BoxEdits(ctx, row.RepositoryID, row.Checklist)
	if err != nil {
		return heard{}, err
	}
	var unknown []issue.Edit
	for _, e := range issue.Edits(row.BodyWritten, theirs) {
		if by, _ := attribute(hints, e.Item, e.Ticked); by == "" {
			unknown = append(unknown, e)
		}
	}
	all, err := newest(ctx, s.w.Store, row, theirs, hints)
	plain := !slices.ContainsFunc(all, func(n newestEdit) bool { return !n.plain })
	if err != nil || len(unknown) == 0 && plain {
		return heard{hints: hints}, err
	}
	log, err := s.client.BodyEdits(ctx, s.at, row.Number)
	var limited *github.Limited
	switch {
	case errors.As(err, &limited), ctx.Err() != nil:
		return heard{}, err // asked again later
	case err != nil:
		s.w.Log.WarnContext(ctx, "who edited is not known", "error", err)
		return heard{hints: hints}, nil
	}
	return heard{hints: append(hints, authors(unknown, log)...), log: log}, nil
}

// authors finds who last brought each box to where it is: by the bodies after
// each edit, or, where GitHub does not show these, if one person alone has
// edited since the App did.
func authors(edits []issue.Edit, told []github.BodyEdit) []store.BoxEdit {
	var out []store.BoxEdit
	for _, e := range edits {
		for i := len(told) - 1; i > 0; i-- {
			t := told[i]
			if t.By.Bot || t.By.Login == "" || t.Body == "" || told[i-1].Body == "" {
				continue
			}
			if made(told[i-1].Body, t.Body, e) {
				out = append(out, store.BoxEdit{Item: e.Item, Ticked: e.Ticked, By: t.By.Login, At: t.At})
				break
			}
		}
	}
	if len(out) > 0 {
		return out
	}
	alone := lastAlone(told)
	if alone.By.Login == "" {
		return nil
	}
	for _, e := range edits {
		out = append(out, store.BoxEdit{Item: e.Item, Ticked: e.Ticked, By: alone.By.Login, At: alone.At})
	}
	return out
}

// made tells whether between two bodies a box was changed so.
func made(before, after string, want issue.Edit) bool {
	for _, e := range issue.Edits(before, after) {
		if e == want {
			return true
		}
	}
	return false
}

// lastAlone is the last edit of the one person who has edited since the App
// did; without a name when there were more, or their texts are known, so that
// they are known not to have done it.
func lastAlone(told []github.BodyEdit) github.BodyEdit {
	var last github.BodyEdit
	for i := len(told) - 1; i >= 0 && !told[i].By.Bot; i-- {
		switch {
		case told[i].Body != "" || told[i].By.Login == "", last.By.Login != "" && told[i].By.Login != last.By.Login:
			return github.BodyEdit{}
		case last.By.Login == "":
			last = told[i]
		}
	}
	return last
}
