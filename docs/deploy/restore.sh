#!/usr/bin/env bash
# Restores a backup into an empty database. Refuses one that holds tables, so
# that nothing is ever written over. Stop the server first; afterwards run
# `readyline migrate` and `readyline recover`.
#
#   READYLINE_DATABASE_URL=postgres://… restore.sh BACKUP.dump
set -euo pipefail

dump=${1:?"usage: READYLINE_DATABASE_URL=postgres://… restore.sh BACKUP.dump"}
url=${READYLINE_DATABASE_URL:?"READYLINE_DATABASE_URL is not set"}

tables=$(psql "$url" -XAtc "select count(*) from pg_tables where schemaname = 'public'")
if [ "$tables" != 0 ]; then
  echo "restore: the database holds $tables tables; create an empty one and point READYLINE_DATABASE_URL to it" >&2
  exit 1
fi
pg_restore --exit-on-error --single-transaction --no-owner --no-privileges --dbname="$url" "$dump"
psql "$url" -XAtc "analyze" >/dev/null
echo "restored $dump; now run: readyline migrate && readyline recover"
