-- +goose Up

-- What is to be said in a comment on an issue, kept in the transaction that
-- found it, so that a crash neither loses it nor says it twice.
create table notices (
    id            bigint generated always as identity primary key,
    repository_id bigint not null references repositories (id) on delete cascade,
    checklist     text not null,
    kind          text not null check (kind in ('regression', 'contradiction', 'expiry')),
    item          text not null,
    commit        text not null default '',
    actor         text not null default '',
    detail        text not null default '',
    until         timestamptz,
    at            timestamptz not null default now(),
    attempted_at  timestamptz,
    said_at       timestamptz
);
create index notices_open on notices (repository_id, checklist) where said_at is null;

-- +goose Down
drop table notices;
