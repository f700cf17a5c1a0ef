# shellcheck shell=bash
# Sourced by platform.sh: the services of an instance under its supervisord, any number of each.

# Where the programs come from: build/dev for tests, build/release otherwise, or WAYBILL_BUILD_DIR.
build_dir() {
  case ${WAYBILL_BUILD_DIR:-}:$INSTANCE in
    :test) echo "$ROOT/build/dev" ;;
    :*) echo "$ROOT/build/release" ;;
    *) echo "$WAYBILL_BUILD_DIR" ;;
  esac
}

# How many instances of a service are wanted: what `scale` last said, or the table.
wanted() {
  local count
  count=$(sed -n "s/^$1=//p" "$INSTANCE_DIR/scale" 2>/dev/null || true)
  echo "${count:-${DEFAULT_COUNT[$1]}}"
}

# install_if_new FILE TARGET MODE: replaces TARGET whole, so that a running program keeps its old
# file. Says whether it did.
install_if_new() {
  if cmp -s "$1" "$2"; then return 1; fi
  mkdir -p "$(dirname "$2")"
  cp "$1" "$2.new"
  chmod "$3" "$2.new"
  mv -f "$2.new" "$2"
}

# The instance runs copies: a build may replace a program at any time, and the servers' user need
# not reach the checkout. A service whose program, settings or contracts are new is marked as stale
# until it has been restarted.
install_services() {
  local name file fresh=no changed=() build
  build=$(build_dir)
  for file in "$ROOT"/services/*/api.yaml; do
    name=$(basename "$(dirname "$file")")
    if install_if_new "$file" "$INSTANCE_DIR/contracts/$name/api.yaml" 644; then fresh=yes; fi
  done
  for file in "$ROOT"/services/gateway/console/page/*; do
    if install_if_new "$file" "$INSTANCE_DIR/console/$(basename "$file")" 644; then touch "$INSTANCE_DIR/services/gateway/stale"; fi
  done
  for name in "${SERVICES[@]}"; do
    file=$build/services/$name/waybill-$name
    [ -x "$file" ] || die "${file#"$ROOT"/} is missing: build it first"
    changed=("$fresh")
    if install_if_new "$file" "$INSTANCE_DIR/services/$name/waybill-$name" 755; then changed+=(yes); fi
    start_script "$name" >"$INSTANCE_DIR/services/$name/start.tmp"
    if install_if_new "$INSTANCE_DIR/services/$name/start.tmp" "$INSTANCE_DIR/services/$name/start.sh" 700; then changed+=(yes); fi
    rm "$INSTANCE_DIR/services/$name/start.tmp"
    case "${changed[*]}" in *yes*) touch "$INSTANCE_DIR/services/$name/stale" ;; esac
  done
  if has_local_telegram; then install_local_telegram; fi
  if [ "$(id -u)" = 0 ]; then chown -R "$RUN_USER:" "$INSTANCE_DIR/services" "$INSTANCE_DIR/contracts"; fi
}

# The script by which supervisord starts instance N of a service (`start.sh N`): its settings, then
# the program itself.
start_script() {
  local name=$1 other
  put() { printf "export WAYBILL_%s='%s'\n" "$1" "$2"; }
  cat <<S
#!/usr/bin/env bash
# Written by deploy/local/services.sh. Starts instance \$1 of $name; also by hand, for a look at how
# it starts.
PORT_BASE=$PORT_BASE INSTANCE_DIR='$INSTANCE_DIR'
. '$INSTANCE_DIR/bin/start.sh'
log_to "$name-\$1"
S
  put HTTP_LISTEN "127.0.0.1:${HTTP_PORT[$name]}"
  echo "export WAYBILL_OPS_LISTEN=127.0.0.1:\$((${OPS_PORT[$name]} + \$1))"
  if [ "${HAS_DATABASE[$name]}" = yes ]; then
    put PG_URL "$(database_url "$name" "$(port_of "$name" postgres "$POSTGRES_PORT")")"
  fi
  put RABBIT_URL "$(rabbit_url "$(port_of "$name" rabbitmq "$RABBIT_PORT")")"
  put KAFKA_BROKERS "127.0.0.1:$(port_of "$name" kafka "$KAFKA_PORT")"
  put REDIS_URL "redis://127.0.0.1:$(port_of "$name" redis "$REDIS_PORT")/0"
  put CONTRACTS "$INSTANCE_DIR/contracts"
  if [ "$name" = identity ]; then
    put IDENTITY_KEY_SECRET "$IDENTITY_KEY_SECRET"
    put IDENTITY_FIRST_OPS_EMAIL "$OPS_EMAIL"
    put IDENTITY_FIRST_OPS_PASSWORD "$OPS_PASSWORD"
  fi
  if [ "$name" = gateway ]; then
    put GATEWAY_SWAGGER "$(reachable_deps)/swagger-ui"
    put CONSOLE_FOLDER "$INSTANCE_DIR/console"
    put CONSOLE_PROMETHEUS "127.0.0.1:$PROMETHEUS_PORT"
    # The tests come as many clients, by X-Forwarded-For; elsewhere everybody is who he is.
    if [ "$INSTANCE" = test ]; then put GATEWAY_TRUSTED_PROXIES 127.0.0.0/8; fi
    for other in "${SERVICES[@]}"; do
      [ "$other" = gateway ] ||
        put "UPSTREAM_$(upper "$other")" "127.0.0.1:$(port_of gateway "$other" "${HTTP_PORT[$other]}")"
    done
  fi
  if [ "$name" = order ]; then
    put ORDER_IDENTITY "127.0.0.1:${HTTP_PORT[identity]}"
    put ORDER_REPORT "127.0.0.1:${HTTP_PORT[report]}"
  fi
  if [ "$name" = bot ]; then
    put BOT_REDIS_URL "redis://127.0.0.1:$MEMORY_PORT/0"
    put BOT_IDENTITY "127.0.0.1:${HTTP_PORT[identity]}"
    put BOT_FILE "127.0.0.1:${HTTP_PORT[file]}"
    put BOT_ADVERT "127.0.0.1:${HTTP_PORT[advert]}"
    if has_local_telegram; then
      put BOT_TOKEN "$LOCAL_TELEGRAM_TOKEN"
      put BOT_API_URL "http://127.0.0.1:$TELEGRAM_PORT"
      put BOT_WEBHOOK_URL "http://127.0.0.1:${HTTP_PORT[gateway]}/v1/telegram/webhook"
      put BOT_WEBHOOK_SECRET local
    fi
  fi
  if [ "$name" = file ]; then
    put BLOB_FOLDER "$INSTANCE_DIR/blobs"
    put BLOB_S3_ENDPOINT "http://127.0.0.1:$S3_PORT"
    put BLOB_S3_ACCESS_KEY waybill
    put BLOB_S3_SECRET_KEY "$S3_SECRET_KEY"
    put FILES_LINK_SECRET "$FILES_LINK_SECRET"
    put FILES_PUBLIC_BASE_URL "http://127.0.0.1:${HTTP_PORT[gateway]}"
  fi
  if [ "$name" = advert ]; then
    put BLOB_FOLDER "$INSTANCE_DIR/pictures"
    put BLOB_BUCKET waybill-pictures
    put BLOB_S3_ENDPOINT "http://127.0.0.1:$S3_PORT"
    put BLOB_S3_ACCESS_KEY waybill
    put BLOB_S3_SECRET_KEY "$S3_SECRET_KEY"
  fi
  if [ -s "$INSTANCE_DIR/settings.env" ]; then sed 's/^/export /' "$INSTANCE_DIR/settings.env"; fi
  echo "exec '$INSTANCE_DIR/services/$name/waybill-$name'"
}

# An instance to try things in, and the one of the tests, have a Telegram of their own
# (tools/telegram) unless settings.env brings a real bot's token.
LOCAL_TELEGRAM_TOKEN=1:local
has_local_telegram() {
  case $INSTANCE in dev | test) ;; *) return 1 ;; esac
  ! grep -qs '^WAYBILL_BOT_TOKEN=' "$INSTANCE_DIR/settings.env"
}

install_local_telegram() {
  local file
  file=$(build_dir)/tools/telegram/waybill-telegram
  [ -x "$file" ] || die "${file#"$ROOT"/} is missing: build it first"
  install_if_new "$file" "$INSTANCE_DIR/services/bot/waybill-telegram" 755 || true
  cat >"$INSTANCE_DIR/services/bot/telegram.sh" <<S
#!/usr/bin/env bash
# Written by deploy/local/services.sh.
PORT_BASE=$PORT_BASE INSTANCE_DIR='$INSTANCE_DIR'
. '$INSTANCE_DIR/bin/start.sh'
log_to telegram
exec '$INSTANCE_DIR/services/bot/waybill-telegram' --telegram.listen 127.0.0.1:$TELEGRAM_PORT --telegram.token $LOCAL_TELEGRAM_TOKEN
S
  chmod 755 "$INSTANCE_DIR/services/bot/telegram.sh"
}

# One section per instance: more of them leave the others alone. SIGTERM drains.
write_service_sections() {
  local name i
  for name in "${SERVICES[@]}"; do
    for ((i = 0; i < $(wanted "$name"); i++)); do
      supervised "$name-$i" "$INSTANCE_DIR/services/$name/start.sh $i" "services/$name" TERM 40
    done
    if [ "$name" = bot ] && has_local_telegram; then
      supervised telegram "$INSTANCE_DIR/services/bot/telegram.sh" services/bot TERM 5
    fi
  done >"$INSTANCE_DIR/supervisor.d/services.conf"
  if watched; then write_targets; fi
}

services_up() {
  local name stale=() i
  supervisor_runs || die "instance '$INSTANCE' is not running"
  for name in "${SERVICES[@]}"; do mkdir -p "$INSTANCE_DIR/services/$name"; done
  install_services
  for name in "${SERVICES[@]}"; do
    [ ! -e "$INSTANCE_DIR/services/$name/stale" ] || stale+=("$name")
  done
  local running_now
  running_now=$(ctl status || true)
  write_service_sections
  ctl update >/dev/null
  restart_stale "$running_now" "${stale[@]}"
  wait_services
  for name in "${stale[@]}"; do rm -f "$INSTANCE_DIR/services/$name/stale"; done
}

# restart_stale STATUS NAME…: instances that ran before with something old are restarted, one after
# the other of a service, so that the others carry on; the services at the same time.
restart_stale() {
  local status=$1 name pids=() pid
  shift
  for name; do
    if grep -qE "^$name-[0-9]+ +(RUNNING|STARTING|BACKOFF)" <<<"$status"; then
      say "$name has changed: restarting"
      (restart_service "$name") &
      pids+=($!)
    fi
  done
  for pid in "${pids[@]}"; do wait "$pid" || die "a service did not come back"; done
}

restart_service() {
  local i
  for ((i = 0; i < $(wanted "$1"); i++)); do
    ctl restart "$1-$i" >/dev/null
    wait_service "$1" "$i"
  done
}

# Not `degraded`: whoever starts a platform wants all of it.
ready_service() {
  curl -fsS -m 2 "http://127.0.0.1:$(ops_port "$1" "$2")/health/ready" | jq -e '.status == "ready"'
}

# A service that has ended again and again after ten seconds will not come up: no need to wait for
# the rest of the minute.
wait_service() {
  if ! wait_for 10 ready_service "$1" "$2" && { ctl status "$1-$2" | grep -q BACKOFF || ! wait_for 50 ready_service "$1" "$2"; }; then
    last_words "$1-$2"
    die "$1-$2 did not become ready; health: $(curl -sS -m 2 "http://127.0.0.1:$(ops_port "$1" "$2")/health/ready" 2>&1)"
  fi
}

wait_services() {
  local name i pids=() pid ok=yes
  for name in "${SERVICES[@]}"; do
    for ((i = 0; i < $(wanted "$name"); i++)); do
      (wait_service "$name" "$i") &
      pids+=($!)
    done
  done
  for pid in "${pids[@]}"; do wait "$pid" || ok=no; done
  [ "$ok" = yes ] || die "not all services are ready; their logs are in $INSTANCE_DIR/log"
}

services_down() {
  rm -f "$INSTANCE_DIR/supervisor.d/services.conf"
  if supervisor_runs; then ctl update >/dev/null; fi
}

# scale NAME=N…: remembered; a running instance follows at once.
scale() {
  local pair name count
  [ $# -gt 0 ] || die "scale what? For example: make scale order=3"
  for pair; do
    name=${pair%%=*} count=${pair#*=}
    [ -n "${DEFAULT_COUNT[$name]:-}" ] || die "there is no service '$name'; there are: ${SERVICES[*]}"
    [[ $count =~ ^[0-9]+$ && $count -le 20 ]] || die "$name=$count: the number of instances is from 0 to 20"
    touch "$INSTANCE_DIR/scale"
    sed -i "/^$name=/d" "$INSTANCE_DIR/scale"
    echo "$name=$count" >>"$INSTANCE_DIR/scale"
  done
  if supervisor_runs && [ -e "$INSTANCE_DIR/supervisor.d/services.conf" ]; then
    write_service_sections
    ctl update >/dev/null
    wait_services
  fi
}
