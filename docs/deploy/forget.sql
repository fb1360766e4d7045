-- Deletes all that is kept of one organisation or user, at once and for good.
-- Uninstall the App there first, or it comes back.
--
--   psql "$READYLINE_DATABASE_URL" -v owner=acme -f docs/deploy/forget.sql
\set ON_ERROR_STOP on
begin;
create temporary table gone on commit drop as
    select r.id, r.installation_id from repositories r left join installations i on i.id = r.installation_id
    where lower(r.owner) = lower(:'owner') or lower(i.account_login) = lower(:'owner');
create temporary table gone_installations on commit drop as
    select id from installations where lower(account_login) = lower(:'owner');
delete from history where repository_id in (select id from gone);
delete from viewer_repositories where repository_id in (select id from gone);
delete from deliveries where repository_id in (select id from gone)
    or installation_id in (select id from gone_installations);
delete from repositories where id in (select id from gone);
delete from budgets where installation_id in (select id from gone_installations);
delete from budget_spent where installation_id in (select id from gone_installations);
delete from budget_pauses where installation_id in (select id from gone_installations);
delete from installations where id in (select id from gone_installations);
commit;
-- Texts are shared by all repositories that hold the same file: those that
-- nobody uses any more go ninety days after they were last seen.
