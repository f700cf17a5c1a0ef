#!/usr/bin/env bash
# demo.sh INSTANCE [ARGS…]: `waybill demo` against a running instance.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
instance=${1:-dev}
[ $# = 0 ] || shift
choose_instance "$instance"
supervisor_runs || die "the platform is not running: make run"
environment=$("$LOCAL/env.sh" "$instance")
eval "$environment"
cd "$ROOT"
exec build/release/tools/waybill/waybill demo "$@"
