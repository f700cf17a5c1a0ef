#!/usr/bin/env bash
# drill.sh PRESET: a backup is worth what its restore was seen to give. An instance of its own gets orders, is
# backed up, gets more orders, is lost, and comes back from the backup: the first orders are there, the
# later ones are not, the audit finds nothing wrong, and new orders go through.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
preset=${1:-release}
export WAYBILL_BUILD_DIR=$ROOT/build/$preset WAYBILL_PORT_BASE=${WAYBILL_PORT_BASE:-20000}
platform=("$LOCAL/platform.sh" drill)
choose_instance drill
tool=$WAYBILL_BUILD_DIR/tools/waybill/waybill
day=$ROOT/tests/data/online-retail/2010-12-05.csv
copy=$(mktemp -u)
cd "$ROOT"

in_instance() {
  local environment
  environment=$("$LOCAL/env.sh" drill)
  (eval "$environment" && "$@")
}
orders() { "${platform[@]}" psql order -Atqc 'SELECT count(*) FROM orders'; }
some_orders() { in_instance "$tool" import retail "$1" >"$INSTANCE_DIR.import" || die "the import failed: $INSTANCE_DIR.import"; }

trap '"${platform[@]}" reset; rm -f "$copy" "$copy.csv" "$INSTANCE_DIR.import"' EXIT
"${platform[@]}" reset
"${platform[@]}" up >/dev/null
head -n 200 "$day" >"$copy.csv"
some_orders "$copy.csv"
before=$(orders)
[ "$before" -gt 0 ] || die "the import made no orders"
"${platform[@]}" backup "$copy"
[ "$(orders)" = "$before" ] || die "the backup has changed something"
some_orders "$day"
say "$before orders were kept, $(($(orders) - before)) came afterwards; now the instance is lost"
"${platform[@]}" reset
"${platform[@]}" restore "$copy"
"${platform[@]}" up >/dev/null
[ "$(orders)" = "$before" ] || die "$(orders) orders came back instead of $before"
in_instance "$tool" audit --quiet --settle 90s || die "the audit does not like what came back"
some_orders "$day"
in_instance "$tool" audit --quiet --settle 90s || die "the audit does not like what was done after the restore"
say "$before orders came back, the audit is clean, and $(($(orders) - before)) more went through"
