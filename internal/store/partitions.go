package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// EnsurePartitions creates the history's partitions for the months from one
// time to another, both included. Rows that the default partition had caught
// for such a month move over.
func (s *Store) EnsurePartitions(ctx context.Context, from, to time.Time) error {
	first := time.Date(from.UTC().Year(), from.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	for month := first; !month.After(to.UTC()); month = month.AddDate(0, 1, 0) {
		if err := s.ensureMonth(ctx, month); err != nil {
			return fmt.Errorf("partition history for %s: %w", month.Format("2006-01"), err)
		}
	}
	return nil
}

func (s *Store) ensureMonth(ctx context.Context, month time.Time) error {
	name := "history_" + month.Format("2006_01")
	exists := func(db database) (yes bool, err error) {
		err = db.QueryRow(ctx, `select to_regclass($1) is not null`, name).Scan(&yes)
		return yes, err
	}
	if yes, err := exists(s.db); err != nil || yes {
		return err
	}
	return s.Tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `lock table history in share row exclusive mode`); err != nil {
			return err
		}
		if yes, err := exists(tx); err != nil || yes {
			return err
		}
		// The names and bounds are made of a date, not of anybody's input. A
		// table that is made alone and then attached can take over rows that
		// the default partition holds; "partition of" would refuse.
		start, end := month.Format("2006-01-02"), month.AddDate(0, 1, 0).Format("2006-01-02")
		_, err := tx.Exec(ctx, fmt.Sprintf(`
			create table %[1]s (like history including defaults including indexes);
			with moved as (
				delete from history_default where at >= '%[2]s+00' and at < '%[3]s+00' returning *
			)
			insert into %[1]s select * from moved;
			alter table history attach partition %[1]s for values from ('%[2]s+00') to ('%[3]s+00');`,
			name, start, end))
		return err
	})
}
