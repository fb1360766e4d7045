#!/usr/bin/env bash
# Writes one compressed backup of Readyline's database and checks that it can be
# read back. Old ones are deleted after KEEP_DAYS days, but never the last.
#
#   READYLINE_DATABASE_URL=postgres://… backup.sh DIRECTORY
set -euo pipefail

dir=${1:?"usage: READYLINE_DATABASE_URL=postgres://… backup.sh DIRECTORY"}
url=${READYLINE_DATABASE_URL:?"READYLINE_DATABASE_URL is not set"}
keep=${KEEP_DAYS:-30}

umask 077
mkdir -p "$dir"
name="readyline-$(date -u +%Y%m%dT%H%M%SZ).dump"
trap 'rm -f "$dir/.$name"' EXIT
pg_dump --format=custom --no-owner --no-privileges --file="$dir/.$name" "$url"
pg_restore --list "$dir/.$name" >/dev/null # a file cut short fails here
mv "$dir/.$name" "$dir/$name"
find "$dir" -maxdepth 1 -name 'readyline-*.dump' -mtime "+$keep" ! -name "$name" -delete
echo "$dir/$name"
