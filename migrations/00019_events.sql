-- +goose Up

-- What other systems are to be told of, a row for each endpoint, kept in the
-- transaction that changed it.
create table outgoing (
    id         bigint generated always as identity primary key,
    event      text not null,                           -- its id, the same for all endpoints
    type       text not null,
    endpoint   text not null,
    body       text not null,
    state      text not null default 'waiting' check (state in ('waiting', 'sent', 'dead')),
    attempts   integer not null default 0,
    error      text not null default '',
    created_at timestamptz not null default now(),
    ended_at   timestamptz                              -- sent, or given up
);
create index outgoing_open on outgoing (state, created_at) where state in ('waiting', 'dead');
create index outgoing_created on outgoing (created_at);

-- +goose Down
drop table outgoing;
