package store

import (
	"context"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
)

// owned is a table with rows about repositories or installations: found in the
// schema, so that none is forgotten.
type owned struct {
	Table   string
	Columns []string // that say of which: repository_id, installation_id, or id
	Skip    []string // that hold something compressed
}

func (s *Store) owned(ctx context.Context) ([]owned, error) {
	return rows(ctx, s, "look up the tables", pgx.RowToStructByPos[owned], `
		select c.table_name::text,
			array_agg(c.column_name::text order by c.column_name) filter (where c.column_name in ('repository_id', 'installation_id')
				or c.column_name = 'id' and c.table_name in ('repositories', 'installations')),
			coalesce(array_agg(c.column_name::text order by c.column_name) filter (where c.data_type = 'bytea'), '{}')
		from information_schema.columns c
		join information_schema.tables t using (table_schema, table_name)
		join pg_class r on r.relname = c.table_name and r.relnamespace = 'public'::regnamespace and not r.relispartition
		where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
		group by c.table_name
		having bool_or(c.column_name in ('repository_id', 'installation_id') or c.table_name in ('repositories', 'installations'))
		order by c.table_name <> 'installations', c.table_name <> 'repositories', c.table_name`)
}

// whose makes the temporary tables gone_repositories and gone_installations,
// which last as long as the transaction.
func (s *Store) whose(ctx context.Context, owner string) error {
	for _, statement := range []string{
		`create temporary table gone_installations (id bigint) on commit drop`,
		`create temporary table gone_repositories (id bigint) on commit drop`,
	} {
		if _, err := s.exec(ctx, "look up what is kept of "+owner, statement); err != nil {
			return err
		}
	}
	for _, statement := range []string{
		`insert into gone_installations select id from installations where lower(account_login) = lower($1)`,
		`insert into gone_repositories select id from repositories
			where lower(owner) = lower($1) or installation_id in (select id from gone_installations)`,
	} {
		if _, err := s.exec(ctx, "look up what is kept of "+owner, statement, owner); err != nil {
			return err
		}
	}
	return nil
}

// where is the condition for the rows of a table that are about an owner.
func (o owned) where() string {
	var out string
	for _, c := range o.Columns {
		of := "gone_repositories"
		if c == "installation_id" || c == "id" && o.Table == "installations" {
			of = "gone_installations"
		}
		if out != "" {
			out += " or "
		}
		out += fmt.Sprintf("%s in (select id from %s)", pgx.Identifier{c}.Sanitize(), of)
	}
	return out
}

// Export writes each row that is kept of an organisation or user as a line of
// JSON, from one state of the database, and returns how many there are.
func (s *Store) Export(ctx context.Context, owner string, to io.Writer) (int, error) {
	n := 0
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		in := s.With(tx)
		if err := in.whose(ctx, owner); err != nil {
			return err
		}
		tables, err := in.owned(ctx)
		if err != nil {
			return err
		}
		for _, o := range tables {
			found, err := tx.Query(ctx, fmt.Sprintf(`select jsonb_build_object('table', $1::text, 'row', to_jsonb(t) - $2::text[])::text
				from %s t where %s order by 1`, pgx.Identifier{o.Table}.Sanitize(), o.where()), o.Table, o.Skip)
			if err != nil {
				return fmt.Errorf("export %s of %s: %w", o.Table, owner, err)
			}
			var line string
			_, err = pgx.ForEachRow(found, []any{&line}, func() error {
				n++
				_, err := fmt.Fprintln(to, line)
				return err
			})
			if err != nil {
				return fmt.Errorf("export %s of %s: %w", o.Table, owner, err)
			}
		}
		return nil
	})
	return n, err
}

// Forget deletes all that is kept of an organisation or user and returns how
// many rows of each table that is. Unless really, it only counts.
func (s *Store) Forget(ctx context.Context, owner string, really bool) (map[string]int64, error) {
	gone := map[string]int64{}
	err := s.Tx(ctx, func(tx pgx.Tx) error {
		in := s.With(tx)
		if err := in.whose(ctx, owner); err != nil {
			return err
		}
		tables, err := in.owned(ctx)
		if err != nil {
			return err
		}
		for _, o := range tables { // all of them before any goes: rows go with those they hang on
			var n int64
			if err := tx.QueryRow(ctx, fmt.Sprintf(`select count(*) from %s where %s`, pgx.Identifier{o.Table}.Sanitize(), o.where())).Scan(&n); err != nil {
				return fmt.Errorf("count %s of %s: %w", o.Table, owner, err)
			}
			if n > 0 {
				gone[o.Table] = n
			}
		}
		if !really || len(gone) == 0 {
			return nil
		}
		for i := len(tables) - 1; i >= 0; i-- { // repositories and installations last
			o := tables[i]
			if _, err := in.exec(ctx, fmt.Sprintf("delete %s of %s", o.Table, owner),
				fmt.Sprintf(`delete from %s where %s`, pgx.Identifier{o.Table}.Sanitize(), o.where())); err != nil {
				return err
			}
		}
		// Others that lean on their files no longer know which they are.
		_, err = in.exec(ctx, "unlink "+owner,
			`update links set linked_repository_id = 0 where linked_repository_id in (select id from gone_repositories)`)
		return err
	})
	return gone, err
}
