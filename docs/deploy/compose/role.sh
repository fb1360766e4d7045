#!/usr/bin/env bash
# Runs once, on an empty data volume: a role that owns its one database and is
# no superuser.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v password="$READYLINE_DB_PASSWORD" --username postgres <<'SQL'
create role readyline login nosuperuser nocreatedb nocreaterole password :'password';
create database readyline owner readyline;
revoke all on database readyline from public;
SQL
