-- +goose Up

-- Every webhook delivery, stored before it is acknowledged.
create table deliveries (
    guid            text primary key,
    event           text not null,
    action          text not null default '',
    installation_id bigint not null default 0,          -- no foreign keys: the
    repository_id   bigint not null default 0,          -- delivery may come first
    payload         bytea not null,
    received_at     timestamptz not null default now(),
    state           text not null default 'received'
                    check (state in ('received', 'processed', 'ignored', 'failed')),
    attempts        integer not null default 0,
    error           text not null default '',
    processed_at    timestamptz
);
-- Payloads arrive compressed: spare Postgres the attempt.
alter table deliveries alter column payload set storage external;

create index deliveries_received on deliveries (received_at);
create index deliveries_open on deliveries (state, received_at) where state in ('received', 'failed');

-- Texts of watched files, addressed by Git's own hash of them, so that a push
-- costs only what is new and new rules need no request at all.
create table blobs (
    sha     bytea primary key,
    size    bigint not null,
    text    bytea,                                      -- compressed
    skipped text not null default '',                   -- why there is no text
    seen_at timestamptz not null default now()
);
alter table blobs alter column text set storage external;
create index blobs_seen on blobs (seen_at);

-- What GitHub's settings and activity answered for a repository.
create table answers (
    repository_id bigint not null references repositories (id) on delete cascade,
    name          text not null,
    facts         jsonb not null default 'null',
    unknown       text not null default '',             -- why there is no answer
    fetched_at    timestamptz not null,
    primary key (repository_id, name)
);

-- +goose Down
drop table answers, blobs, deliveries;
