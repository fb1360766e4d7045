-- +goose Up

-- The GitHub App itself, once /setup has registered it. Secrets arrive sealed.
create table app (
    singleton  boolean primary key default true check (singleton),
    id         bigint not null,
    slug       text not null,
    name       text not null,
    owner      text not null,
    url        text not null,
    client_id  text not null,
    sealed     bytea not null,
    created_at timestamptz not null default now()
);

create table installations (
    id              bigint primary key,
    account_id      bigint not null,
    account_login   text not null,
    account_type    text not null,                      -- Organization or User
    permissions     jsonb not null default '{}',
    selection       text not null default '',           -- all or selected
    suspended_at    timestamptz,
    removed_at      timestamptz,
    -- How loud we are there: off, observe (dashboard only) or issue.
    mode            text not null default 'issue' check (mode in ('off', 'observe', 'issue')),
    -- New issues are opened in waves; 0 takes the server's default.
    issues_per_hour integer not null default 0,
    issues_per_day  integer not null default 0,
    wave_paused     boolean not null default false,
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now()
);
create index installations_account on installations (lower(account_login));

-- Keyed by GitHub's id, which outlives renames and transfers.
create table repositories (
    id                bigint primary key,
    node_id           text not null default '',
    installation_id   bigint not null references installations (id),
    owner             text not null,
    name              text not null,
    -- Set when another repository has turned up under our name before GitHub
    -- told us our new one; the next update of this repository clears it.
    name_lost         boolean not null default false,
    visibility        text not null default 'private' check (visibility in ('public', 'private', 'internal')),
    archived          boolean not null default false,
    fork              boolean not null default false,
    has_issues        boolean not null default true,
    empty             boolean not null default false,
    default_branch    text not null default '',
    topics            text[] not null default '{}',
    language          text not null default '',
    properties        jsonb not null default '{}',
    -- What the worker is to look at, and what it last looked at.
    wanted_sha        text not null default '',
    wanted_at         timestamptz,
    assessed_sha      text not null default '',
    assessed_tree     text not null default '',
    assessed_at       timestamptz,
    catalogue_version text not null default '',
    recorded_at       timestamptz,                      -- of the newest history row
    skip_reason       text not null default '',
    -- The last good .github/readyline.yml and what is wrong with the present one.
    config            jsonb,
    config_sha        text not null default '',
    config_faults     jsonb not null default '[]',
    badge_token       text,
    removed_at        timestamptz,
    last_error        text not null default '',
    last_error_at     timestamptz,
    created_at        timestamptz not null default now(),
    updated_at        timestamptz not null default now()
);
-- wanted_* and assessed_* change with every push: leave room to update in place.
alter table repositories set (fillfactor = 80);

create unique index repositories_name on repositories (lower(owner), lower(name))
    where removed_at is null and not name_lost;
-- Pages ask for one owner's repositories: without this, Postgres takes any
-- owner for a small one and joins row by row.
create statistics repositories_owner on lower(owner) from repositories;
create index repositories_installation on repositories (installation_id);
create unique index repositories_badge_token on repositories (badge_token) where badge_token is not null;
create index repositories_behind on repositories (wanted_at)
    where removed_at is null and wanted_sha not in ('', assessed_sha);

-- Former names, so that old badges and links still find their repository.
create table repository_names (
    owner         text not null,
    name          text not null,
    repository_id bigint not null references repositories (id) on delete cascade,
    until         timestamptz not null default now()
);
create unique index repository_names_name on repository_names (lower(owner), lower(name), repository_id);
create index repository_names_repository on repository_names (repository_id);

-- +goose Down
drop table repository_names, repositories, installations, app;
