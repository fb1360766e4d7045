-- +goose Up

-- Who asks GitHub in the name of an installation just now: requests at a time
-- are shared between them.
create table budget_replicas (
    installation_id bigint not null,
    replica         text not null,
    until           timestamptz not null,
    primary key (installation_id, replica)
);

-- +goose Down
drop table budget_replicas;
