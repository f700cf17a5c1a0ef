#!/usr/bin/env bash
# schema.sh [CASES]: checks the running API against its contract, /openapi.json: generated requests,
# good and bad, over every operation (5000 at least by default), against the instance `test`, whose
# data is new. No 5xx, no status and no header that the contract does not name, no body that breaks
# its schema. All of them as ops, and a tenth each as a customer and as nobody. The seed of a failure
# stands in its output; SCHEMA_SEED repeats it.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
cases=${1:-5000}
[ "$cases" -gt 0 ] 2>/dev/null || die "the number of cases must be above 0, and is $cases"
venv=$DEPS/schemathesis
seed=${SCHEMA_SEED:-$RANDOM}
checks=not_a_server_error,status_code_conformance,content_type_conformance
checks+=,response_headers_conformance,response_schema_conformance,unsupported_method
checks+=,allow_header_conformance

platform() { "$LOCAL/platform.sh" test "$@" 8>&-; }
stop() { platform "$([ "$passed" ] && echo reset || echo down)"; }
ask() { curl -fsS -m 10 "$@"; }

# sign_in NAME PASSWORD_FILE: an access token.
sign_in() {
  ask "$WAYBILL_GATEWAY/v1/auth/token" --data-urlencode "username=$1" --data-urlencode "password@$2" | jq -er .access_token
}

# The token of a customer who has just registered.
new_customer() {
  local email=schema-$seed@example.com file=$INSTANCE_DIR/cache/schema-password
  (umask 077 && head -c 24 /dev/urandom | base64 -w0 >"$file")
  jq -n --arg email "$email" --rawfile password "$file" '{$email, $password}' |
    ask "$WAYBILL_GATEWAY/v1/auth/register" -H 'Content-Type: application/json' -d @- >/dev/null
  sign_in "$email" "$file"
}

# Streams of events are left out: one of an order that is there does not end.
options=(--phases='examples,coverage,fuzzing' --exclude-path-regex='/events$' --request-timeout=30 --workers=1
  --checks="$checks" --continue-on-failure --no-color --seed="$seed" --report=ndjson)

# check WHO CASES [TOKEN]: at least so many cases, however few some operations allow.
check() {
  local who=$1 wanted=$2 header=() report=$INSTANCE_DIR/log/schema-$1.ndjson sent
  [ -z "${3:-}" ] || header=(-H "Authorization: Bearer $3")
  say "as $who: $wanted cases over $operations operations, seed $seed"
  "$venv/bin/schemathesis" run "$WAYBILL_GATEWAY/openapi.json" "${options[@]}" "${header[@]}" \
    --max-examples="$((wanted / operations + 1))" --report-ndjson-path="$report" 8>&- ||
    die "as $who the API breaks its contract (logs: $INSTANCE_DIR/log)"
  sent=$(jq -s "$count" "$report")
  [ "$sent" -ge "$wanted" ] || die "there were $sent cases only"
  say "as $who the API kept its contract in $sent cases"
}
count='[.[] | .ScenarioFinished.recorder.cases // {} | length] | add'

"$LOCAL/setup.sh"
"$LOCAL/build.sh" "${preset:-dev}" platform
export WAYBILL_BUILD_DIR=$ROOT/build/${preset:-dev}
python_environment schemathesis "$LOCAL/requirements.txt"
choose_instance test
# One run of tests at a time: they share the instance.
mkdir -p "$ROOT/.run"
exec 8>"$ROOT/.run/tests.lock"
flock -n 8 || { say "other tests are running: waiting"; flock 8; }

passed=''
trap stop EXIT
platform reset
# Limits that nobody reaches: their headers are to be seen, their refusals have tests of their own.
platform set WAYBILL_LIMIT_{USERS,ORDERS,DEFAULT}=100000/60 WAYBILL_AUTH_ACCESS_TTL=2h
platform up
environment=$("$LOCAL/env.sh" test)
eval "$environment"
cd "$INSTANCE_DIR/log" # it leaves a cache of what failed
printf '[auth]\nauto-signup = false\n' >schemathesis.toml # nobody stays nobody
ask "$WAYBILL_GATEWAY/openapi.json" >openapi.json
"$venv/bin/openapi-spec-validator" openapi.json || die "/openapi.json is no valid OpenAPI document"
operations=$(jq '[.paths[] | keys[] | select(IN("get", "put", "post", "patch", "delete"))] | length' openapi.json)
check ops "$cases" "$(sign_in "$WAYBILL_EMAIL" "$WAYBILL_PASSWORD_FILE")"
check customer "$((cases / 10))" "$(new_customer)"
check nobody "$((cases / 10))"
passed=1
say "the API keeps its contract"
