-- +goose Up

-- The replicas that work. One that has not been seen for a while has died, and
-- the jobs that it was at are taken up by others.
create table replicas (
    id      text primary key,                           -- as in the queue's attempted_by
    seen_at timestamptz not null default now()
);

-- +goose Down
drop table replicas;
