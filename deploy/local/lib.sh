# shellcheck shell=bash
# Sourced by the scripts of this folder: where things are, who the servers run as, which instance is
# meant.
set -euo pipefail
export LC_ALL=C.UTF-8
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
LOCAL=$ROOT/deploy/local
# shellcheck disable=SC2034  # read by setup.sh and platform.sh
DEPS=$ROOT/.deps
# shellcheck source=deploy/local/servers/process.sh
. "$LOCAL/servers/process.sh"

die() {
  printf 'waybill: %s\n' "$*" >&2
  exit 1
}

# A line of progress with the seconds since the first script of this command started.
export WAYBILL_BEGAN=${WAYBILL_BEGAN:-$EPOCHREALTIME}
say() {
  local ms=$(((${EPOCHREALTIME/./} - ${WAYBILL_BEGAN/./}) / 1000))
  printf '[%3d.%d s] %s\n' $((ms / 1000)) $((ms % 1000 / 100)) "$*"
}

# as COMMAND…: as the servers' user. PostgreSQL refuses root, so root's servers belong to a system
# user.
as() {
  if [ "$(id -u)" = 0 ]; then
    setpriv --reuid="$RUN_USER" --regid="$(id -g "$RUN_USER")" --init-groups "$@"
  else
    "$@"
  fi
}

# The folder for instances: .run of the checkout, or a folder below /var/tmp where the servers' user
# can't reach the checkout (root's home is closed to it) or where its path does not fit (unix
# sockets take 107 characters).
run_home() {
  if as test -x "$ROOT" && [[ $ROOT =~ ^[A-Za-z0-9._/+-]{1,60}$ ]]; then
    echo "$ROOT/.run"
  else
    echo "/var/tmp/waybill-$(id -un)-$(cksum <<<"$ROOT" | cut -d' ' -f1)"
  fi
}

# choose_instance NAME: sets INSTANCE, RUN_USER, INSTANCE_DIR, PORT_BASE and the servers' ports.
# WAYBILL_RUN_DIR: another folder for it. WAYBILL_PORT_BASE: other ports; the instance remembers
# them.
choose_instance() {
  INSTANCE=$1
  [[ $INSTANCE =~ ^[a-z][a-z0-9-]{0,30}$ ]] || die "'$INSTANCE' is no name for an instance (a-z, 0-9, -)"
  RUN_USER=$(id -un)
  [ "$(id -u)" != 0 ] || RUN_USER=waybill
  if [ "$(id -u)" = 0 ] && ! id "$RUN_USER" >/dev/null 2>&1; then
    useradd --system --user-group --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin "$RUN_USER"
  fi
  INSTANCE_DIR=${WAYBILL_RUN_DIR:-$(run_home)/$INSTANCE}
  if [ -d "$INSTANCE_DIR" ]; then
    adopt_owner
    [ "$(cat "$INSTANCE_DIR/instance" 2>/dev/null || echo "$INSTANCE")" = "$INSTANCE" ] ||
      die "$INSTANCE_DIR (WAYBILL_RUN_DIR) is the folder of instance '$(cat "$INSTANCE_DIR/instance")', not of '$INSTANCE'"
  fi
  choose_ports
  # shellcheck source=deploy/local/servers/ports.sh
  . "$LOCAL/servers/ports.sh"
}

# An instance that an ordinary user made stays that user's, also when root works on it.
adopt_owner() {
  local owner
  owner=$(stat -c %U "$INSTANCE_DIR")
  if [ "$owner" = "$RUN_USER" ] || [ "$owner" = root ]; then return; fi
  [ "$(id -u)" = 0 ] || die "$INSTANCE_DIR belongs to $owner: go on as that user or as root, or remove it"
  RUN_USER=$owner
}

choose_ports() {
  local kept
  kept=$(cat "$INSTANCE_DIR/port-base" 2>/dev/null || true)
  case ${WAYBILL_PORT_BASE:-$kept}:$INSTANCE in
    :dev) PORT_BASE=18000 ;;
    :test) PORT_BASE=28000 ;;
    :bench) PORT_BASE=24000 ;;
    :chaos) PORT_BASE=26000 ;;
    :*) die "instance '$INSTANCE' needs ports: set WAYBILL_PORT_BASE (the base of a range of 1000)" ;;
    *) PORT_BASE=${WAYBILL_PORT_BASE:-$kept} ;;
  esac
  [[ $PORT_BASE =~ ^[0-9]+$ && $PORT_BASE -ge 1024 && $PORT_BASE -le 64000 ]] ||
    die "WAYBILL_PORT_BASE must be a number from 1024 to 64000, not '$PORT_BASE'"
  if [ -n "$kept" ] && [ "$kept" != "$PORT_BASE" ] && supervisor_runs; then
    die "instance '$INSTANCE' is running on ports from $kept: stop it first"
  fi
}

supervisor_runs() {
  local pid
  pid=$(cat "$INSTANCE_DIR/supervisord.pid" 2>/dev/null) || return 1
  running "$pid" && grep -qz "$INSTANCE_DIR/supervisord.conf" "/proc/$pid/cmdline"
}

# The table of services as arrays, by name; SERVICES keeps its order.
# shellcheck disable=SC2034  # read by those who source this file
read_services() {
  local name database queue http ops instances
  SERVICES=()
  declare -gA HAS_DATABASE=() QUEUE_OF=() HTTP_PORT=() OPS_PORT=() DEFAULT_COUNT=()
  while read -r name database queue http ops instances; do
    case $name in '' | '#'*) continue ;; esac
    SERVICES+=("$name")
    HAS_DATABASE[$name]=$database
    QUEUE_OF[$name]=$queue
    HTTP_PORT[$name]=$((PORT_BASE + http))
    OPS_PORT[$name]=$((PORT_BASE + ops))
    DEFAULT_COUNT[$name]=$instances
  done <"$LOCAL/services.txt"
}

# ops_port SERVICE N: where instance N tells of its health and metrics.
ops_port() {
  local first=${OPS_PORT[$1]}
  echo $((first + $2))
}

# The links of the instance `chaos`, one a line: CLIENT SERVER GATE TARGET. Each goes through a gate
# of the chaos tests, which listens on port GATE and passes on to TARGET. For Kafka, which tells its
# clients where they find it, that is a listener of its own that tells the gate's port.
links() {
  local gate=$((PORT_BASE + 700)) name server target
  [ "$INSTANCE" = chaos ] || return 0
  link() { echo "$1 $2 $gate $3" && gate=$((gate + 1)); }
  for name in "${SERVICES[@]}"; do
    [ "${HAS_DATABASE[$name]}" != yes ] || link "$name" postgres "$POSTGRES_PORT"
    link "$name" rabbitmq "$RABBIT_PORT"
    link "$name" kafka $((gate + 100))
    link "$name" redis "$REDIS_PORT"
  done
  for server in "${SERVICES[@]}"; do
    target=${HTTP_PORT[$server]}
    if [ "$server" = gateway ]; then link clients gateway "$target"; else link gateway "$server" "$target"; fi
  done
}

# port_of CLIENT SERVER PORT: where CLIENT reaches SERVER, which listens on PORT.
port_of() {
  local gate
  gate=$(links | sed -n "s/^$1 $2 \([0-9]*\) .*/\1/p")
  echo "${gate:-$3}"
}

with_database() {
  local name
  for name in "${SERVICES[@]}"; do
    if [ "${HAS_DATABASE[$name]}" = yes ]; then echo "$name"; fi
  done
}

# order-history → ORDER_HISTORY
upper() {
  local name=${1//-/_}
  echo "${name^^}"
}

read_secrets() {
  [ -r "$INSTANCE_DIR/secrets.env" ] || die "instance '$INSTANCE' has not been started yet ($INSTANCE_DIR/secrets.env)"
  # shellcheck source=/dev/null
  . "$INSTANCE_DIR/secrets.env"
}

# The account that may do everything, made when an instance starts for the first time; its password
# is in ops-password.
# shellcheck disable=SC2034  # read by those who source this file
OPS_EMAIL=ops@waybill.invalid

# database_url SERVICE [PORT [HOST]]: the URL of a service's database, as its own role.
database_url() {
  local password
  password=PG_PASSWORD_$(upper "$1")
  echo "postgresql://waybill_$1:${!password}@${3:-127.0.0.1}:${2:-$POSTGRES_PORT}/waybill_$1?sslmode=disable"
}

# audit_url SERVICE [PORT [HOST]]: the same database for the role that may only read; an instance of
# an older checkout has none yet.
audit_url() {
  [ -z "${PG_PASSWORD_AUDIT:-}" ] ||
    echo "postgresql://waybill_audit:$PG_PASSWORD_AUDIT@${3:-127.0.0.1}:${2:-$POSTGRES_PORT}/waybill_$1?sslmode=disable"
}

# The superuser's, through the unix socket.
admin_url() {
  echo "postgresql:///postgres?host=$INSTANCE_DIR/postgres&port=$POSTGRES_PORT&user=postgres&sslmode=disable"
}

# rabbit_url PORT: RabbitMQ as the platform's user.
rabbit_url() { echo "amqp://waybill:$RABBIT_PASSWORD@127.0.0.1:$1/"; }

admin_psql() { psql -X -v ON_ERROR_STOP=1 -h "$INSTANCE_DIR/postgres" -p "$POSTGRES_PORT" -U postgres -d postgres "$@"; }

# python_environment NAME REQUIREMENTS: a virtual environment .deps/NAME with exactly what the file
# names.
python_environment() {
  local venv=$DEPS/$1 wanted
  wanted=$(sha256sum <"$2")
  if [ "$(cat "$venv/stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "installing Python packages into .deps/$1: $(grep '^[a-z]' "$2" | xargs)"
  rm -rf "$venv"
  python3 -m venv "$venv" || die 'no virtual environment: python3-venv is missing (deploy/local/setup.sh)'
  "$venv/bin/pip" install -q --disable-pip-version-check -r "$2" >"$venv/pip.log" 2>&1 ||
    die "pip failed: $(tail -3 "$venv/pip.log")"
  echo "$wanted" >"$venv/stamp"
}
