-- +goose Up

-- What continues the trace of the request that brought a delivery, in the form
-- of W3C's traceparent; empty where none was kept.
alter table deliveries add column trace_parent text not null default '';

-- +goose Down
alter table deliveries drop column trace_parent;
