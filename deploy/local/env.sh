#!/usr/bin/env bash
# env.sh INSTANCE: the environment that clients, tools and tests of this instance need:
#   eval "$(deploy/local/env.sh dev)"
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
choose_instance "${1:-dev}"
read_services
read_secrets

put() { printf "export %s='%s'\n" "$1" "$2"; }
put WAYBILL_INSTANCE "$INSTANCE"
put WAYBILL_PG_HOST 127.0.0.1
put WAYBILL_PG_PORT "$POSTGRES_PORT"
put WAYBILL_PG_ADMIN_URL "$(admin_url)"
for name in $(with_database); do put "WAYBILL_DATABASE_$(upper "$name")" "$(database_url "$name")"; done
for name in $(with_database); do put "WAYBILL_AUDIT_DATABASE_$(upper "$name")" "$(audit_url "$name")"; done
put WAYBILL_RABBIT_URL "$(rabbit_url "$RABBIT_PORT")"
put WAYBILL_RABBIT_MANAGEMENT_URL "http://waybill:$RABBIT_PASSWORD@127.0.0.1:$RABBIT_MANAGEMENT_PORT"
put WAYBILL_KAFKA_BROKERS "127.0.0.1:$KAFKA_PORT"
put WAYBILL_REDIS_URL "redis://127.0.0.1:$REDIS_PORT/0"
put WAYBILL_S3_ENDPOINT "http://127.0.0.1:$S3_PORT"
put WAYBILL_S3_ACCESS_KEY waybill
put WAYBILL_S3_SECRET_KEY "${S3_SECRET_KEY:-}"
put WAYBILL_BLOB_FOLDER "$INSTANCE_DIR/blobs"
put WAYBILL_BLOB_S3_ENDPOINT "http://127.0.0.1:$S3_PORT"
put WAYBILL_BLOB_S3_ACCESS_KEY waybill
put WAYBILL_BLOB_S3_SECRET_KEY "${S3_SECRET_KEY:-}"
if grep -qs '^WAYBILL_BLOB_STORE=s3$' "$INSTANCE_DIR/settings.env"; then put WAYBILL_BLOB_STORE s3; fi
if [ -d "$INSTANCE_DIR/prometheus" ]; then put WAYBILL_PROMETHEUS "http://127.0.0.1:$PROMETHEUS_PORT"; fi
put WAYBILL_GATEWAY "http://127.0.0.1:${HTTP_PORT[gateway]}"
for name in "${SERVICES[@]}"; do put "WAYBILL_OPS_$(upper "$name")" "127.0.0.1:${OPS_PORT[$name]}"; done
put WAYBILL_MEMORY_URL "redis://127.0.0.1:$MEMORY_PORT/0"
put WAYBILL_TELEGRAM "http://127.0.0.1:$TELEGRAM_PORT"
put WAYBILL_EMAIL "$OPS_EMAIL"
put WAYBILL_PASSWORD_FILE "$INSTANCE_DIR/ops-password"
put WAYBILL_CONTRACTS "$ROOT/services"
put WAYBILL_LINKS "$(links | xargs)"
