#!/usr/bin/env bash
# check.sh [BUILD]: docker-compose.yml for real, where no image registry can be reached: the
# configuration parses; the image, made in the Dockerfile's own steps on a debootstrap root under the base
# image's name from the programs of folder BUILD (build/release), starts in the whole composition, all
# become healthy, a write and a read go through, three order services share the work, the audit is
# clean. The servers are Debian's (stand-ins/); Grafana and the tools of the profile are not started.
# With BUILD=none the programs are built inside, as anybody's `docker compose build` does it.
# Wants root, docker.io, docker-compose and debootstrap. Its engine is private: build/docker-engine.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/../local/lib.sh"
build=${1:-build/release}
cd "$ROOT"
ENGINE=${WAYBILL_DOCKER_DIR:-$ROOT/build/docker-engine}
export DOCKER_HOST=unix://$ENGINE/docker.sock DOCKER_BUILDKIT=1 COMPOSE_HTTP_TIMEOUT=600 COMPOSE_PROJECT_NAME=waybill-check
docker=/usr/bin/docker  # Debian's: another client may lack BuildKit
# (a file of nothing: .env is somebody's own)
compose() { docker-compose --env-file "$ENGINE/env" "$@"; }
base=$((18000 + RANDOM % 40 * 1000))
export WAYBILL_VERSION=check WAYBILL_HTTP_PORT=$((base + 80)) WAYBILL_POSTGRES_PORT=$((base + 432)) \
  WAYBILL_RABBITMQ_PORT=$((base + 673)) WAYBILL_PROMETHEUS_PORT=$((base + 90)) WAYBILL_GRAFANA_PORT=$((base + 30)) WAYBILL_CONSOLE_PORT=$((base + 180))

for tool in dockerd docker-compose debootstrap; do
  command -v "$tool" >/dev/null || die "$tool is missing: apt-get install --no-install-recommends docker.io docker-compose debootstrap iptables"
done
[ "$(id -u)" = 0 ] || die "a private Docker engine wants root"

# No NAT and no forwarding of its own: the host's firewall and routes stay as they are. Containers reach
# each other over compose's bridge; a build that installs packages uses the host's network.
start_engine() {
  echo '{}' >"$ENGINE/daemon.json"
  (cd "$ENGINE" && setsid dockerd --config-file "$ENGINE/daemon.json" --data-root "$ENGINE/data" --exec-root "$ENGINE/exec" \
    -p "$ENGINE/dockerd.pid" -H "$DOCKER_HOST" --storage-driver=overlay2 --iptables=false --ip6tables=false --ip-forward=false \
    >"$ENGINE/dockerd.log" 2>&1 </dev/null &)
  wait_for 30 "$docker" version || { tail -n 5 "$ENGINE/dockerd.log" >&2; die "the Docker engine does not start"; }
}
stop_engine() {
  local pid
  pid=$(cat "$ENGINE/dockerd.pid" 2>/dev/null) || return 0
  kill "$pid" && wait_for 30 gone "$pid"
  umount "$ENGINE/exec/netns/default" 2>/dev/null || true
  ip link del docker0 2>/dev/null || true
}

base_image() {
  if "$docker" image inspect debian:bookworm-slim >/dev/null 2>&1; then return; fi
  say "debian:bookworm-slim from Debian's packages"
  [ -e "$ENGINE/rootfs/etc/os-release" ] ||
    debootstrap --variant=minbase --include=ca-certificates bookworm "$ENGINE/rootfs" >"$ENGINE/debootstrap.log"
  rm -rf "$ENGINE"/rootfs/var/cache/apt/archives/*.deb "$ENGINE"/rootfs/usr/share/{doc,man,locale}
  tar -C "$ENGINE/rootfs" -c . | "$docker" import -c 'CMD ["bash"]' - debian:bookworm-slim >/dev/null
}

stand_ins() {
  local context=$ENGINE/stand-ins name image
  rm -rf "$context"
  cp -r deploy/docker/stand-ins "$context"
  cp -rL .deps/kafka .deps/s3proxy "$context/"
  while read -r name image; do
    say "stand-in for $image"
    "$docker" build -q --network host --target "$name" -t "$image" "$context" >/dev/null
  done <<<"$(stand_in_names)"
}
stand_in_names() {
  sed -nE 's/^ *image: ((postgres|redis|rabbitmq|apache\/kafka|versity\/versitygw|prom\/prometheus):[^ ]*)$/\1/p' docker-compose.yml |
    sort -u | sed -E 's/^((.*\/)?([a-z]+)):.*$/\3 &/; s/^versitygw/s3/'
}

images() {
  local programs=prebuilt
  if [ "$build" = none ]; then programs=build; else deploy/docker/collect.sh "$build" build/docker; fi
  for target in migrate runtime; do
    say "image: $target ($programs)"
    "$docker" build -q --network host --build-arg PROGRAMS=$programs -f deploy/docker/Dockerfile --target "$target" \
      -t "$(sed 's/migrate/waybill-migrate/; s/runtime/waybill/' <<<"$target"):check" . >/dev/null
  done
}

healthy() {  # SERVICE COUNT
  local ids
  ids=$(compose ps -q "$1")
  # shellcheck disable=SC2086
  [ "$("$docker" inspect -f '{{.State.Health.Status}}' $ids | grep -c '^healthy$')" = "$2" ]
}

last_words() {
  local id
  tail -n 20 "$ENGINE/compose.log" >&2
  for id in $("$docker" ps -aq --filter health=unhealthy); do
    "$docker" inspect -f '{{.Name}} {{json .State.Health.Log}}' "$id" | cut -c1-1000 >&2
    "$docker" logs --tail 20 "$id" >&2
  done
}

self_check() {
  local gateway=http://127.0.0.1:$WAYBILL_HTTP_PORT header=$ENGINE/header password product
  password=$(compose exec -T gateway cat /secrets/ops-password)
  (umask 077 && curl -fsS -m 10 "$gateway/v1/auth/token" --data-urlencode username=ops@waybill.invalid \
    --data-urlencode "password=$password" | jq -er '"Authorization: Bearer " + .access_token' >"$header")
  product=$(curl -fsS -m 10 -H "@$header" -H 'Content-Type: application/json' "$gateway/v1/products" \
    -d '{"name": "Lantern", "price": "19.90", "stock_quantity": 5}' | jq -er .id)
  curl -fsS -m 10 -H "@$header" "$gateway/v1/products/$product" | jq -e '.price == "19.90"' >/dev/null
  curl -fsS -m 10 -o /dev/null "$gateway/docs/"
}

trap 'compose down -v --remove-orphans >/dev/null 2>&1; stop_engine' EXIT
mkdir -p "$ENGINE" && : >"$ENGINE/env"
"$docker" version >/dev/null 2>&1 || start_engine
compose config -q
say "docker-compose.yml parses"
base_image
stand_ins
images

PORT_BASE=0
read_services
compose up -d --no-build "${SERVICES[@]}" prometheus >"$ENGINE/compose.log" 2>&1 || { last_words; die "compose up failed"; }
for name in "${SERVICES[@]}" prometheus postgres redis rabbitmq kafka s3; do
  wait_for 600 healthy "$name" 1 || { compose logs --tail 20 "$name" >&2; die "$name did not become healthy"; }
done
say "all are healthy"
wait_for 120 self_check || { self_check; die "a write and a read do not go through"; }
say "a write and a read went through the gateway"
compose up -d --no-build --no-recreate --scale order=3 order >>"$ENGINE/compose.log" 2>&1
wait_for 300 healthy order 3 || die "three order services did not become healthy"
scraped() {
  curl -fsS -m 5 "http://127.0.0.1:$WAYBILL_PROMETHEUS_PORT/api/v1/query" --data-urlencode 'query=count by (service) (up == 1)' |
    jq -e '[.data.result[] | select(.metric.service == "order") | .value[1]] == ["3"]'
}
wait_for 120 scraped || die "Prometheus does not see three order services"
say "three order services, and Prometheus sees them"
compose run --rm --no-deps tool audit --settle 60s || die "the audit found something"
! "$docker" run --rm --read-only --entrypoint bash waybill:check -c 'touch /opt/waybill/x || id -u | grep -qx 0' 2>/dev/null ||
  die "the image runs as root or writes into itself"
say "containers: all passed"
