-- +goose Up

-- Deliveries overtake each other, and lost ones come hours late. What an older
-- one says of a repository must not replace what a newer one said.
alter table repositories
    add column told_at  timestamptz,                    -- GitHub's own time of what we know; null: it gave none
    add column unsure   boolean not null default false, -- two differ within one second: GitHub is to be asked
    add column swept_at timestamptz;                    -- when it was last seen whether somebody forgot to tell us

-- When GitHub was last asked for all deliveries that it could not hand over, so
-- that the next time only newer ones are listed.
create table redeliveries (
    singleton boolean primary key default true check (singleton),
    until     timestamptz not null
);

-- From when on the history is whole. Of what came before only the last change of
-- each item is kept; days before it can't be made anew.
create table history_whole (
    singleton boolean primary key default true check (singleton),
    since     date not null
);

-- +goose Down
drop table history_whole;
drop table redeliveries;
alter table repositories drop column told_at, drop column unsure, drop column swept_at;
