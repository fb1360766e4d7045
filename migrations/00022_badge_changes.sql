-- +goose Up

-- Servers answer badges from memory. Whatever changes what one may say tells
-- them so, in its own transaction, whoever makes it: a repository's id, or a
-- name that may now be another repository's, or both.
-- +goose StatementBegin
create function badge_changed() returns trigger language plpgsql as $$
declare
    changed record;
begin
    changed := case when tg_op = 'DELETE' then old else new end;
    if tg_table_name = 'repositories' then
        perform pg_notify('readyline_badge', changed.id || ' ' || lower(changed.owner || '/' || changed.name));
    elsif tg_table_name = 'repository_names' then
        perform pg_notify('readyline_badge', changed.repository_id || ' ' || lower(changed.owner || '/' || changed.name));
    else
        perform pg_notify('readyline_badge', changed.repository_id || ' ');
    end if;
    return null;
end;
$$;
-- +goose StatementEnd

create trigger badge_added after insert or delete on repositories
    for each row execute function badge_changed();
create trigger badge_changed after update on repositories
    for each row when (
        (old.owner, old.name, old.name_lost, old.visibility, old.badge_token, old.removed_at, old.wanted_sha, old.wanted_at, old.assessed_sha, old.assessed_at)
        is distinct from
        (new.owner, new.name, new.name_lost, new.visibility, new.badge_token, new.removed_at, new.wanted_sha, new.wanted_at, new.assessed_sha, new.assessed_at))
    execute function badge_changed();
create trigger badge_changed after insert or update or delete on repository_names
    for each row execute function badge_changed();
create trigger badge_added after insert or delete on assessments
    for each row execute function badge_changed();
create trigger badge_changed after update on assessments
    for each row when ((old.checklist, old.position, old.score, old.ready) is distinct from (new.checklist, new.position, new.score, new.ready))
    execute function badge_changed();

-- +goose Down
drop trigger badge_changed on assessments;
drop trigger badge_added on assessments;
drop trigger badge_changed on repository_names;
drop trigger badge_changed on repositories;
drop trigger badge_added on repositories;
drop function badge_changed();
