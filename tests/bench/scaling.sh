#!/usr/bin/env bash
# scaling.sh [SVG]: what more load and more processes give, as a chart. An instance of its own places orders with more and more
# clients, then has more and more processes of `order` and `product` under the same load, and at last one of each again: the benchmark
# ends with an error if an order was lost or done twice on the way. Speed and critical time are what Prometheus saw.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/../../deploy/local/lib.sh"
chart=$(realpath -m "${1:-$ROOT/docs/scaling.svg}")
build=${WAYBILL_BUILD_DIR:-$ROOT/build/release}
stages=("8 1" "32 1" "128 1" "128 2" "128 3" "128 1") # clients, processes
seconds=${SECONDS_OF_A_STAGE:-20}
export WAYBILL_PORT_BASE=${WAYBILL_PORT_BASE:-22000}
platform=("$LOCAL/platform.sh" scaling)
folder=$(mktemp -d)
cd "$ROOT"
trap '"${platform[@]}" reset; rm -rf "$folder"' EXIT
"${platform[@]}" reset
"${platform[@]}" up >/dev/null
environment=$("$LOCAL/env.sh" scaling)
eval "$environment"
[ -n "${WAYBILL_PROMETHEUS:-}" ] || die "Prometheus is not installed"

clients=()
for stage in "${stages[@]}"; do clients+=("${stage% *}"); done
"$build/tests/bench/waybill-bench" --rounds 1 --seconds "$seconds" --clients "${clients[@]}" >"$folder/table" 2>"$folder/progress" &
bench=$!
begun() { [ "$(grep -c '^orders, ' "$folder/progress")" -ge "$1" ] || ! running $bench; }
processes=1
for i in "${!stages[@]}"; do
  wait_for 120 begun $((i + 1)) || die "the benchmark stands still: $(cat "$folder/progress")"
  running $bench || die "the benchmark has ended: $(cat "$folder/progress")"
  wanted=${stages[i]#* }
  say "${stages[i]% *} clients, $wanted of order and product"
  [ "$wanted" = "$processes" ] || "${platform[@]}" scale order="$wanted" product="$wanted"
  processes=$wanted
  echo "$(date +%s) ${stages[i]}" >>"$folder/stages"
done
counted() { grep -q '^cached reads' "$folder/progress" || ! running $bench; }
wait_for 120 counted
date +%s >"$folder/end"
wait $bench || die "$(cat "$folder/progress" "$folder/table")"
cat "$folder/table"
tests/bench/scaling.py "$WAYBILL_PROMETHEUS" "$folder" "$chart"
say "the chart is $chart"
