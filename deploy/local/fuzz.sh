#!/usr/bin/env bash
# fuzz.sh: every fuzz target for FUZZ_SECONDS (60), each with a corpus that grows in
# build/fuzz-corpus.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
"$LOCAL/setup.sh"
"$LOCAL/build.sh" fuzz
cd "$ROOT"
found=
for target in build/fuzz/tests/fuzz/fuzz_*; do
  if [ ! -f "$target" ] || [ ! -x "$target" ]; then continue; fi
  found=yes name=$(basename "$target")
  corpus=build/fuzz-corpus/$name
  mkdir -p "$corpus"
  folders=("$corpus")
  seeds=tests/fuzz/corpus/${name#fuzz_}
  [ ! -d "$seeds" ] || folders+=("$seeds")
  say "$name for ${FUZZ_SECONDS:-60} s"
  "$target" -max_total_time="${FUZZ_SECONDS:-60}" -print_final_stats=1 -artifact_prefix="build/fuzz-corpus/$name-" \
    "${folders[@]}" >"$corpus.log" 2>&1 || { tail -n 40 "$corpus.log" >&2; die "$name found something"; }
  grep -E 'stat::number_of_executed_units' "$corpus.log"
done
[ -n "$found" ] || die "there are no fuzz targets in build/fuzz/tests/fuzz"
