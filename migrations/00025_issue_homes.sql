-- +goose Up

-- The repository into which somebody moved an issue; 0 where it is in its own.
alter table issues add column home_id bigint not null default 0;
create index issues_home on issues (home_id) where home_id <> 0;

-- The comment by which somebody said it, 0: by none. Of two in one second the
-- later one has the higher number, and one that is heard twice is known.
alter table statements add column comment_id bigint not null default 0;

-- When people last took back what was said of an item by a command: what was
-- said before, and is told late, stays taken back.
create table restores (
    repository_id bigint not null references repositories (id) on delete cascade,
    checklist     text not null,
    item          text not null,
    at            timestamptz not null,
    comment_id    bigint not null,
    primary key (repository_id, checklist, item)
);

-- +goose Down
drop table restores;
alter table statements drop column comment_id;
drop index issues_home;
alter table issues drop column home_id;
