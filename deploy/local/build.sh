#!/usr/bin/env bash
# build.sh PRESET [platform|bench|tests LABEL…]: configures and builds in build/PRESET: everything,
# only what a running platform needs (and its benchmark), or only the tests of these labels.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
preset=${1:?which preset of CMakePresets.json?} part=${2:-all}
shift "$(($# < 2 ? $# : 2))"

cd "$ROOT"
say "building $part ($preset)"
if [ ! -f "build/$preset/build.ninja" ]; then
  mkdir -p build
  cmake --preset "$preset" >"build/$preset.cmake.log" 2>&1 || { tail -n 20 "build/$preset.cmake.log" >&2; die "cmake failed"; }
fi
case $part in
  all) targets=() ;;
  tests)
    mapfile -t targets < <(ninja -C "build/$preset" -t targets all |
      sed -nE "s/^(test_($(IFS='|' && echo "$*"))_[a-z_]+): phony\$/\1/p")
    ;;
  *)
    PORT_BASE=0
    read_services
    targets=(waybill waybill-telegram)
    for name in "${SERVICES[@]}"; do targets+=("waybill-$name"); done
    [ "$part" != bench ] || targets+=(waybill-bench)
    ;;
esac
quiet=()
[ -t 1 ] || quiet=(--quiet)
NINJA_STATUS='[%f/%t, %e s] ' ninja -C "build/$preset" -j "$(nproc)" "${quiet[@]}" "${targets[@]}"
say "built"
