package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/readyline/readyline/internal/github"
	"github.com/readyline/readyline/internal/snapshot"
	"github.com/readyline/readyline/internal/store"
)

// tree reads the files of a commit as entries of a snapshot.
func (w *Worker) tree(ctx context.Context, client *github.Client, r github.Repository, head github.Commit) (*snapshot.Snapshot, string, error) {
	t, err := client.Tree(ctx, r, head.SHA)
	if err != nil {
		return nil, "", err
	}
	if t.Truncated {
		if t, err = w.walk(ctx, client, r, t.SHA); err != nil {
			return nil, "", err
		}
	}
	entries := make([]snapshot.Entry, 0, len(t.Entries))
	for _, e := range t.Entries {
		mode, err := strconv.ParseUint(e.Mode, 8, 32)
		if err != nil {
			return nil, "", fmt.Errorf("tree %s@%.7s: mode %q of %s", r.FullName(), head.SHA, e.Mode, e.Path)
		}
		entries = append(entries, snapshot.Entry{Path: e.Path, SHA: e.SHA, Size: e.Size, Mode: snapshot.Mode(mode)})
	}
	texts := func(ctx context.Context, want []snapshot.Entry, yield func(snapshot.Entry, []byte, error)) error {
		return w.texts(ctx, client, r, want, yield)
	}
	return snapshot.New(snapshot.Meta{Repository: r.FullName(), Commit: head.SHA, Time: head.At}, entries, texts), t.SHA, nil
}

// maxFolders bounds the walk through a tree too large for one answer.
const maxFolders = 200

// walk reads a tree that is too large for one answer folder by folder, where
// practices live first: the top, .github, and what is named like infrastructure.
func (w *Worker) walk(ctx context.Context, client *github.Client, r github.Repository, sha string) (github.Tree, error) {
	out := github.Tree{SHA: sha}
	type folder struct{ prefix, sha string }
	queue := []folder{{"", sha}}
	for n := 0; len(queue) > 0 && n < maxFolders; n++ {
		next := queue[0]
		queue = queue[1:]
		t, err := client.Folder(ctx, r, next.sha)
		if err != nil {
			return github.Tree{}, err
		}
		for _, e := range t.Entries {
			e.Path = next.prefix + e.Path
			if e.Mode == "040000" {
				queue = append(queue, folder{e.Path + "/", e.SHA})
				continue
			}
			out.Entries = append(out.Entries, e)
		}
	}
	if len(queue) > 0 {
		w.Log.WarnContext(ctx, "tree too large to be read whole", "repository", r.FullName(), "folders_left", len(queue))
	}
	return out, nil
}

// texts hands over the texts of blobs: those that were ever read come from the
// database, the rest in queries of fifty, and is kept.
func (w *Worker) texts(ctx context.Context, client *github.Client, r github.Repository, want []snapshot.Entry, yield func(snapshot.Entry, []byte, error)) error {
	for chunk := range slices.Chunk(want, 500) {
		shas := make([]string, len(chunk))
		for i, e := range chunk {
			shas[i] = e.SHA
		}
		have, err := w.Store.Blobs(ctx, shas)
		if err != nil {
			return err
		}
		var missing []string
		asked := map[string]bool{}
		for _, e := range chunk {
			if _, ok := have[e.SHA]; !ok && !asked[e.SHA] {
				asked[e.SHA] = true
				missing = append(missing, e.SHA)
			}
		}
		for part := range slices.Chunk(missing, github.BlobsPerQuery) {
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
		for _, e := range chunk {
			b := have[e.SHA]
			if b.Skipped != "" {
				yield(e, nil, errors.New(b.Skipped))
				continue
			}
			yield(e, b.Text, nil)
		}
	}
	return nil
}

// wantedSettings tells which questions any rule asks.
func (w *Worker) wantedSettings() func(name string) bool {
	names := w.Catalogue.Settings()
	return func(name string) bool { return slices.Contains(names, name) }
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
	fresh, err := client.Settings(ctx, r, func(name string) bool {
		_, have := out[name]
		return wanted(name) && !have
	})
	if err != nil {
		return nil, err
	}
	var put []store.Answer
	for name, a := range fresh {
		out[name] = a
		raw, err := json.Marshal(a.Facts)
		if err != nil {
			return nil, fmt.Errorf("answer %s of %s: %w", name, r.FullName(), err)
		}
		put = append(put, store.Answer{Name: name, Facts: raw, Unknown: a.Unknown, FetchedAt: now})
	}
	if len(put) == 0 {
		return out, nil
	}
	return out, w.Store.PutAnswers(ctx, r.ID, put)
}
