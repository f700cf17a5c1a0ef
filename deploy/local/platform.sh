#!/usr/bin/env bash
# platform.sh INSTANCE COMMAND: one private platform: PostgreSQL, Redis, RabbitMQ, Kafka and the
# services under a supervisord of their own. See README.md beside this file.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=deploy/local/servers.sh
. "$LOCAL/servers.sh"
# shellcheck source=deploy/local/services.sh
. "$LOCAL/services.sh"
# shellcheck source=deploy/local/status.sh
. "$LOCAL/status.sh"
# shellcheck source=deploy/local/backup.sh
. "$LOCAL/backup.sh"

usage() {
  cat >&2 <<'U'
usage: deploy/local/platform.sh INSTANCE COMMAND
  up                  servers, migrations, topics, services; returns when a write and a read went through the gateway
  down                stop everything; data stays
  reset               stop everything at once and remove its data, logs and settings
  status              processes, health, instances, queues; exit code 0 when all is ready
  logs [NAME]         of the services, or of one service or server
  scale NAME=N…       run N instances of a service; the others go on undisturbed
  set [NAME=VALUE…]   settings for all services from the next services-up on (WAYBILL_LOG_LEVEL=debug); none: forget them
  backup FILE         a copy of all that it knows; stops it for that, and starts it again
  restore FILE        what the copy has, instead of what is there; of an instance that does not run
  servers-up          only the servers, until they work
  services-up         only the services (after servers-up); restarts those that have changed
  services-down       stop the services, the servers go on
  restart [NAME]      restart one service or all, instance after instance
  ctl ARGS…           supervisorctl of the instance
  psql [SERVICE]      psql as superuser, or in a service's database as its role
  rabbitmqctl ARGS…   rabbitmqctl for the instance's node
  topics ARGS…        Kafka's topic tool, e.g. --list
  groups ARGS…        Kafka's consumer group tool, e.g. --all-groups --describe
INSTANCE is dev (ports from 18000), test (28000), bench (24000), chaos (26000; its services reach everything through
the gates of tests/chaos) or any other name with WAYBILL_PORT_BASE set.
U
  exit 2
}

# One command at a time changes an instance.
lock() {
  mkdir -p "$INSTANCE_DIR"
  exec 9>"$INSTANCE_DIR.lock"
  if ! flock -n 9; then
    say "another command works on instance '$INSTANCE': waiting"
    flock -w 900 9 || die "gave up waiting"
  fi
}

# Databases first: a service finds its tables when it starts.
start_services() {
  local out
  if ! out=$("$LOCAL/migrate.sh" "$INSTANCE" up 2>&1); then die "$out"; fi
  say "migrations are applied"
  services_up
  say "services are ready"
}

# The first account signs in, and a write and a read of it go through the gateway. The write says
# what is there already: however often it is sent, nothing changes.
self_check() {
  local gateway=http://127.0.0.1:${HTTP_PORT[gateway]} header=$INSTANCE_DIR/cache/self-check.header user
  signs_in() {
    (umask 077 && curl -fsS -m 10 "$gateway/v1/auth/token" --data-urlencode "username=$OPS_EMAIL" \
      --data-urlencode "password@$INSTANCE_DIR/ops-password" | jq -er '"Authorization: Bearer " + .access_token' >"$header")
  }
  asks() { curl -fsS -m 10 -H "@$header" -H 'Content-Type: application/json' "$@"; }
  reads() { asks "$gateway/v1/products?limit=1" && user=$(asks "$gateway/v1/users?email=$OPS_EMAIL" | jq -er '.items[0].id'); }
  writes() { asks -X PATCH -d "{\"email\": \"$OPS_EMAIL\"}" "$gateway/v1/users/$user"; }
  wait_for 30 signs_in || die "nobody can sign in: $(signs_in 2>&1)"
  wait_for 30 reads || die "a read does not go through the gateway: $(reads 2>&1)"
  wait_for 30 writes || die "a write does not go through the gateway: $(writes 2>&1)"
  rm -f "$header"
  say "a write and a read went through the gateway"
}

# Kept for all services of the instance; the next services-up restarts them with it.
set_settings() {
  local pair
  if [ $# = 0 ]; then rm -f "$INSTANCE_DIR/settings.env"; fi
  for pair; do
    [[ $pair =~ ^WAYBILL_[A-Z0-9_]+= ]] || die "'$pair' is no setting: WAYBILL_NAME=value"
    printf '%s=%q\n' "${pair%%=*}" "${pair#*=}" >>"$INSTANCE_DIR/settings.env"
  done
}

[ $# -ge 2 ] || usage
choose_instance "$1"
choose_servers
command=$2
shift 2
read_services
case $command in
  up | servers-up | services-up | services-down | scale | set | restart | down | reset | backup | restore) lock ;;
esac
case $command in
  up | servers-up | services-up | scale | set | restart | backup) make_folders ;;
esac
case $command in
  psql | rabbitmqctl | topics | groups | ctl) supervisor_runs || die "instance '$INSTANCE' is not running" ;;
esac
if [ -r "$INSTANCE_DIR/secrets.env" ]; then read_secrets; fi

case $command in
  up)
    servers_up
    start_services
    self_check
    show_addresses
    ;;
  servers-up) servers_up ;;
  services-up) start_services ;;
  services-down) services_down ;;
  down)
    servers_down
    say "instance $INSTANCE is stopped; its data stays in $INSTANCE_DIR"
    ;;
  reset)
    if supervisor_runs; then kill -KILL "$(cat "$INSTANCE_DIR/supervisord.pid")"; fi
    reap KILL
    find "$INSTANCE_DIR" -mindepth 1 -maxdepth 1 ! -name cache -exec rm -rf {} +
    ;;
  backup) backup "$@" ;;
  restore) restore "$@" ;;
  status) show_status ;;
  logs) show_logs "$@" ;;
  scale) scale "$@" ;;
  set) set_settings "$@" ;;
  restart) for name in ${1:-"${SERVICES[@]}"}; do restart_service "$name"; done ;;
  ctl) ctl "$@" ;;
  psql) if [ $# = 0 ]; then admin_psql; else exec psql -X "$(database_url "$1")" "${@:2}"; fi ;;
  rabbitmqctl) as env INSTANCE_DIR="$INSTANCE_DIR" PORT_BASE="$PORT_BASE" "$INSTANCE_DIR/bin/rabbitmq.sh" ctl "$@" ;;
  topics) kafka_tool org.apache.kafka.tools.TopicCommand "$@" ;;
  groups) kafka_tool org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@" ;;
  *) usage ;;
esac
