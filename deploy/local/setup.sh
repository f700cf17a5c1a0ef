#!/usr/bin/env bash
# setup.sh: brings what build, tests and the local platform need: the Debian packages of
# packages.txt and, through pom.xml and s3proxy-pom.xml, Kafka, Swagger UI and S3Proxy into .deps/.
# Says nothing and takes a moment when all is there; can be run again at any time.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"

# The digest of the lists, kept when everything in them has been brought.
stamp() { cat "$LOCAL/packages.txt" "$LOCAL/pom.xml" "$LOCAL/s3proxy-pom.xml" | sha256sum | cut -d' ' -f1; }

complete() {
  [ "$(cat "$DEPS/stamp" 2>/dev/null)" = "$(stamp)" ] &&
    [ -f "$DEPS/swagger-ui/index.html" ] && ls "$DEPS"/kafka/kafka-server-*.jar "$DEPS"/s3proxy/s3proxy-*.jar &&
    ls /usr/lib/postgresql/15/bin/postgres /usr/lib/rabbitmq/lib/*/sbin/rabbitmq-server &&
    command -v g++ cmake ninja protoc redis-server java supervisord sql-migrate jq curl
} >/dev/null 2>&1

missing_packages() {
  local wanted installed
  wanted=$(sed 's/#.*//' "$LOCAL/packages.txt" | xargs -n1 | sort -u)
  # shellcheck disable=SC2086
  installed=$(dpkg-query -W -f '${db:Status-Abbrev}${Package}\n' $wanted 2>/dev/null | sed -n 's/^ii *//p' | sort -u)
  comm -23 <(echo "$wanted") <(echo "$installed") | xargs
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# Whether packages can be installed here; says what would help if not.
check_machine() {
  local ID='' VERSION_ID='' PRETTY_NAME='this system'
  # shellcheck source=/dev/null
  . /etc/os-release
  [ "$ID:$VERSION_ID" = debian:12 ] ||
    die "packages.txt is for Debian 12, and this is $PRETTY_NAME. Use a Debian 12 machine or container. Missing: $*"
  if [ "$(id -u)" = 0 ]; then return; fi
  command -v sudo >/dev/null ||
    die "packages are missing and there is no sudo. As root: apt-get install --no-install-recommends $*"
  sudo -n true 2>/dev/null || [ -t 0 ] ||
    die "packages are missing and sudo wants a password, but there is no terminal. As root: apt-get install" \
      "--no-install-recommends $*"
}

# No package may start or enable a service, or make a system cluster: the platform's servers are
# private ones. Packages that are there already are not touched.
keep_services_off() {
  local policy=/usr/sbin/policy-rc.d clusters=/etc/postgresql-common/createcluster.conf package
  if [ ! -e "$policy" ]; then
    trap 'as_root rm -f /usr/sbin/policy-rc.d' EXIT
    printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
    as_root chmod 755 "$policy"
  fi
  if [ ! -e "$clusters" ]; then
    as_root mkdir -p "$(dirname "$clusters")"
    echo 'create_main_cluster = false' | as_root tee "$clusters" >/dev/null
  fi
  # With systemd not at the next boot either ('systemctl unmask' lifts it).
  if [ -d /run/systemd/system ]; then
    for package in redis-server rabbitmq-server supervisor; do
      case " $* " in *" $package "*) as_root systemctl mask "$package" >/dev/null 2>&1 || true ;; esac
    done
    # Erlang's port mapper comes with RabbitMQ
    case " $* " in *" rabbitmq-server "*) as_root systemctl mask epmd.socket epmd.service >/dev/null 2>&1 || true ;; esac
  fi
}

install_packages() {
  local log=$DEPS/apt.log
  check_machine "$@"
  say "installing $# packages and what they need: some minutes on a fresh machine ($log)"
  keep_services_off "$@"
  as_root apt-get update -q -o Acquire::Retries=3 >"$log" 2>&1 </dev/null ||
    { tail -n 5 "$log" >&2; die "apt-get update failed"; }
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends -o Acquire::Retries=3 \
    -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" >>"$log" 2>&1 </dev/null ||
    { tail -n 15 "$log" >&2; die "apt-get install failed; all of its output is in $log"; }
}

# fetch POM: into $DEPS/new.
fetch() {
  local log=$DEPS/maven.log try
  rm -rf "$DEPS/new"
  for try in 1 2; do
    if mvn -q -B -f "$LOCAL/$1" -Ddeps="$DEPS/new" package >"$log" 2>&1 </dev/null; then return; fi
    say "Maven failed (try $try)"
  done
  tail -n 15 "$log" >&2
  die "Maven could not fetch the jars; all of its output is in $log"
}

fetch_s3proxy() {
  say "fetching S3Proxy through Maven"
  fetch s3proxy-pom.xml
  rm -rf "$DEPS/s3proxy"
  mv "$DEPS/new/s3proxy" "$DEPS/s3proxy"
  rm -rf "$DEPS/new"
  chmod -R a+rX "$DEPS/s3proxy"
  cp "$LOCAL/s3proxy-pom.xml" "$DEPS/s3proxy-pom.xml"
}

fetch_jars() {
  local new=$DEPS/new
  say "fetching Apache Kafka and Swagger UI through Maven"
  fetch pom.xml
  rm -rf "$DEPS/kafka" "$DEPS/swagger-ui"
  mv "$new/kafka" "$DEPS/kafka"
  mv "$new"/webjars/META-INF/resources/webjars/swagger-ui/* "$DEPS/swagger-ui"
  rm -rf "$new"
  chmod -R a+rX "$DEPS"
  cp "$LOCAL/pom.xml" "$DEPS/pom.xml"
}

if complete; then exit; fi
mkdir -p "$DEPS"
exec 9>"$DEPS/lock"
flock -n 9 || { say "another setup is at work: waiting"; flock 9; }
missing=$(missing_packages)
# shellcheck disable=SC2086
[ -z "$missing" ] || install_packages $missing
{ cmp -s "$LOCAL/pom.xml" "$DEPS/pom.xml" && [ -d "$DEPS/kafka" ] && [ -d "$DEPS/swagger-ui" ]; } || fetch_jars
{ cmp -s "$LOCAL/s3proxy-pom.xml" "$DEPS/s3proxy-pom.xml" && [ -d "$DEPS/s3proxy" ]; } || fetch_s3proxy
stamp >"$DEPS/stamp"
complete || die "setup went through, but something is still missing; see $DEPS/*.log"
say "setup is complete"
