-- +goose Up

-- What a fleet's trend reads of a span: from the index alone, and no other days.
create index daily_trend on daily (checklist, day)
    include (repository_id, plus_there, plus_ready, plus_score, plus_ticked, plus_applicable);

-- +goose Down
drop index daily_trend;
