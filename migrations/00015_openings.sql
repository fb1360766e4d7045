-- +goose Up

-- Issues that are yet to be opened: their repositories wait for a wave, and do
-- nothing meanwhile.
create table openings (
    repository_id bigint not null references repositories (id) on delete cascade,
    checklist     text not null,
    asked_at      timestamptz not null default now(),   -- for a place in a wave, the last time
    granted_at    timestamptz,                          -- the place: an issue was perhaps opened since
    primary key (repository_id, checklist)
);
create index openings_waiting on openings (asked_at) where granted_at is null;

-- +goose Down
drop table openings;
