#!/usr/bin/env bash
# alone.sh up [MIB] | down: PostgreSQL and nothing else, the instance `alone`, new each time, for tests
# that crash it or fill its disk. MIB: its data lies on a file system of that size, which takes root.
# Its ports lie 500 behind those of the instance `test`. `up` prints the superuser's URL. Exit code
# 77: no file system can be had here.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
choose_instance test
export WAYBILL_PORT_BASE=$((PORT_BASE + 500)) WAYBILL_SERVERS=postgres
unset WAYBILL_RUN_DIR
choose_instance alone
data=$INSTANCE_DIR/postgres

down() {
  "$LOCAL/platform.sh" alone down >&2
  if mountpoint -q "$data"; then umount "$data"; fi
  "$LOCAL/platform.sh" alone reset >&2
}

case ${1:-} in
  up)
    [ ! -e "$INSTANCE_DIR/instance" ] || down
    if [ -n "${2:-}" ]; then
      mkdir -p "$data"
      mount -t tmpfs -o "size=${2}m,mode=0700" tmpfs "$data" || exit 77
    fi
    "$LOCAL/platform.sh" alone servers-up >&2
    admin_url
    ;;
  down) down ;;
  *) die 'usage: deploy/local/alone.sh up [MIB] | down' ;;
esac
