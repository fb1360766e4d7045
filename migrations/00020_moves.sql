-- +goose Up

-- What changed in a week, of all repositories: from the index alone, and
-- without the first looks, which are most of history.
create index history_moves on history (at) include (repository_id, checklist, item, from_state, to_state)
    where from_state <> '' and to_state <> 'removed';

-- +goose Down
drop index history_moves;
