#!/usr/bin/env bash
# migrate.sh: roles, databases and migrations of all services of services.txt, on the server that
# /secrets/postgres-url names; the one-shot step before the services start. Can be run again.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/../local/lib.sh"
# shellcheck source=deploy/local/databases.sh
. "$LOCAL/databases.sh"
# shellcheck source=deploy/local/migrations.sh
. "$LOCAL/migrations.sh"
PORT_BASE=0
read_services
# shellcheck source=/dev/null
. /secrets/secrets.env
databases_sql | psql -X -q -v ON_ERROR_STOP=1 "$(cat /secrets/postgres-url)"
for name in $(with_database); do
  migrate up "$name" "$(cat "/secrets/$name-pg-url")" || die "migrations of $name failed"
  say "$name is migrated"
done
