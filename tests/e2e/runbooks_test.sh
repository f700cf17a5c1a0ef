#!/usr/bin/env bash
# runbooks_test.sh BUILD_DIR [RULE…]: runbooks of docs/operations.md, executed. For each rule something breaks, Prometheus sees it by
# the rule's own expression, the runbook's step is done, and it is over. How long a condition must hold before somebody is woken is the
# rule tests' concern: here a test's patience stands in the place of an operator's.
# shellcheck disable=SC2317  # breaks_… and mends_… are called by name
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:?which build folder?}
shift
[ -n "${WAYBILL_PROMETHEUS:-}" ] || exit 77
api=$WAYBILL_GATEWAY/v1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

platform() { deploy/local/platform.sh "$WAYBILL_INSTANCE" "$@"; }
sql() { platform psql "$1" -Atq -c "$2"; }
ask() { curl -s -m 20 -H "@$folder/header" -H 'Content-Type: application/json' "$@"; }
code() { ask -o /dev/null -w '%{http_code}' "$@"; }
unique() { echo "lantern $(date +%s%N)"; }
create_product() { ask "$@" "$api/products" -d "{\"name\": \"$(unique)\", \"price\": \"1.00\", \"stock_quantity\": 10}"; }
search() { code -G "$api/products" --data-urlencode "name=$(unique)"; }
wait_for() {
  local until=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$until" ] || return 1
    sleep 0.5
  done
}
is_ready() { [ "$(ask "$api/health/ready" | jq -r .status)" = ready ]; }

# A session that stays for minutes, and the step that ends it, as the runbooks tell it.
begin_session() {
  platform psql "$1" -q -c "$2; SELECT pg_sleep(300)" >/dev/null 2>&1 &
  wait_for 20 sleeps "$1"
}
sleeps() { [ "$(sql "$1" "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep'")" != 0 ]; }
end_session() {
  sql "$1" "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%'" >/dev/null
}

breaks_OutboxOld() { platform ctl stop kafka && create_product -H 'Prefer: respond-async'; }
mends_OutboxOld() { platform ctl start kafka; }

breaks_SagaStuck() {
  local user address product
  user=$(ask "$api/users?email=$WAYBILL_EMAIL" | jq -er '.items[0].id')
  address=$(ask "$api/users/$user/addresses" -d '{"street": "1 Main Street", "city": "Bern", "state": "BE", "zip_code": "3011", "country": "CH"}' | jq -er .id)
  product=$(create_product | jq -er .id)
  platform ctl stop product-0
  [ "$(code "$api/orders" -H 'Prefer: respond-async' -d "{\"delivery_address_id\": \"$address\", \"items\": [{\"product_id\": \"$product\", \"quantity\": 1}]}")" = 202 ]
}
mends_SagaStuck() { platform ctl start product-0; }

breaks_RelayMissing() {
  platform ctl stop product-0
  begin_session product "SELECT pg_advisory_lock(hashtextextended('waybill.outbox.product.event', 0))"
  platform ctl start product-0
}
mends_RelayMissing() { end_session product; }

breaks_BrokerBlocked() {
  platform rabbitmqctl set_vm_memory_high_watermark absolute 1MB
  create_product -H 'Prefer: respond-async'
}
mends_BrokerBlocked() { platform rabbitmqctl set_vm_memory_high_watermark absolute 512MB; }

breaks_AnswersSlow() {
  begin_session product 'BEGIN; LOCK TABLE product'
  for _ in 1 2 3 4; do search; done
}
mends_AnswersSlow() { end_session product; }

breaks_ErrorBudgetBurnsFast() {
  platform ctl stop product-0
  for _ in $(seq 40); do [ "$(search)" = 503 ] || return 1; done
}
mends_ErrorBudgetBurnsFast() { platform ctl start product-0; }

# A row that the projection's table does not take, until its shape is mended.
breaks_ProjectionIncomplete() {
  local product
  product=$(create_product | jq -er .id)
  sql report "ALTER TABLE known_product ADD CONSTRAINT e2e_narrow CHECK (id <> '$product' OR version < 2) NOT VALID"
  ask -X PATCH "$api/products/$product" -d "{\"name\": \"$(unique)\"}"
}
mends_ProjectionIncomplete() {
  sql report 'ALTER TABLE known_product DROP CONSTRAINT e2e_narrow'
  "$build/tools/waybill/waybill" projections retry report.products
}

contract=$(dirname "$WAYBILL_PASSWORD_FILE")/contracts/product/api.yaml
breaks_SettingsRefused() {
  cp "$contract" "$folder/contract"
  echo 'x-nonsense: [' >>"$contract"
}
mends_SettingsRefused() { cat "$folder/contract" >"$contract"; }

# alert | the rule whose expression is asked | what of it is made impatient | by what | a limit behind a recorded series
runbooks='
OutboxOld            | OutboxOld              | > 60  | > 4   |
SagaStuck            | SagaStuck              | > 300 | > 4   |
RelayMissing         | RelayMissing           | == 0  | == 0  |
BrokerBlocked        | BrokerBlocked          | == 1  | == 1  |
AnswersSlow          | waybill:slow:ratio5m   | [5m]  | [30s] | > 14.4 * 0.01
ErrorBudgetBurnsFast | waybill:errors:ratio5m | [5m]  | [30s] | > 14.4 * 0.001
ProjectionIncomplete | ProjectionIncomplete   | > 0   | > 0   |
SettingsRefused      | SettingsRefused        | 10m   | 20s   |
'
expression() {
  local text
  text=$(curl -sf "$WAYBILL_PROMETHEUS/api/v1/rules" | jq -er --arg rule "$1" '[.data.groups[].rules[] | select(.name == $rule)][0].query')
  [[ $text == *"$2"* ]] || { echo "the rule $1 has no '$2': $text" >&2; return 1; }
  echo "(${text//"$2"/$3}) $4"
}
holds() {
  search >/dev/null # a ratio wants answers
  curl -sf "$WAYBILL_PROMETHEUS/api/v1/query" --data-urlencode "query=$condition" | jq -e '.data.result != []'
}
holds_not() { ! holds >/dev/null; }

token=$(curl -sf "$api/auth/token" --data-urlencode "username=$WAYBILL_EMAIL" --data-urlencode "password@$WAYBILL_PASSWORD_FILE" | jq -er .access_token)
echo "Authorization: Bearer $token" >"$folder/header"
failed=()
while IFS='|' read -r alert rule patient impatient limit; do
  alert=$(xargs <<<"$alert") rule=$(xargs <<<"$rule") patient=$(xargs <<<"$patient") impatient=$(xargs <<<"$impatient")
  [ -n "$alert" ] || continue
  if [ $# != 0 ] && [[ " $* " != *" $alert "* ]]; then continue; fi
  condition=$(expression "$rule" "$patient" "$impatient" "$limit")
  verdict=ok
  wait_for 90 holds_not || verdict='is on before anything broke'
  "breaks_$alert" </dev/null >"$folder/said" 2>&1 || verdict="did not break: $(tail -n 3 "$folder/said")"
  [ "$verdict" != ok ] || wait_for 60 holds || verdict='is not seen'
  "mends_$alert" </dev/null >"$folder/said" 2>&1 || verdict="could not be mended: $(tail -n 3 "$folder/said")"
  [ "$verdict" != ok ] || wait_for 120 holds_not || verdict='does not end'
  wait_for 120 is_ready || verdict="$verdict; and the platform is not ready again"
  printf '%-22s %s\n' "$alert" "$verdict"
  [ "$verdict" = ok ] || failed+=("$alert")
done <<<"$runbooks"
[ ${#failed[@]} = 0 ] || exit 1
