#!/usr/bin/env bash
# platform.sh INSTANCE COMMAND: one private platform: PostgreSQL, Redis, RabbitMQ, Kafka and the services under a supervisord
# of their own. See README.md beside this file.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=deploy/local/servers.sh
. "$LOCAL/servers.sh"

usage() {
  cat <<'U'
usage: deploy/local/platform.sh INSTANCE COMMAND
  servers-up          start the servers and wait until they work
  down                stop everything; data stays
  reset               stop everything at once and remove its data (logs and scale too)
  ctl ARGS…           supervisorctl of the instance
  psql [SERVICE]      psql as superuser, or in a service's database as its role
  rabbitmqctl ARGS…   rabbitmqctl for the instance's node
  topics ARGS…        Kafka's topic tool, e.g. --list
  groups ARGS…        Kafka's consumer group tool, e.g. --all-groups --describe
INSTANCE is dev (ports from 18000), test (28000), bench (38000) or any other name with WAYBILL_PORT_BASE set.
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

[ $# -ge 2 ] || usage
choose_instance "$1"
command=$2
shift 2
read_services
case $command in
  servers-up)
    lock
    make_folders
    read_secrets
    servers_up
    ;;
  down)
    lock
    servers_down
    ;;
  reset)
    lock
    if supervisor_runs; then kill -KILL "$(cat "$INSTANCE_DIR/supervisord.pid")"; fi
    reap KILL
    find "$INSTANCE_DIR" -mindepth 1 -maxdepth 1 ! -name cache -exec rm -rf {} +
    ;;
  ctl) ctl "$@" ;;
  psql)
    read_secrets
    if [ $# = 0 ]; then admin_psql; else exec psql -X "$(database_url "$1")" "${@:2}"; fi
    ;;
  rabbitmqctl) as env INSTANCE_DIR="$INSTANCE_DIR" PORT_BASE="$PORT_BASE" "$INSTANCE_DIR/bin/rabbitmq.sh" ctl "$@" ;;
  topics) kafka_tool org.apache.kafka.tools.TopicCommand "$@" ;;
  groups) kafka_tool org.apache.kafka.tools.consumer.group.ConsumerGroupCommand "$@" ;;
  *) usage ;;
esac
