-- +goose Up

-- Whether a person opened an issue again that we had closed at 100 %: then it
-- stays open until it has been less.
alter table issues add column kept_open boolean not null default false;

-- +goose Down
alter table issues drop column kept_open;
