-- +goose Up

-- What an installation may still ask of GitHub, shared by all replicas.
create table budgets (
    installation_id bigint not null,
    resource        text not null,                      -- core, graphql, search
    quota           integer not null,
    remaining       integer not null,
    reset_at        timestamptz not null,
    updated_at      timestamptz not null default now(),
    primary key (installation_id, resource)
);
alter table budgets set (fillfactor = 50);

-- How much of a limit per time was used, in slices of a tenth of its window.
create table budget_spent (
    installation_id bigint not null,
    kind            text not null,                      -- content-minute, content-hour, points-minute
    slice           timestamptz not null,               -- its beginning
    used            integer not null,
    primary key (installation_id, kind, slice)
);

-- GitHub asked us to wait.
create table budget_pauses (
    installation_id bigint primary key,
    until           timestamptz not null,
    reason          text not null
);

-- +goose Down
drop table budget_pauses, budget_spent, budgets;
