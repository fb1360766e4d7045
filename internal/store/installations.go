package store

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
)

// Mode says how loud we are for an installation or a repository.
type Mode string

const (
	ModeOff     Mode = "off"
	ModeObserve Mode = "observe" // dashboard only
	ModeIssue   Mode = "issue"
)

// Installation is the App on one account. Mode and the wave's settings are
// ours, the rest is GitHub's. IssuesPerHour and IssuesPerDay are 0 where the
// server's default holds.
type Installation struct {
	ID           int64
	AccountID    int64
	AccountLogin string
	AccountType  string // Organization or User
	Permissions  map[string]string
	Selection    string // all or selected
	SuspendedAt  *time.Time
	RemovedAt    *time.Time

	Mode          Mode
	IssuesPerHour int
	IssuesPerDay  int
	WavePaused    bool

	CreatedAt time.Time
	UpdatedAt time.Time
}

const installationColumns = `id, account_id, account_login, account_type, permissions, selection,
	suspended_at, removed_at, mode, issues_per_hour, issues_per_day, wave_paused, created_at, updated_at`

// PutInstallation writes what GitHub says of an installation. It brings a
// removed one back and leaves our own settings alone; mode is for a new one,
// and ModeIssue when empty.
func (s *Store) PutInstallation(ctx context.Context, i Installation) error {
	if i.Mode == "" {
		i.Mode = ModeIssue
	}
	if i.Permissions == nil {
		i.Permissions = map[string]string{}
	}
	_, err := s.exec(ctx, fmt.Sprintf("store installation %d", i.ID), `
		insert into installations (id, account_id, account_login, account_type, permissions, selection, suspended_at, mode)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (id) do update set
			account_id = excluded.account_id, account_login = excluded.account_login,
			account_type = excluded.account_type, permissions = excluded.permissions,
			selection = excluded.selection, suspended_at = excluded.suspended_at,
			removed_at = null, updated_at = now()`,
		i.ID, i.AccountID, i.AccountLogin, i.AccountType, i.Permissions, i.Selection, i.SuspendedAt, i.Mode)
	return err
}

// Installation returns one by its id, or ErrNotFound.
func (s *Store) Installation(ctx context.Context, id int64) (Installation, error) {
	return row(ctx, s, fmt.Sprintf("look up installation %d", id), pgx.RowToStructByName[Installation],
		`select `+installationColumns+` from installations where id = $1`, id)
}

// InstallationOf returns the present installation on an account, or
// ErrNotFound.
func (s *Store) InstallationOf(ctx context.Context, login string) (Installation, error) {
	return row(ctx, s, "look up the installation of "+login, pgx.RowToStructByName[Installation],
		`select `+installationColumns+` from installations
		where lower(account_login) = lower($1)
		order by removed_at is not null, id desc limit 1`, login)
}

// Installations returns all that are not removed, by account.
func (s *Store) Installations(ctx context.Context) ([]Installation, error) {
	return rows(ctx, s, "list installations", pgx.RowToStructByName[Installation],
		`select `+installationColumns+` from installations
		where removed_at is null order by lower(account_login), id`)
}

// SetWave changes how loud we are and how fast issues are opened.
func (s *Store) SetWave(ctx context.Context, id int64, mode Mode, perHour, perDay int, paused bool) error {
	return s.one(ctx, fmt.Sprintf("set the wave of installation %d", id), `
		update installations
		set mode = $2, issues_per_hour = $3, issues_per_day = $4, wave_paused = $5, updated_at = now()
		where id = $1`, id, mode, perHour, perDay, paused)
}

// SuspendInstallation notes that GitHub has suspended an installation, or, at
// nil, that it has not.
func (s *Store) SuspendInstallation(ctx context.Context, id int64, at *time.Time) error {
	return s.one(ctx, fmt.Sprintf("suspend installation %d", id), `
		update installations set suspended_at = $2, updated_at = now() where id = $1`, id, at)
}

// RemoveInstallation notes that the App was uninstalled: its repositories are
// removed with it, their data kept until PurgeRemoved.
func (s *Store) RemoveInstallation(ctx context.Context, id int64) error {
	_, err := s.exec(ctx, fmt.Sprintf("remove installation %d", id), `
		with gone as (
			update installations set removed_at = coalesce(removed_at, now()), updated_at = now() where id = $1
		)
		update repositories set removed_at = now(), updated_at = now()
		where installation_id = $1 and removed_at is null`, id)
	return err
}

// RenameAccount follows a renamed organisation or user: the installation and
// the full names of its repositories.
func (s *Store) RenameAccount(ctx context.Context, id int64, login string) error {
	_, err := s.exec(ctx, fmt.Sprintf("rename the account of installation %d to %s", id, login), `
		with account as (
			update installations set account_login = $2, updated_at = now() where id = $1
		), former as (
			insert into repository_names (owner, name, repository_id)
			select owner, name, id from repositories
			where installation_id = $1 and removed_at is null and lower(owner) <> lower($2)
			on conflict (lower(owner), lower(name), repository_id) do update set until = now()
		)
		update repositories set owner = $2, updated_at = now()
		where installation_id = $1 and removed_at is null and owner <> $2`, id, login)
	return err
}
