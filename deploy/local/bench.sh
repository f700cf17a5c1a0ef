#!/usr/bin/env bash
# bench.sh [ARGS…]: the benchmark, against an instance of its own with new data (release build).
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
platform=("$LOCAL/platform.sh" bench)
"$LOCAL/setup.sh"
"$LOCAL/build.sh" release bench
trap '"${platform[@]}" reset' EXIT
"${platform[@]}" reset
"${platform[@]}" up
environment=$("$LOCAL/env.sh" bench)
eval "$environment"
cd "$ROOT"
build/release/tests/bench/waybill-bench "$@"
