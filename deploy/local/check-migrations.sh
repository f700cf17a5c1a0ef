#!/usr/bin/env bash
# check-migrations.sh: each service's migrations go up, all the way down and up again on a database
# of their own, and the second way up ends in the same schema as the first; after the way down
# nothing is left. Wants WAYBILL_PG_ADMIN_URL.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=deploy/local/migrations.sh
. "$LOCAL/migrations.sh"
PORT_BASE=0
read_services
admin=${WAYBILL_PG_ADMIN_URL:?deploy/local/env.sh INSTANCE tells it}

schema() { pg_dump --schema-only --no-owner "$1" | grep -vE '^(--|\\(un)?restrict|$)'; }
# (the tables in which sql-migrate remembers, and extensions, stay)
leftovers() {
  psql -X -Atqc "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
                 AND relname NOT LIKE 'schema\\_migrations%'" "$1"
}

check() {
  local service=$1 database=migrations_$1_$$ url first second left
  url=${admin/\/postgres\?/\/$database?}
  psql -X -qc "CREATE DATABASE \"$database\"" "$admin"
  # shellcheck disable=SC2064
  trap "psql -X -qc 'DROP DATABASE \"$database\" WITH (FORCE)' '$admin'" EXIT
  migrate up "$service" "$url" || return 1
  first=$(schema "$url")
  migrate down "$service" "$url" -limit=0 || return 1
  left=$(leftovers "$url")
  [ -z "$left" ] || die "the way down of $service leaves: $left"
  migrate up "$service" "$url" || return 1
  second=$(schema "$url")
  [ "$first" = "$second" ] || { diff <(echo "$first") <(echo "$second") >&2; die "$service: up, down, up ends in another schema"; }
}

for service in $(with_database); do
  (check "$service" >/dev/null) || die "the migrations of $service do not go up, down and up"
done
say "migrations go up, down and up again: $(with_database | xargs)"
