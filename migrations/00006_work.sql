-- +goose Up

-- Counts what happened to a repository. The job on it ends only when the count
-- is still what it was at its beginning, so that nothing that happens while it
-- runs is lost, and what happens in a burst is done once.
alter table repositories add column work bigint not null default 0;
-- Who made the head that is to be looked at, for the history.
alter table repositories add column wanted_by text not null default '';

-- Boxes that deliveries told us somebody changed: who it was, for when the
-- change is met in the body itself. Overwritten ones were in the body between
-- our read and our write, and are in no body any more.
create table box_edits (
    id            bigint generated always as identity primary key,
    repository_id bigint not null references repositories (id) on delete cascade,
    checklist     text not null,
    item          text not null,
    ticked        boolean not null,
    by            text not null,
    at            timestamptz not null,
    overwritten   boolean not null default false
);
create index box_edits_issue on box_edits (repository_id, checklist, item, at desc);

-- Our writes to an issue of the last days: which body we merged from, so that GitHub's
-- word on what we replaced can be held against it.
create table issue_writes (
    id            bigint generated always as identity primary key,
    repository_id bigint not null references repositories (id) on delete cascade,
    checklist     text not null,
    written_hash  bytea not null,
    body_read     bytea not null,                       -- compressed
    at            timestamptz not null default now()
);
alter table issue_writes alter column body_read set storage external;
create index issue_writes_issue on issue_writes (repository_id, checklist, id);
create index issue_writes_at on issue_writes (at);

-- A body that is about to be written. One that is still here at the next look
-- was perhaps written and perhaps not: we ended in between.
alter table issues add column body_intent text not null default '';

-- Bodies that we replaced without having read them: words in them are put back.
create table overwritten_bodies (
    id            bigint generated always as identity primary key,
    repository_id bigint not null references repositories (id) on delete cascade,
    checklist     text not null,
    body_read     text not null,
    body_lost     text not null,
    at            timestamptz not null default now()
);
create index overwritten_bodies_issue on overwritten_bodies (repository_id, checklist);

-- What the rules found at the last look, so that what people say can be judged
-- without asking GitHub for anything again.
create table findings (
    repository_id     bigint primary key references repositories (id) on delete cascade,
    commit            text not null,
    tree              text not null,
    catalogue_version text not null,
    config            text not null,                    -- of the configuration they were made under
    found             bytea not null                    -- compressed JSON
);
alter table findings alter column found set storage external;

-- +goose Down
alter table issues drop column body_intent;
drop table findings, overwritten_bodies, issue_writes, box_edits;
alter table repositories drop column work, drop column wanted_by;
