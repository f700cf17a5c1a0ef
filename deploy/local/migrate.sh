#!/usr/bin/env bash
# migrate.sh INSTANCE up|down|status [SERVICE] [-limit=N]: migrations of an instance's databases, as
# the services' own roles. down takes back the last migration of one service; with -limit=0 all of
# them.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=deploy/local/migrations.sh
. "$LOCAL/migrations.sh"
[ $# -ge 2 ] || die "usage: deploy/local/migrate.sh INSTANCE up|down|status [SERVICE] [-limit=N]"
choose_instance "$1"
command=$2 service=${3:-}
read_services
read_secrets
if [ -n "$service" ]; then
  migrate "$command" "$service" "$(database_url "$service")" "${@:4}"
  exit
fi
[ "$command" != down ] || die "down wants the name of a service"

# All services at once: each has a database of its own. The output of one is kept together.
pids=() names=()
for service in $(with_database); do
  (output=$(migrate "$command" "$service" "$(database_url "$service")" 2>&1) && status=0 || status=$?
   echo "$service: ${output//$'\n'/$'\n'$service: }"
   exit "$status") &
  pids+=($!) names+=("$service")
done
failed=
for i in "${!pids[@]}"; do wait "${pids[i]}" || failed+=" ${names[i]}"; done
[ -z "$failed" ] || die "migrations failed:$failed"
