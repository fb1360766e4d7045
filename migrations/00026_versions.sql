-- +goose Up

-- What pages about a fleet show of a repository changes only with its version:
-- whoever has read it under that version need not read it again. Versions are
-- random, so that none ever comes back, after a restored backup neither.
alter table repositories add column version bigint not null default 0;

-- +goose StatementBegin
create function repository_version() returns trigger language plpgsql as '
begin
    new.version := (''x'' || substr(replace(gen_random_uuid()::text, ''-'', ''''), 1, 16))::bit(64)::bigint;
    return new;
end';
-- +goose StatementEnd
create trigger repository_version before insert or update on repositories
    for each row execute function repository_version();

-- What lies in other tables moves the version too, once in a transaction.
-- Before the row itself changes: whoever locks both locks the repository first.
-- +goose StatementBegin
create function repository_moved() returns trigger language plpgsql as '
begin
    if tg_op = ''DELETE'' then
        update repositories set version = 0 where id = old.repository_id and xmin <> pg_current_xact_id()::xid;
        return old;
    end if;
    update repositories set version = 0 where id = new.repository_id and xmin <> pg_current_xact_id()::xid;
    return new;
end';
-- +goose StatementEnd
create trigger repository_moved before insert or update or delete on assessments
    for each row execute function repository_moved();
create trigger repository_moved before insert or update or delete on curves
    for each row execute function repository_moved();
create trigger repository_moved before insert or delete on issues
    for each row execute function repository_moved();

-- +goose Down
drop trigger repository_moved on issues;
drop trigger repository_moved on curves;
drop trigger repository_moved on assessments;
drop trigger repository_version on repositories;
drop function repository_moved, repository_version;
alter table repositories drop column version;
