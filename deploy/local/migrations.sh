# shellcheck shell=bash
# Sourced: applies and reverts migrations/ with sql-migrate. Each service's database gets what all
# have (migrations/common) and then its own files; each of the two lists is remembered in a table of
# its own.

# sql_migrate LIST COMMAND URL [ARGS…]: one list on one database. The URL (it holds a password) goes
# through the environment.
sql_migrate() {
  local list=$1 command=$2 url=$3 config status=0
  shift 3
  [ -d "$ROOT/migrations/$list" ] || die "migrations/$list does not exist"
  config=$(mktemp)
  # shellcheck disable=SC2016  # sql-migrate itself expands the variable
  printf 'local:\n  dialect: postgres\n  datasource: ${MIGRATE_URL}\n  dir: %s\n  table: schema_migrations_%s\n' \
    "$ROOT/migrations/$list" "${list//-/_}" >"$config"
  MIGRATE_URL=$url sql-migrate "$command" -config="$config" -env=local "$@" || status=$?
  rm -f "$config"
  return "$status"
}

# migrate COMMAND SERVICE URL [ARGS…]: up, down (the last migration; -limit=0: all) or status of a
# service's database.
migrate() {
  local command=$1 service=$2 url=$3
  shift 3
  case $command in
    up)
      # No ANALYZE: of tables that it has seen empty the planner believes that they stay so.
      sql_migrate common up "$url" "$@" && sql_migrate "$service" up "$url" "$@"
      ;;
    down)
      sql_migrate "$service" down "$url" "$@" && { [ "$*" != -limit=0 ] || sql_migrate common down "$url" "$@"; }
      ;;
    status)
      sql_migrate common status "$url" && sql_migrate "$service" status "$url"
      ;;
    *) die "migrations go up or down, or tell their status; not '$command'" ;;
  esac
}
