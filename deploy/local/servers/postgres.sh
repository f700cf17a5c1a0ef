#!/usr/bin/env bash
# Starts PostgreSQL. The superuser gets in through the unix socket only, whose folder is closed to
# other users; service roles need their password.
# shellcheck source=deploy/local/servers/start.sh
. "$(dirname "$0")/start.sh"
log_to postgres
bin=/usr/lib/postgresql/15/bin
dir=$INSTANCE_DIR/postgres
data=$dir/data

if [ ! -f "$data/initialized" ]; then
  rm -rf "$data"
  "$bin/initdb" -D "$data" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-instructions
  cat >"$data/pg_hba.conf" <<C
local all postgres              trust
local all all                   scram-sha-256
host  all postgres 127.0.0.1/32 reject
host  all all      127.0.0.1/32 scram-sha-256
C
  echo "include 'instance.conf'" >>"$data/postgresql.conf"
  touch "$data/initialized"
fi
# fsync, synchronous_commit and full_page_writes stay at their default: on.
cat >"$data/instance.conf" <<C
listen_addresses = '127.0.0.1'
port = $POSTGRES_PORT
unix_socket_directories = '$dir'
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
wal_compression = lz4
C

# After a SIGKILL: backends of the old postmaster may still live for a moment (each has the data
# folder as its working directory), and a postmaster that its parent has not reaped yet looks alive
# to PostgreSQL, which then refuses to start.
lock=$data/postmaster.pid
if [ -s "$lock" ] && ! running "$(head -n1 "$lock")"; then
  no_backend() { [ -z "$(processes_in "$data")" ]; }
  wait_for 15 no_backend || { echo "backends of a dead postmaster are still there"; exit 1; }
  rm -f "$lock" "$dir"/.s.PGSQL.*.lock
fi
exec "$bin/postgres" -D "$data"
