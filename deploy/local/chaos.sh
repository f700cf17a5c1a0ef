#!/usr/bin/env bash
# chaos.sh PRESET MODE [ARGS…]: waybill-chaos of build/PRESET (run, recovery, rolling, kafka-away,
# crash; --help tells more) against the instance `chaos`, whose data is new each time. After a
# failure its logs stay.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
preset=${1:?which preset?}
shift
export WAYBILL_BUILD_DIR=$ROOT/build/$preset
platform=("$LOCAL/platform.sh" chaos)
choose_instance chaos
cd "$ROOT"
mkdir -p "$(dirname "$INSTANCE_DIR")"
exec 7>"$INSTANCE_DIR.run"
flock -n 7 || { say "another chaos run is on its way: waiting"; flock 7; }
"${platform[@]}" reset 7>&-
"${platform[@]}" servers-up 7>&-
environment=$("$LOCAL/env.sh" chaos)
eval "$environment"
if "$WAYBILL_BUILD_DIR/tests/chaos/waybill-chaos" "$@" 7>&-; then
  "${platform[@]}" reset 7>&-
else
  "${platform[@]}" down 7>&-
  die "waybill-chaos $* found something (logs: $INSTANCE_DIR/log)"
fi
