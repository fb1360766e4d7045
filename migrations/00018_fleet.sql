-- +goose Up

-- The teams that CODEOWNERS names, and how loud the configuration lets us be
-- here, as of the last look: '' before the first.
alter table repositories add column teams text[] not null default '{}';
alter table repositories add column mode text not null default '' check (mode in ('', 'off', 'observe', 'issue'));

-- A day of a repository in seven bytes: days since 2000; the score, 127 where
-- the checklist does not apply, and above it a bit that says ready; items
-- ticked; items that apply.
create function curve_step(day date, score integer, ready boolean, items integer, ticked integer, applicable integer)
returns bytea language sql immutable parallel safe as '
    select substring(int4send(day - date ''2000-01-01'') from 3)
        || substring(int4send(case when items > 0 then score + case when ready then 128 else 0 end else 127 end) from 4)
        || substring(int4send(ticked) from 3) || substring(int4send(applicable) from 3)';

-- All days of a repository in one row, the oldest first: the trend of ten
-- thousand repositories reads ten thousand rows, not a million.
create table curves (
    repository_id bigint not null references repositories (id) on delete cascade,
    checklist     text not null,
    steps         bytea not null,
    primary key (repository_id, checklist)
) with (toast_tuple_target = 8160);
-- Not compressed, so that the newest days can be read without the others.
alter table curves alter column steps set storage external;
insert into curves (repository_id, checklist, steps)
select repository_id, checklist,
    string_agg(curve_step(day, score, ready, items, met + attested + waived, items - not_applicable), ''::bytea order by day)
from daily group by repository_id, checklist;

drop index daily_trend;
alter table daily drop column plus_there, drop column plus_ready, drop column plus_score,
    drop column plus_ticked, drop column plus_applicable;

-- +goose Down
alter table daily add column plus_there integer not null default 0, add column plus_ready integer not null default 0,
    add column plus_score integer not null default 0, add column plus_ticked integer not null default 0,
    add column plus_applicable integer not null default 0;
update daily d set plus_there = n.there, plus_ready = n.ready, plus_score = n.score, plus_ticked = n.ticked, plus_applicable = n.applicable
from (
    select repository_id, checklist, day,
        there - lag(there, 1, 0) over w as there, ready - lag(ready, 1, 0) over w as ready,
        score - lag(score, 1, 0) over w as score, ticked - lag(ticked, 1, 0) over w as ticked,
        applicable - lag(applicable, 1, 0) over w as applicable
    from (
        select repository_id, checklist, day, (items > 0)::int as there, (ready and items > 0)::int as ready,
            case when items > 0 then score else 0 end as score, met + attested + waived as ticked,
            items - not_applicable as applicable
        from daily
    ) as all_days
    window w as (partition by repository_id, checklist order by day)
) as n
where n.repository_id = d.repository_id and n.checklist = d.checklist and n.day = d.day;
create index daily_trend on daily (checklist, day)
    include (repository_id, plus_there, plus_ready, plus_score, plus_ticked, plus_applicable);
drop table curves;
drop function curve_step;
alter table repositories drop column teams, drop column mode;
