-- +goose Up

-- People who signed in. id is GitHub's; their tokens arrive sealed.
create table viewers (
    id         bigint primary key,
    login      text not null,
    name       text not null default '',
    avatar_url text not null default '',
    sealed     bytea not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);

-- Only hashes of session and API tokens are kept.
create table sessions (
    hash       bytea primary key,
    viewer_id  bigint not null references viewers (id) on delete cascade,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
);
create index sessions_viewer on sessions (viewer_id);
create index sessions_expires on sessions (expires_at);

create table api_tokens (
    id           bigint generated always as identity primary key,
    hash         bytea not null unique,
    viewer_id    bigint not null references viewers (id) on delete cascade,
    name         text not null,
    created_at   timestamptz not null default now(),
    expires_at   timestamptz,
    last_used_at timestamptz,
    revoked_at   timestamptz
);
create index api_tokens_viewer on api_tokens (viewer_id);

-- What GitHub said a viewer may see, for as long as the caller trusts it.
create table viewer_repositories (
    viewer_id     bigint not null references viewers (id) on delete cascade,
    repository_id bigint not null,
    permission    text not null check (permission in ('none', 'read', 'triage', 'write', 'maintain', 'admin')),
    checked_at    timestamptz not null,
    primary key (viewer_id, repository_id)
);

-- +goose Down
drop table viewer_repositories, api_tokens, sessions, viewers;
