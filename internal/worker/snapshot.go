package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/snapshot"
	"github.com/readyline/readyline/internal/store"
)

// tree reads the files of a commit as entries of a snapshot. What was read last
// is kept, so it is asked for once.
func (w *Worker) tree(ctx context.Context, client *github.Client, r github.Repository, head github.Commit) (*snapshot.Snapshot, string, error) {
	t, err := w.Store.Tree(ctx, r.ID, head.SHA)
	if errors.Is(err, store.ErrNotFound) {
		t, err = w.askTree(ctx, client, r, head.SHA)
	}
	if err != nil {
		return nil, "", err
	}
	entries := make([]snapshot.Entry, len(t.Entries))
	for i, e := range t.Entries {
		sha, err := snapshot.ParseHash(e.SHA)
		if err != nil {
			return nil, "", fmt.Errorf("tree of %s@%.7s: %s: %w", r.FullName(), head.SHA, e.Path, err)
		}
		entries[i] = snapshot.Entry{Path: e.Path, SHA: sha, Size: e.Size, Mode: snapshot.Mode(e.Mode)}
	}
	snap := w.snapshot(client, r, head, entries)
	snap.Partial = t.Partial
	return snap, t.SHA, nil
}

// snapshot is files of a repository, whose texts are read when they are asked for.
func (w *Worker) snapshot(client *github.Client, r github.Repository, head github.Commit, entries []snapshot.Entry) *snapshot.Snapshot {
	texts := func(ctx context.Context, want []snapshot.Entry, yield func(snapshot.Entry, []byte, error)) error {
		return w.texts(ctx, client, r, want, yield)
	}
	return snapshot.New(snapshot.Meta{Repository: r.FullName(), Commit: head.SHA, Time: head.At}, entries, texts)
}

// askTree asks GitHub for the files of a commit, unless somebody just did, and
// keeps them.
func (w *Worker) askTree(ctx context.Context, client *github.Client, r github.Repository, commit string) (store.Tree, error) {
	done, err := w.reading.turn(ctx, r.ID)
	if err != nil {
		return store.Tree{}, err
	}
	defer done()
	t, err := w.Store.Tree(ctx, r.ID, commit)
	if !errors.Is(err, store.ErrNotFound) {
		return t, err
	}
	if t, err = w.freshTree(ctx, client, r, commit); err != nil {
		return t, err
	}
	return t, w.Store.PutTree(ctx, r.ID, t)
}

func (w *Worker) freshTree(ctx context.Context, client *github.Client, r github.Repository, commit string) (store.Tree, error) {
	t, err := client.Tree(ctx, r, commit)
	out := store.Tree{Commit: commit, SHA: t.SHA}
	if err == nil && t.Truncated {
		t.Entries, out.Partial, err = w.walk(ctx, client, r, t.SHA)
	}
	if err != nil {
		return out, err
	}
	for _, e := range t.Entries {
		mode, err := strconv.ParseUint(e.Mode, 8, 32)
		if err != nil {
			return out, fmt.Errorf("tree %s@%.7s: mode %q of %s", r.FullName(), commit, e.Mode, e.Path)
		}
		out.Entries = append(out.Entries, store.TreeEntry{Path: e.Path, SHA: e.SHA, Mode: uint32(mode), Size: e.Size})
	}
	return out, nil
}

// texts hands over the texts of blobs: those that were ever read come from the
// database, the rest in queries of fifty, and is kept.
func (w *Worker) texts(ctx context.Context, client *github.Client, r github.Repository, want []snapshot.Entry, yield func(snapshot.Entry, []byte, error)) error {
	for chunk := range slices.Chunk(want, 500) {
		shas := make([]string, len(chunk))
		for i, e := range chunk {
			shas[i] = e.SHA.String()
		}
		have, err := w.Store.Blobs(ctx, shas)
		if err != nil {
			return err
		}
		if err := w.askTexts(ctx, client, r, shas, have); err != nil {
			return err
		}
		for i, e := range chunk {
			b := have[shas[i]]
			if b.Skipped != "" {
				yield(e, nil, errors.New(b.Skipped))
				continue
			}
			yield(e, b.Text, nil)
		}
	}
	return nil
}

// askTexts asks GitHub for the blobs that have lacks, unless somebody just did,
// and keeps them.
func (w *Worker) askTexts(ctx context.Context, client *github.Client, r github.Repository, shas []string, have map[string]store.Blob) error {
	missing := lacking(shas, have)
	if len(missing) == 0 {
		return nil
	}
	done, err := w.reading.turn(ctx, r.ID)
	if err != nil {
		return err
	}
	defer done()
	meanwhile, err := w.Store.Blobs(ctx, missing)
	if err != nil {
		return err
	}
	maps.Copy(have, meanwhile)
	for part := range slices.Chunk(lacking(missing, have), github.BlobsPerQuery) {
		fresh, err := client.Blobs(ctx, r, part)
		if err != nil {
			return err
		}
		keep := make([]store.Blob, len(fresh))
		for i, b := range fresh {
			keep[i] = store.Blob{SHA: b.SHA, Size: b.Size, Text: b.Text, Skipped: b.Why}
			have[b.SHA] = keep[i]
		}
		if err := w.Store.PutBlobs(ctx, keep); err != nil {
			return err
		}
	}
	return nil
}

// lacking are those of some blobs that we don't have, each once.
func lacking(shas []string, have map[string]store.Blob) (missing []string) {
	asked := map[string]bool{}
	for _, sha := range shas {
		if _, ok := have[sha]; !ok && !asked[sha] {
			asked[sha] = true
			missing = append(missing, sha)
		}
	}
	return missing
}

// wantedSettings tells which questions any rule asks.
func (w *Worker) wantedSettings() func(name string) bool {
	return func(name string) bool { return slices.Contains(w.asks, name) }
}

// settings are GitHub's answers about a repository: those that are kept, and
// anew those that a webhook or the sweep made old.
func (w *Worker) settings(ctx context.Context, client *github.Client, r github.Repository, now time.Time) (snapshot.Settings, error) {
	kept, err := w.Store.Answers(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	out := snapshot.Settings{}
	for _, a := range kept {
		answer := snapshot.Answer{Unknown: a.Unknown}
		if err := json.Unmarshal(a.Facts, &answer.Facts); err != nil {
			continue // written by another version: ask again
		}
		out[a.Name] = answer
	}
	wanted := w.wantedSettings()
	fresh, asking := client.Settings(ctx, r, func(name string) bool {
		_, have := out[name]
		return wanted(name) && !have
	})
	for name, a := range fresh {
		out[name] = a
	}
	// What was answered before a limit was met need not be asked again.
	return out, errors.Join(asking, w.keepAnswers(ctx, r, fresh, now))
}

// keepAnswers keeps what GitHub answered.
func (w *Worker) keepAnswers(ctx context.Context, r github.Repository, fresh snapshot.Settings, now time.Time) error {
	var put []store.Answer
	for _, name := range slices.Sorted(maps.Keys(fresh)) {
		raw, err := json.Marshal(fresh[name].Facts)
		if err != nil {
			return fmt.Errorf("answer %s of %s: %w", name, r.FullName(), err)
		}
		put = append(put, store.Answer{Name: name, Facts: raw, Unknown: fresh[name].Unknown, FetchedAt: now})
	}
	if len(put) == 0 {
		return nil
	}
	return w.Store.PutAnswers(ctx, r.ID, put)
}
