package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/readyline/readyline/internal/readiness"
)

// Findings is what the rules found at the last look at a repository.
type Findings struct {
	Commit           string
	Tree             string
	CatalogueVersion string
	Config           string // of the configuration they were made under
	Found            []readiness.Finding
}

// Findings returns the last ones, or ErrNotFound.
func (s *Store) Findings(ctx context.Context, repository int64) (Findings, error) {
	type packed struct {
		Commit, Tree, CatalogueVersion, Config string
		Found                                  []byte
	}
	act := fmt.Sprintf("read the findings of repository %d", repository)
	p, err := row(ctx, s, act, pgx.RowToStructByName[packed], `
		select commit, tree, catalogue_version, config, found from findings where repository_id = $1`, repository)
	if err != nil {
		return Findings{}, err
	}
	f := Findings{Commit: p.Commit, Tree: p.Tree, CatalogueVersion: p.CatalogueVersion, Config: p.Config}
	text, err := decompress(p.Found)
	if err != nil {
		return Findings{}, fmt.Errorf("%s: %w", act, err)
	}
	if err := json.Unmarshal(text, &f.Found); err != nil {
		return Findings{}, fmt.Errorf("%s: %w", act, err)
	}
	return f, nil
}

// PutFindings replaces the findings of a repository.
func (s *Store) PutFindings(ctx context.Context, repository int64, f Findings) error {
	text, err := json.Marshal(f.Found)
	if err != nil {
		return fmt.Errorf("keep the findings of repository %d: %w", repository, err)
	}
	_, err = s.exec(ctx, fmt.Sprintf("keep the findings of repository %d", repository), `
		insert into findings (repository_id, commit, tree, catalogue_version, config, found) values ($1, $2, $3, $4, $5, $6)
		on conflict (repository_id) do update set commit = excluded.commit, tree = excluded.tree,
			catalogue_version = excluded.catalogue_version, config = excluded.config, found = excluded.found`,
		repository, f.Commit, f.Tree, f.CatalogueVersion, f.Config, compress(text))
	return err
}
