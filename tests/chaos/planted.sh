#!/usr/bin/env bash
# planted.sh [BUG…]: proof that the tests see. Builds each bug of libs/core/planted.hpp into the
# program of tests that should see it (build/planted), runs that with servers of its own, the
# instance `test`, and prints what it saw. At last the same programs without a bug, which must be
# clean. Exit code 0: all were caught, and nothing else.
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
    reply_applied_twice) echo integration_order ;;
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

# The name of the first test of the program that fails, or nothing.
failing_test() {
  local program
  program=$(echo "$build"/tests/*/*/"test_$1")
  timeout 600 "$program" --abort >"$log" 2>&1 ||
    echo "$1: $(grep -m 1 -A 1 -E '^-{70,}$' "$log" | sed -n 2p)"
}

"$LOCAL/setup.sh"
"$LOCAL/platform.sh" test servers-up >"$log" 2>&1
trap '"$LOCAL/platform.sh" test down >/dev/null 2>&1' EXIT
environment=$("$LOCAL/env.sh" test)
eval "$environment"
read -r -a bugs <<<"${*:-$(sed -n 's/^  \([a-z_]*\),  *\/\/.*/\1/p' libs/core/planted.hpp | xargs)}"
missed=() programs=()
printf '| planted bug | caught by |\n| --- | --- |\n'
for bug in "${bugs[@]}"; do
  program=$(catcher "$bug")
  plant "$bug" "test_$program"
  by=$(failing_test "$program")
  echo "| \`$bug\` | ${by:-NOTHING} |"
  [ -n "$by" ] || missed+=("$bug")
  case " ${programs[*]} " in *" $program "*) ;; *) programs+=("$program") ;; esac
done
plant none "${programs[@]/#/test_}"
for program in "${programs[@]}"; do
  by=$(failing_test "$program")
  [ -z "$by" ] || missed+=("none, but found: $by")
done
[ ${#missed[@]} = 0 ] || die "not as it should be: ${missed[*]}"
say "${#bugs[@]} planted bugs were caught, and without one the same tests are clean"
