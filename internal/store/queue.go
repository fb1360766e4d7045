package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// migrateQueue brings River's part of the schema up to date, less what nothing
// here looks into.
func (s *Store) migrateQueue(ctx context.Context) error {
	queue, err := rivermigrate.New(riverpgxv5.New(s.pool), nil)
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	if _, err := queue.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	for _, name := range idleIndexes() {
		// Replicas that run meanwhile go on.
		if _, err := s.pool.Exec(ctx, `drop index concurrently if exists `+name); err != nil {
			return fmt.Errorf("migrate the queue: drop %s: %w", name, err)
		}
	}
	return nil
}

// idleIndexes are River's over arguments and metadata, for lists of jobs that
// nobody asks for here: they were two fifths of what a change of a job costs.
func idleIndexes() []string { return []string{"river_job_args_index", "river_job_metadata_index"} }

// QueueIndexes are those of the queue's indexes that the queue rebuilds now and
// then, as they bloat.
func QueueIndexes() []string {
	return slices.DeleteFunc(river.ReindexerIndexNamesDefault(), func(name string) bool { return slices.Contains(idleIndexes(), name) })
}
