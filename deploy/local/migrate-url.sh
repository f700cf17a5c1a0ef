#!/usr/bin/env bash
# migrate-url.sh SERVICE URL [up|down|status] [-limit=N]: migrations of a service on any database
# (up is the default).
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=deploy/local/migrations.sh
. "$LOCAL/migrations.sh"
[ $# -ge 2 ] || die "usage: deploy/local/migrate-url.sh SERVICE URL [up|down|status] [-limit=N]"
migrate "${3:-up}" "$1" "$2" "${@:4}"
