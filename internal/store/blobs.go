package store

import (
	"context"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Blob is the content of a file, named by Git's hash of it.
type Blob struct {
	SHA     string // hex
	Size    int64  // bytes
	Text    []byte // nil where Skipped says why
	Skipped string // why the text is not kept: binary, too large
}

// Blobs returns those of the hashes that are stored, by hash.
func (s *Store) Blobs(ctx context.Context, shas []string) (map[string]Blob, error) {
	keys, err := hashes(shas)
	if err != nil {
		return nil, err
	}
	type stored struct {
		SHA     []byte
		Size    int64
		Text    []byte
		Skipped string
	}
	found, err := rows(ctx, s, fmt.Sprintf("read %d blobs", len(shas)), pgx.RowToStructByName[stored],
		`select sha, size, text, skipped from blobs where sha = any($1)`, keys)
	if err != nil {
		return nil, err
	}
	blobs := make(map[string]Blob, len(found))
	for _, f := range found {
		b := Blob{SHA: hex.EncodeToString(f.SHA), Size: f.Size, Skipped: f.Skipped}
		if f.Text != nil {
			if b.Text, err = decompress(f.Text); err != nil {
				return nil, fmt.Errorf("read blob %s: %w", b.SHA, err)
			}
		}
		blobs[b.SHA] = b
	}
	return blobs, nil
}

// MissingBlobs returns those of the hashes that are not stored, in their
// order, and notes of the others that they are in use.
func (s *Store) MissingBlobs(ctx context.Context, shas []string) ([]string, error) {
	keys, err := hashes(shas)
	if err != nil {
		return nil, err
	}
	// Once a day is enough for pruning and spares nearly all writes.
	found, err := rows(ctx, s, fmt.Sprintf("look up %d blobs", len(shas)), pgx.RowTo[[]byte], `
		with used as (
			update blobs set seen_at = now() where sha = any($1) and seen_at < now() - interval '1 day'
		)
		select sha from blobs where sha = any($1)`, keys)
	if err != nil {
		return nil, err
	}
	have := make(map[string]bool, len(found))
	for _, sha := range found {
		have[hex.EncodeToString(sha)] = true
	}
	var missing []string
	for _, sha := range shas {
		if !have[sha] {
			missing = append(missing, sha)
			have[sha] = true // asked for once
		}
	}
	return missing, nil
}

// PutBlobs stores blobs; those that are there already stay.
func (s *Store) PutBlobs(ctx context.Context, blobs []Blob) error {
	var sizes []int64
	var shas, skipped []string
	var texts [][]byte
	for _, b := range blobs {
		shas, sizes, skipped = append(shas, b.SHA), append(sizes, b.Size), append(skipped, b.Skipped)
		if b.Skipped != "" {
			texts = append(texts, nil)
		} else {
			texts = append(texts, compress(b.Text))
		}
	}
	keys, err := hashes(shas)
	if err != nil {
		return err
	}
	_, err = s.exec(ctx, fmt.Sprintf("store %d blobs", len(blobs)), `
		insert into blobs (sha, size, text, skipped)
		select sha, size, text, skipped
		from unnest($1::bytea[], $2::bigint[], $3::bytea[], $4::text[]) as t (sha, size, text, skipped)
		order by sha
		on conflict (sha) do nothing`, keys, sizes, texts, skipped)
	return err
}

// PruneBlobs deletes blobs that no look has used since a time: at most limit,
// returning how many.
func (s *Store) PruneBlobs(ctx context.Context, before time.Time, limit int) (int64, error) {
	return s.exec(ctx, "prune blobs", `
		delete from blobs where sha in (
			select sha from blobs where seen_at < $1 order by seen_at limit $2 for update skip locked)`, before, limit)
}

func hashes(shas []string) ([][]byte, error) {
	keys := make([][]byte, 0, len(shas))
	for _, sha := range shas {
		key, err := hex.DecodeString(sha)
		if err != nil || len(key) == 0 {
			return nil, fmt.Errorf("blob hash %q is not hexadecimal", sha)
		}
		keys = append(keys, key)
	}
	return keys, nil
}
