package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// DropHistory drops the months of history that ended before a time, oldest
// first, and returns how many. Of each item the last change stays, so that how
// things stood can be rebuilt for every time after; days stay as they are.
func (s *Store) DropHistory(ctx context.Context, before time.Time) (int, error) {
	months, err := rows(ctx, s, "list the months of history", pgx.RowTo[string], `
		select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid
		where i.inhparent = 'history'::regclass and c.relname ~ '^history_[0-9]{4}_[0-9]{2}$' order by c.relname`)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, name := range months {
		month, err := time.Parse("history_2006_01", name)
		if err != nil {
			return n, fmt.Errorf("list the months of history: %w", err)
		}
		end := month.AddDate(0, 1, 0)
		if end.After(before.UTC()) {
			break
		}
		if err := s.dropMonth(ctx, name, end); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// dropMonth drops one month. Who reads or writes history waits until it is
// done: nobody sees a change neither here nor there.
func (s *Store) dropMonth(ctx context.Context, name string, end time.Time) error {
	act := "drop " + name
	return s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		// The name is one of our own, see ensureMonth.
		for _, sql := range []string{
			`set local lock_timeout = '10s'`, // rather tomorrow than keep everybody waiting
			`alter table history detach partition ` + name,
			// What an older month left behind of an item is overtaken, and what
			// was removed needs no rebuilding.
			`delete from history_default d using (
				select repository_id, checklist, item, max(at) as at from ` + name + ` group by 1, 2, 3
			) n where d.repository_id = n.repository_id and d.checklist = n.checklist and d.item = n.item and d.at < n.at`,
			`insert into history_default
				select * from (
					select distinct on (repository_id, checklist, item) * from ` + name + `
					order by repository_id, checklist, item, at desc, id desc
				) as last where to_state <> 'removed'`,
			`drop table ` + name,
		} {
			if _, err := in.exec(ctx, act, sql); err != nil {
				return err
			}
		}
		_, err := in.exec(ctx, act, `
			insert into history_whole (since) values ($1) on conflict (singleton) do update set since = excluded.since`, end)
		return err
	})
}
