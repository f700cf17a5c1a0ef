# shellcheck shell=bash
# Sourced by platform.sh: the servers of an instance under its private supervisord.
# WAYBILL_SERVERS: fewer of them.
read -r -a SERVERS <<<"${WAYBILL_SERVERS:-postgres redis memory epmd rabbitmq kafka}"
# shellcheck source=deploy/local/databases.sh
. "$LOCAL/databases.sh"

# An S3 server is for the tests, and for an instance whose settings say that bytes are kept there.
# Prometheus watches wherever nothing is measured or broken on purpose, if it is installed.
choose_servers() {
  case ${WAYBILL_SERVERS:+few}$INSTANCE in
    few* | bench | chaos) ;;
    *) if command -v prometheus >/dev/null; then SERVERS+=(prometheus); fi ;;
  esac
  if [ "$INSTANCE" = test ] || grep -qs '^WAYBILL_BLOB_STORE=s3$' "$INSTANCE_DIR/settings.env"; then SERVERS+=(s3); fi
}

# The folder with everything that the servers' user must be able to read and write.
make_folders() {
  local folders=(bin log cache services supervisor.d contracts blobs postgres rabbitmq "${SERVERS[@]}")
  mkdir -p "$INSTANCE_DIR"
  (cd "$INSTANCE_DIR" && mkdir -p "${folders[@]}")
  install -m 755 "$LOCAL"/servers/*.sh "$INSTANCE_DIR/bin/"
  echo "$PORT_BASE" >"$INSTANCE_DIR/port-base"
  echo "$INSTANCE" >"$INSTANCE_DIR/instance"
  links >"$INSTANCE_DIR/links"
  make_secrets
  if watched; then
    mkdir -p "$INSTANCE_DIR/prometheus/targets"
    cp -r "$ROOT"/deploy/prometheus/{local.yml,rules} "$INSTANCE_DIR/prometheus/"
    write_targets
  fi
  if [ "$(id -u)" = 0 ]; then (cd "$INSTANCE_DIR" && chown "$RUN_USER:" . secrets.env ops-password port-base instance "${folders[@]}"); fi
  chmod 700 "$INSTANCE_DIR"/{postgres,rabbitmq,services,blobs}
}

make_secrets() {
  local file=$INSTANCE_DIR/secrets.env
  fill_secrets "$file"
  # Alone in a file and without a line break, for clients that read it: curl's name@file.
  (umask 077 && sed -n 's/^OPS_PASSWORD=//p' "$file" | tr -d '\n' >"$INSTANCE_DIR/ops-password")
}

# The servers' jars and the web assets: where setup.sh put them, or a copy where the servers' user can't
# go.
reachable_deps() {
  local copy
  if as test -r "$DEPS/kafka"; then
    echo "$DEPS"
    return
  fi
  copy=$(run_home)/deps
  if ! cmp -s "$DEPS/stamp" "$copy/stamp"; then
    rm -rf "$copy"
    mkdir -p "$copy"
    cp -r "$DEPS/kafka" "$DEPS/s3proxy" "$DEPS/swagger-ui" "$copy/"
    chmod -R a+rX "$copy"
    cp "$DEPS/stamp" "$copy/stamp"
  fi
  echo "$copy"
}

watched() { [[ " ${SERVERS[*]} " == *" prometheus "* ]]; }

# targets NAME JSON…: a list for Prometheus, replaced whole: it reads it whenever it changes.
targets() {
  local file=$INSTANCE_DIR/prometheus/targets/$1.json
  shift
  printf '[%s]\n' "$(IFS=, && echo "$*")" >"$file.new"
  mv -f "$file.new" "$file"
}

# One target for each instance of a service that is wanted.
write_targets() {
  local name i all=()
  for name in "${SERVICES[@]}"; do
    for ((i = 0; i < $(wanted "$name"); i++)); do
      all+=("{\"targets\": [\"127.0.0.1:$(ops_port "$name" "$i")\"], \"labels\": {\"service\": \"$name\", \"instance\": \"$name-$i\"}}")
    done
  done
  targets services "${all[@]}"
  targets rabbitmq "{\"targets\": [\"127.0.0.1:$RABBIT_METRICS_PORT\"]}"
  targets prometheus "{\"targets\": [\"127.0.0.1:$PROMETHEUS_PORT\"]}"
}

server_stop_signal() { if [ "$1" = postgres ]; then echo INT; else echo TERM; fi; }  # INT = fast shutdown

write_supervisor_config() {
  local conf=$INSTANCE_DIR/supervisord.conf files server
  files=$(ulimit -Hn)
  if [ "$files" = unlimited ] || [ "$files" -gt 16384 ]; then files=16384; fi
  cat >"$conf" <<C
[supervisord]
logfile=$INSTANCE_DIR/log/supervisord.log
logfile_maxbytes=10MB
logfile_backups=1
pidfile=$INSTANCE_DIR/supervisord.pid
directory=$INSTANCE_DIR
minfds=$files
environment=INSTANCE_DIR="$INSTANCE_DIR",PORT_BASE="$PORT_BASE",KAFKA_JARS="$SERVER_DEPS/kafka"
[unix_http_server]
file=$INSTANCE_DIR/supervisor.sock
chmod=0700
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[supervisorctl]
serverurl=unix://$INSTANCE_DIR/supervisor.sock
[include]
files=$INSTANCE_DIR/supervisor.d/*.conf
C
  for server in "${SERVERS[@]}"; do
    supervised "$server" "$INSTANCE_DIR/bin/$server.sh" "$server" "$(server_stop_signal "$server")" 30
  done >"$INSTANCE_DIR/supervisor.d/servers.conf"
}

# supervised NAME COMMAND FOLDER SIGNAL SECONDS: a section of supervisord's configuration. Whatever
# dies is started again, however often; a process that ends within a second is tried again ever
# later. Its log is written without supervisord (servers/start.sh); start-NAME.log has what a start
# script says before that.
supervised() {
  cat <<C
[program:$1]
command=$2
directory=$INSTANCE_DIR/$3
autorestart=true
startsecs=1
startretries=1000000
stopsignal=$4
stopwaitsecs=$5
redirect_stderr=true
stdout_logfile=$INSTANCE_DIR/log/start-$1.log
stdout_logfile_maxbytes=1MB
stdout_logfile_backups=0
C
}

# supervisorctl's exit code tells of states, not of success: callers look at the facts they need.
ctl() { supervisorctl -c "$INSTANCE_DIR/supervisord.conf" "$@"; }

# reap SIGNAL…: ends what is left in the instance's folder. A supervisord that was killed leaves its
# children behind, and they keep the ports.
reap() {
  local signal pids
  for signal; do
    pids=$(processes_in "$INSTANCE_DIR")
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086
    kill -"$signal" $pids 2>/dev/null || true
    wait_for 10 nobody_left || true
  done
  nobody_left || die "processes in $INSTANCE_DIR do not end: $(processes_in "$INSTANCE_DIR" | xargs)"
}
nobody_left() { [ -z "$(processes_in "$INSTANCE_DIR")" ]; }

check_ports() {
  local port
  for port in "$POSTGRES_PORT" "$REDIS_PORT" "$MEMORY_PORT" "$RABBIT_PORT" "$RABBIT_MANAGEMENT_PORT" "$EPMD_PORT" "$PROMETHEUS_PORT" "$KAFKA_PORT"; do
    if port_open "$port"; then
      die "port $port is taken by another program: choose other ports with WAYBILL_PORT_BASE (now $PORT_BASE)"
    fi
  done
}

servers_up() {
  local server
  command -v supervisord >/dev/null || die "supervisor is not installed: run deploy/local/setup.sh"
  [ -d "$DEPS/kafka" ] || die "Kafka's jars are missing: run deploy/local/setup.sh"
  [[ " ${SERVERS[*]} " != *" s3 "* ]] || [ -d "$DEPS/s3proxy" ] || die "S3Proxy's jars are missing: run deploy/local/setup.sh"
  SERVER_DEPS=$(reachable_deps)
  if ! supervisor_runs; then
    reap TERM KILL
    check_ports
    make_folders
    rm -f "$INSTANCE_DIR"/supervisor.d/*.conf
    write_supervisor_config
    (cd "$INSTANCE_DIR" && as env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
      HOME="$INSTANCE_DIR" supervisord -c "$INSTANCE_DIR/supervisord.conf" 9>&-)
  else
    # Servers that an older checkout did not know join those that run.
    write_supervisor_config
    ctl update >/dev/null
  fi
  local pids=() ok=yes
  for server in "${SERVERS[@]}"; do
    [ "$server" != epmd ] || continue  # RabbitMQ waits for it
    (wait_server "$server") &
    pids+=($!)
  done
  for server in "${pids[@]}"; do wait "$server" || ok=no; done
  [ "$ok" = yes ] || die "not all servers came up; their logs are in $INSTANCE_DIR/log"
}

# Until the server does its work, and what the platform needs in it is there.
wait_server() {
  if ! wait_for 180 "ready_$1"; then
    last_words "$1"
    die "$1 did not become ready"
  fi
  case $1 in
    postgres) make_databases ;;
    kafka) make_topics ;;
  esac
  say "$1 is ready"
}

last_words() { tail -q -n 15 "$INSTANCE_DIR/log/start-$1.log" "$INSTANCE_DIR/log/$1.log" >&2 2>/dev/null || true; }

ready_postgres() { admin_psql -Atqc 'SELECT 1'; }
ready_redis() { [ "$(redis-cli -p "$REDIS_PORT" ping)" = PONG ]; }
ready_memory() { [ "$(redis-cli -p "$MEMORY_PORT" ping)" = PONG ]; }
ready_telegram() { port_open "$TELEGRAM_PORT"; }
ready_kafka() { port_open "$KAFKA_PORT"; }
ready_prometheus() { curl -fsS -m 5 "http://127.0.0.1:$PROMETHEUS_PORT/-/ready"; }
ready_s3() { port_open "$S3_PORT"; }
ready_rabbitmq() { port_open "$RABBIT_PORT" && rabbit_api whoami; }

# rabbit_api PATH [curl's arguments]: RabbitMQ's management API (the password stays out of the list
# of processes).
rabbit_api() {
  local path=$1
  shift
  curl -fsS -m 10 "$@" -K - "http://127.0.0.1:$RABBIT_MANAGEMENT_PORT/api/$path" <<<"user = \"waybill:$RABBIT_PASSWORD\""
}

make_databases() { databases_sql | admin_psql -q; }

kafka_tool() { INSTANCE_DIR=$INSTANCE_DIR PORT_BASE=$PORT_BASE KAFKA_JARS=$DEPS/kafka "$LOCAL/servers/kafka.sh" tool "$@"; }

# The tool makes one topic per call, and each call is a start of Java: all at once, and only when
# the list has changed.
make_topics() {
  local list=$ROOT/deploy/kafka/topics.txt made=$INSTANCE_DIR/kafka/topics.made pids=() name partitions settings pid
  if cmp -s "$list" "$made"; then return; fi
  while read -r name partitions settings; do
    case $name in '' | '#'*) continue ;; esac
    # shellcheck disable=SC2086,SC2046
    kafka_tool org.apache.kafka.tools.TopicCommand --create --if-not-exists --topic "$name" --partitions "$partitions" \
      $(printf -- '--config %s ' $settings) >"$INSTANCE_DIR/log/topic-$name.log" 2>&1 &
    pids+=($!)
  done <"$list"
  for pid in "${pids[@]}"; do
    wait "$pid" || die "a topic could not be made: $INSTANCE_DIR/log/topic-*.log"
  done
  cp "$list" "$made"
}

servers_down() {
  if supervisor_runs; then
    local pid
    pid=$(cat "$INSTANCE_DIR/supervisord.pid")
    kill -TERM "$pid"
    wait_for 90 gone "$pid" || kill -KILL "$pid"
  fi
  reap TERM KILL
}
