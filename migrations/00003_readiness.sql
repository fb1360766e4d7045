-- +goose Up

create table issues (
    repository_id   bigint not null references repositories (id) on delete cascade,
    checklist       text not null,
    number          integer not null,
    github_id       bigint not null default 0,
    node_id         text not null default '',
    state           text not null default 'open'
                    check (state in ('open', 'closed_by_person', 'closed_by_app', 'deleted')),
    body_written    text not null default '',           -- what we last wrote: the base of the merge
    body_seen_hash  text not null default '',
    updated_at_seen timestamptz,
    opened_at       timestamptz not null default now(),
    primary key (repository_id, checklist)
);
create index issues_opened on issues (opened_at);

-- The present state of every item. Derived from history and the last
-- assessment, kept for pages and as what the next assessment is compared with.
create table items (
    repository_id bigint not null references repositories (id) on delete cascade,
    checklist     text not null,
    item          text not null,
    section       text not null,
    position      integer not null,
    controls      text[] not null,
    required      boolean not null,
    state         text not null,
    held          text not null,                        -- while unknown: the state before
    reason        text not null,
    evidence      jsonb not null,
    fingerprint   text not null,
    done          integer not null,                     -- progress: done of total controls
    total         integer not null,
    commit        text not null,                        -- at which the evidence was seen
    since         timestamptz not null,                 -- in this state
    by            text not null,
    said_at       timestamptz,
    until         timestamptz,
    disputed      boolean not null,
    primary key (repository_id, checklist, item)
);
create index items_state on items (checklist, item, state);

-- The present verdict on every control, for pages about a practice.
create table verdicts (
    repository_id bigint not null references repositories (id) on delete cascade,
    control       text not null,
    verdict       text not null,
    reason        text not null,
    since         timestamptz not null,
    primary key (repository_id, control)
);
create index verdicts_control on verdicts (control, verdict);

-- Names in an order that many repositories share: the items of a checklist, or
-- controls. Never changed, only added.
create table layouts (
    hash  text primary key,
    names text[] not null,
    heads text[] not null                               -- each name's section, or empty
);

-- All verdicts of a repository as one letter each, in a layout's order: a page
-- about ten thousand repositories reads ten thousand rows, not a million.
create table verdict_letters (
    repository_id bigint primary key references repositories (id) on delete cascade,
    layout        text not null,
    letters       text not null
);

create sequence history_id;

-- Every change of an item's state, for ever. from_state is '' for the first
-- look and to_state 'removed' when the item left the checklist. A row whose
-- states are equal tells that the item became required, or is no longer.
create table history (
    id                bigint not null default nextval('history_id'),
    at                timestamptz not null,
    repository_id     bigint not null,
    checklist         text not null,
    item              text not null,
    from_state        text not null,
    to_state          text not null,
    required          boolean not null,
    commit            text not null,
    evidence          jsonb not null,
    actor             text not null,
    actor_kind        text not null,
    reason            text not null,
    catalogue_version text not null,
    delivery          text not null,
    primary key (at, id)
) partition by range (at);
create index history_repository on history (repository_id, at desc, id desc);
create index history_across on history (checklist, item, at);
create table history_default partition of history default;

create table assessments (
    repository_id  bigint not null references repositories (id) on delete cascade,
    checklist      text not null,
    position       integer not null,                    -- 0: the first configured
    title          text not null,
    score          integer not null,
    ready          boolean not null,
    items          integer not null,
    met            integer not null,
    attested       integer not null,
    waived         integer not null,
    not_applicable integer not null,
    unmet          integer not null,
    unknown        integer not null,
    required       integer not null,
    required_left  integer not null,
    commit         text not null,
    at             timestamptz not null,
    layout         text not null,                       -- of the letters
    letters        text not null,                       -- each item's state, see verdict_letters
    primary key (repository_id, checklist)
);
create index assessments_score on assessments (checklist, score);

-- The end of every day (UTC) on which something changed; days between two
-- rows look like the earlier one. The columns named plus_ are what the row
-- differs by from the one before, 0 where there is none: sums over repositories
-- and days are then the trend of a fleet, in one pass and without sorting.
create table daily (
    repository_id  bigint not null references repositories (id) on delete cascade,
    checklist      text not null,
    day            date not null,
    score          integer not null,
    ready          boolean not null,
    items          integer not null,
    met            integer not null,
    attested       integer not null,
    waived         integer not null,
    not_applicable integer not null,
    unmet          integer not null,
    unknown        integer not null,
    required       integer not null,
    required_left  integer not null,
    plus_there      integer not null,                   -- 1: the checklist came to apply
    plus_ready      integer not null,
    plus_score      integer not null,
    plus_ticked     integer not null,
    plus_applicable integer not null,
    primary key (repository_id, checklist, day)
);

-- What people said of items. Withdrawn statements stay for the record.
create table statements (
    id             bigint generated always as identity primary key,
    repository_id  bigint not null references repositories (id) on delete cascade,
    checklist      text not null,
    item           text not null,
    kind           text not null check (kind in ('attestation', 'waiver', 'exemption', 'dispute')),
    by             text not null,
    at             timestamptz not null,
    note           text not null default '',
    until          timestamptz,
    fingerprint    text not null default '',            -- of the disputed evidence
    via            text not null check (via in ('tick', 'command', 'config')),
    warned_at      timestamptz,                         -- that it is about to expire
    contradicted_at timestamptz,                        -- told that evidence speaks against it
    withdrawn_at   timestamptz,
    withdrawn_by   text not null default ''
);
create unique index statements_standing on statements (repository_id, checklist, item, kind) where withdrawn_at is null;
create index statements_until on statements (until) where withdrawn_at is null and until is not null;

-- Other repositories whose files count as evidence here.
create table links (
    id                   bigint generated always as identity primary key,
    repository_id        bigint not null references repositories (id) on delete cascade,
    linked_name          text not null,                 -- owner/name as written
    linked_repository_id bigint not null default 0,     -- 0: not known to us
    path_prefix          text not null default '',
    checklist            text not null default '',      -- with item: one file for one item
    item                 text not null default '',
    url                  text not null default '',
    via                  text not null check (via in ('command', 'config')),
    by                   text not null default '',
    created_at           timestamptz not null default now()
);
create unique index links_once on links (repository_id, lower(linked_name), path_prefix, checklist, item, url, via);
create index links_name on links (lower(linked_name));
create index links_linked on links (linked_repository_id) where linked_repository_id <> 0;

-- +goose Down
drop table links, statements, daily, assessments, verdict_letters, layouts, history;
drop sequence history_id;
drop table verdicts, items, issues;
