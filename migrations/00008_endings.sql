-- +goose Up

-- The moment at which a statement ends, as of the last look: a waiver with its
-- last day, an attestation when the configuration says so. until is what a
-- person said.
alter table statements add column ends_at timestamptz;
update statements set ends_at = case kind
        when 'waiver' then (date_trunc('day', until at time zone 'UTC') + interval '1 day') at time zone 'UTC'
        else until end
    where withdrawn_at is null and until is not null;
drop index statements_until;
create index statements_ends on statements (ends_at) where withdrawn_at is null and ends_at is not null;

-- +goose Down
drop index statements_ends;
create index statements_until on statements (until) where withdrawn_at is null and until is not null;
alter table statements drop column ends_at;
