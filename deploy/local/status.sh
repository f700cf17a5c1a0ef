# shellcheck shell=bash
# Sourced by platform.sh: what there is to see of an instance.

address_of() {
  case $1 in
    postgres) echo "127.0.0.1:$POSTGRES_PORT" ;;
    redis) echo "127.0.0.1:$REDIS_PORT" ;;
    memory) echo "127.0.0.1:$MEMORY_PORT" ;;
    telegram) echo "http://127.0.0.1:$TELEGRAM_PORT" ;;
    rabbitmq) echo "127.0.0.1:$RABBIT_PORT  management http://127.0.0.1:$RABBIT_MANAGEMENT_PORT" ;;
    prometheus) echo "http://127.0.0.1:$PROMETHEUS_PORT" ;;
    epmd) echo "127.0.0.1:$EPMD_PORT" ;;
    kafka) echo "127.0.0.1:$KAFKA_PORT" ;;
  esac
}

server_health() {
  local answer=ready
  [ "$1" = epmd ] || "ready_$1" >/dev/null 2>&1 || answer='NOT READY'
  echo "$answer"
}

# The answer of /health/ready in a few words: what is missing, if anything.
service_health() {
  local answer
  answer=$(curl -s -m 2 "http://127.0.0.1:$1/health/ready") || { echo 'no answer'; return; }
  jq -r 'if .status == "ready" then "ready" else (if .status == "degraded" then "degraded: " else "NOT READY: " end) + ([.checks[] | select(.ok | not) | .name] | join(", ")) end' \
    <<<"$answer" 2>/dev/null || echo "unclear: $answer"
}

queue_depth() {
  local queue=$1
  [ "$queue" != - ] || return 0
  rabbit_api "queues/%2F/$queue" 2>/dev/null |
    jq -r '"queue: \(.messages_ready // 0) ready, \(.messages_unacknowledged // 0) in hand"' 2>/dev/null || echo 'queue: not there'
}

# Exit code 0 when everything that should run is ready.
show_status() {
  local line name state rest base i health bad=0 fmt='%-12s %-9s %-22s %-12s %s\n'
  if ! supervisor_runs; then
    echo "instance $INSTANCE is not running ($INSTANCE_DIR)"
    return 1
  fi
  echo "instance $INSTANCE in $INSTANCE_DIR, ports from $PORT_BASE"
  # shellcheck disable=SC2059
  printf "$fmt" process state 'pid, up' health address
  while read -r name state rest; do
    base=${name%-*} i=${name##*-}
    rest=${rest/pid /} rest=${rest/, uptime /, }
    if [ -n "${OPS_PORT[$base]:-}" ] && [ "$base" != "$name" ]; then
      health=$(service_health "$(ops_port "$base" "$i")")
      line="http 127.0.0.1:${HTTP_PORT[$base]}  ops 127.0.0.1:$(ops_port "$base" "$i")"
    else
      health=$(server_health "$name") line=$(address_of "$name")
    fi
    [ "$health" = ready ] || bad=1
    # shellcheck disable=SC2059
    printf "$fmt" "$name" "$state" "$rest" "$health" "$line"
  done < <(ctl status)
  for name in "${SERVICES[@]}"; do
    printf '%-12s %s of %s instances ready   %s\n' "$name" "$(count_ready "$name")" "$(wanted "$name")" "$(queue_depth "${QUEUE_OF[$name]}")"
  done
  return "$bad"
}

count_ready() {
  local i count=0
  for ((i = 0; i < $(wanted "$1"); i++)); do
    if ready_service "$1" "$i" >/dev/null 2>&1; then count=$((count + 1)); fi
  done
  echo "$count"
}

# show_logs [NAME]: of all services, of one (all its instances), or of a server; goes on as long as
# a terminal watches.
show_logs() {
  local files=() follow=() name
  for name in ${1:-"${SERVICES[@]}"}; do
    for file in "$INSTANCE_DIR/log/$name".log "$INSTANCE_DIR/log/$name"-[0-9].log "$INSTANCE_DIR/log/$name"-[0-9][0-9].log; do
      if [ -e "$file" ]; then files+=("$file"); fi
    done
  done
  [ ${#files[@]} -gt 0 ] || die "no logs of ${1:-any service} in $INSTANCE_DIR/log"
  if [ -t 1 ]; then follow=(-F); fi
  tail -n 100 "${follow[@]}" "${files[@]}"
}

show_addresses() {
  local gateway=http://127.0.0.1:${HTTP_PORT[gateway]}
  cat <<A

  API            $gateway/v1
  console        http://127.0.0.1:${OPS_PORT[gateway]}/console
  documentation  $gateway/docs        contract  $gateway/openapi.json
  PostgreSQL     127.0.0.1:$POSTGRES_PORT             deploy/local/platform.sh $INSTANCE psql order
  RabbitMQ       127.0.0.1:$RABBIT_PORT             management http://127.0.0.1:$RABBIT_MANAGEMENT_PORT (user waybill, password in secrets.env)
  Kafka          127.0.0.1:$KAFKA_PORT
  Redis          127.0.0.1:$REDIS_PORT
  Prometheus     $(if watched; then echo "http://127.0.0.1:$PROMETHEUS_PORT"; else echo 'is not installed'; fi)
  Telegram bot   $(if has_local_telegram; then echo "http://127.0.0.1:$TELEGRAM_PORT             a page to chat with it"; else echo 'at the Telegram of WAYBILL_BOT_TOKEN, if there is one'; fi)
  data and logs  $INSTANCE_DIR

  eval "\$(deploy/local/env.sh $INSTANCE)"     settings for clients and tools

A token of the first account, which may do everything (curl takes its password from the file):

  curl -s $gateway/v1/auth/token -d username=$OPS_EMAIL --data-urlencode password@$INSTANCE_DIR/ops-password | jq -r .access_token
A
}
