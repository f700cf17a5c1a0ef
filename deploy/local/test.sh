#!/usr/bin/env bash
# test.sh PRESET LABEL…: set-up, build, and the tests of these labels (unit, suite, integration, e2e)
# with servers of their own, the instance `test`, whose data is new each time. TEST=REGEX picks tests
# by name. After a failure the logs stay. Label chaos: thirty random faults on an instance of its own.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
preset=${1:?which preset?}
shift
build=$ROOT/build/$preset
export WAYBILL_BUILD_DIR=$build
pick=()
[ -z "${TEST:-}" ] || pick=(-R "$TEST")
labels=() failed=()

platform() { "$LOCAL/platform.sh" test "$@" 8>&-; }
has() { case " ${labels[*]} " in *" $1 "*) ;; *) return 1 ;; esac }
count() { ctest --test-dir "$build" -N -L "^$1\$" "${pick[@]}" | sed -n 's/^Total Tests: //p'; }

# The sanitizers of g++ 12 do not know the address randomisation of newer kernels.
fixed_addresses=()
case $preset in asan | tsan) if setarch -R true 2>/dev/null; then fixed_addresses=(setarch -R); fi ;; esac

# tests LABEL PARALLEL
tests() {
  if ! has "$1"; then return; fi
  say "$1 tests"
  "${fixed_addresses[@]}" ctest --test-dir "$build" -L "^$1\$" "${pick[@]}" -j "$2" --no-tests=error \
    --output-on-failure --output-junit "$build/tests-$1.xml" 8>&- || failed+=("$1")
}

with_servers() {
  trap 'failed+=(interrupted); stop_servers' EXIT
  platform reset
  platform servers-up
  local environment
  environment=$("$LOCAL/env.sh" test)
  eval "$environment"
  if has integration; then "$LOCAL/check-migrations.sh" || failed+=(migrations); fi
  tests suite 2
  tests integration 2
  if has e2e; then
    platform services-up
    tests e2e 1
  fi
  trap - EXIT
  stop_servers
}
stop_servers() { platform "$([ ${#failed[@]} = 0 ] && echo reset || echo down)"; }

"$LOCAL/setup.sh"
# Tests with servers need the programs, too.
case " $* " in
  *" integration "* | *" e2e "*) "$LOCAL/build.sh" "$preset" ;;
  *) "$LOCAL/build.sh" "$preset" tests "$@" ;;
esac
choose_instance test
cd "$ROOT"
# Two runs of tests share the instance: one after the other.
mkdir -p "$ROOT/.run"
exec 8>"$ROOT/.run/tests.lock"
flock -n 8 || { say "other tests are running: waiting"; flock 8; }

for label; do
  if [ ${#pick[@]} = 0 ] || [ "$(count "$label")" != 0 ]; then labels+=("$label"); fi
done
[ ${#labels[@]} -gt 0 ] || die "no test has a name like '$TEST' (labels: $*)"
tests unit "$(nproc)"
if has suite || has integration || has e2e; then with_servers; fi
tests chaos 1
[ ${#failed[@]} = 0 ] || die "failed: ${failed[*]} (logs of servers and services: $INSTANCE_DIR/log)"
say "all tests passed: ${labels[*]} ($preset)"
