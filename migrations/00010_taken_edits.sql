-- +goose Up

-- What people did to boxes is kept for as long as GitHub may still tell what a
-- write of ours replaced: only then is it known what came after what.
alter table box_edits add column taken_at timestamptz;
create index box_edits_taken on box_edits (taken_at) where taken_at is not null;

-- Each of our writes is told of once: the same text may be written again, and
-- then the first telling says nothing of the second write.
alter table issue_writes add column told_at timestamptz;

-- +goose Down
alter table issue_writes drop column told_at;
delete from box_edits where taken_at is not null;
drop index box_edits_taken;
alter table box_edits drop column taken_at;
