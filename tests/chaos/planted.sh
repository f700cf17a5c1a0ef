#!/usr/bin/env bash
# planted.sh [BUG…]: proof that the tests see. Builds each bug of libs/core/planted.hpp in
# (build/planted), runs the program that should see it (a test, or chaos runs with the seeds 1, 2 and
# 3), and prints what it saw. Exit code 0: all were caught. A few minutes per bug; needs nothing
# running.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/../../deploy/local/lib.sh"
build=$ROOT/build/planted
log=$build.log
cd "$ROOT"
mkdir -p build

catcher() {
  case $1 in
    key_order_ignored) echo unit_simulation ;;
    cache_fill_ungated) echo integration_cache ;;
    stock_without_lock) echo integration_product ;;
    offset_outside_transaction) echo integration_projection ;;
    ack_before_commit | answer_before_commit | commit_not_durable | reply_applied_twice | nack_ignored) echo chaos ;;
    *) echo integration_outbox ;;
  esac
}

# plant BUG TARGET…
plant() {
  if ! { cmake --preset dev -B "$build" -DWAYBILL_PLANT="$1" && ninja -C "$build" -j "$(nproc)" "${@:2}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    die "$1 does not build"
  fi
}

# The name of the first test that fails, or nothing.
failing_test() {
  local program
  program=$(echo "$build"/tests/*/*/"test_$1")
  "$program" --abort >"$log" 2>&1 ||
    echo "$1: $(grep -m 1 -B 1 -A 1 -E '^-{70,}$' "$log" | sed -n '/^-/{n;p;}' | head -n 1)"
}

failing_run() {
  local seed
  for seed in 1 2 3; do
    if ! "$LOCAL/chaos.sh" planted run --seed "$seed" --faults 30 >"$log" 2>&1; then
      echo "chaos, seed $seed: $(grep -m 1 -E 'NO ORDER|stale read|surprise|^ok [0-9]+, lost|^waybill' "$log" | cut -c1-110)"
      return
    fi
  done
}

"$LOCAL/setup.sh"
"$LOCAL/platform.sh" test servers-up >"$log" 2>&1
trap '"$LOCAL/platform.sh" test down >/dev/null 2>&1' EXIT
environment=$("$LOCAL/env.sh" test)
eval "$environment"
PORT_BASE=0
read_services
programs=(waybill waybill-chaos waybill_crash "${SERVICES[@]/#/waybill-}")
read -r -a bugs <<<"${*:-$(sed -n 's/^  \([a-z_]*\),  *\/\/.*/\1/p' libs/core/planted.hpp | xargs)}"
missed=()
printf '| planted bug | caught by |\n| --- | --- |\n'
for bug in "${bugs[@]}"; do
  by=$(catcher "$bug")
  if [ "$by" = chaos ]; then
    plant "$bug" "${programs[@]}"
    by=$(failing_run)
  else
    plant "$bug" "test_$by"
    by=$(failing_test "$by")
  fi
  echo "| $bug | ${by:-NOTHING} |"
  [ -n "$by" ] || missed+=("$bug")
done
[ ${#missed[@]} = 0 ] || die "not caught: ${missed[*]}"
