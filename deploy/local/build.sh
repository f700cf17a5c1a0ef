#!/usr/bin/env bash
# build.sh PRESET [platform|bench]: configures and builds in build/PRESET: everything, or only what
# a running platform needs.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
preset=${1:?which preset of CMakePresets.json?} part=${2:-all}
PORT_BASE=0
read_services
case $part in
  all) targets=() ;;
  *)
    targets=(waybill)
    for name in "${SERVICES[@]}"; do targets+=("waybill-$name"); done
    [ "$part" != bench ] || targets+=(waybill-bench)
    ;;
esac

cd "$ROOT"
say "building $part ($preset)"
if [ ! -f "build/$preset/build.ninja" ]; then
  mkdir -p build
  cmake --preset "$preset" >"build/$preset.cmake.log" 2>&1 || { tail -n 20 "build/$preset.cmake.log" >&2; die "cmake failed"; }
fi
quiet=()
[ -t 1 ] || quiet=(--quiet)
NINJA_STATUS='[%f/%t, %e s] ' ninja -C "build/$preset" -j "$(nproc)" "${quiet[@]}" "${targets[@]}"
say "built"
