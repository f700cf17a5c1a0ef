#!/usr/bin/env bash
# dashboards_test.sh: each query of each panel of each dashboard gives data from the Prometheus of the running
# platform, which finds every process of services.txt; `waybill scale advise` has figures of every queue.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:?which build folder?}
[ -n "${WAYBILL_PROMETHEUS:-}" ] || exit 77
services=$(sed -n 's/^\([a-z][a-z-]*\) .*/\1/p' deploy/local/services.txt | sort | xargs)
seen() {
  curl -fsS "$WAYBILL_PROMETHEUS/api/v1/query" --data-urlencode 'query=count by (service) (up{job="services"} == 1)' |
    jq -r '.data.result[].metric.service' | sort | xargs
}
for _ in $(seq 60); do
  [ "$(seen)" != "$services" ] || break
  sleep 0.5
done
[ "$(seen)" = "$services" ] || { echo "Prometheus sees $(seen), not $services"; exit 1; }
python3 deploy/grafana/check.py "$WAYBILL_PROMETHEUS"

advice=$("$build/tools/waybill/waybill" scale advise --json || true)
for queue in $(awk '$3 ~ /^[a-z]/ && $1 !~ /^#/ { print $3 }' deploy/local/services.txt); do
  jq -e --arg queue "$queue" 'any(.[]; .name == $queue and (.wanted >= 1))' <<<"$advice" >/dev/null ||
    { echo "no advice for queue $queue: $advice"; exit 1; }
done
