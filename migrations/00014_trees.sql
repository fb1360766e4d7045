-- +goose Up

-- The files of each repository at the commit that was read last: what has to be
-- judged anew, for new rules or changed settings, is not asked for again.
create table trees (
    repository_id bigint primary key references repositories (id) on delete cascade,
    commit        text not null,
    sha           text not null,
    partial       boolean not null,                     -- too large to be read whole
    entries       bytea not null                        -- compressed
);
alter table trees alter column entries set storage external;

-- +goose Down
drop table trees;
