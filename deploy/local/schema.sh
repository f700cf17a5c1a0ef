#!/usr/bin/env bash
# schema.sh [CASES]: checks the running API against its contract, /openapi.json: generated requests,
# good and bad, over every operation (5000 by default), against the instance `test`, whose data is
# new. No 5xx, no status and no header that the contract does not name, no body that breaks its
# schema. The seed of a failure stands in its output; SCHEMA_SEED repeats it.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
cases=${1:-5000}
[ "$cases" -gt 0 ] 2>/dev/null || die "the number of cases must be above 0, and is $cases"
venv=$DEPS/schemathesis
checks=not_a_server_error,status_code_conformance,content_type_conformance
checks+=,response_headers_conformance,response_schema_conformance,unsupported_method

# A virtual environment with exactly what requirements.txt names.
prepare() {
  local wanted
  wanted=$(sha256sum <"$LOCAL/requirements.txt")
  if [ "$(cat "$venv/stamp" 2>/dev/null)" = "$wanted" ]; then return; fi
  say "installing $(grep -c '^[a-z]' "$LOCAL/requirements.txt") Python package into .deps/schemathesis"
  rm -rf "$venv"
  python3 -m venv "$venv" || die 'no virtual environment: python3-venv is missing (deploy/local/setup.sh)'
  "$venv/bin/pip" install -q --disable-pip-version-check -r "$LOCAL/requirements.txt" >"$venv/pip.log" 2>&1 ||
    die "pip failed: $(tail -3 "$venv/pip.log")"
  echo "$wanted" >"$venv/stamp"
}

platform() { "$LOCAL/platform.sh" test "$@" 8>&-; }
stop() { platform "$([ "$passed" ] && echo reset || echo down)"; }

"$LOCAL/setup.sh"
"$LOCAL/build.sh" "${preset:-dev}" platform
export WAYBILL_BUILD_DIR=$ROOT/build/${preset:-dev}
prepare
choose_instance test
# One run of tests at a time: they share the instance.
mkdir -p "$ROOT/.run"
exec 8>"$ROOT/.run/tests.lock"
flock -n 8 || { say "other tests are running: waiting"; flock 8; }

passed=''
trap stop EXIT
platform reset
platform up
environment=$("$LOCAL/env.sh" test)
eval "$environment"
operations=$(curl -fsS "$WAYBILL_GATEWAY/openapi.json" |
  jq '[.paths[] | keys[] | select(IN("get", "put", "post", "patch", "delete"))] | length')
say "$cases cases over $operations operations"
cd "$INSTANCE_DIR/log" # it leaves a cache of what failed
"$venv/bin/schemathesis" run "$WAYBILL_GATEWAY/openapi.json" --phases=examples,coverage,fuzzing \
  --max-examples="$((cases / operations + 1))" --seed="${SCHEMA_SEED:-$RANDOM}" --workers=1 \
  --checks="$checks" --continue-on-failure --generation-database=none --no-color 8>&- &&
  passed=1
[ "$passed" ] || die "the API breaks its contract (logs: $INSTANCE_DIR/log)"
say "the API keeps its contract"
