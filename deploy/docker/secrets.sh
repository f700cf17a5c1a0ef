#!/usr/bin/env bash
# secrets.sh FOLDER: the passwords of a compose project, made once, and what is put together from
# them: a file for each setting that names one (WAYBILL_PG_URL_FILE). Whoever may read the folder is
# in the group 10001.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/../local/lib.sh"
# shellcheck source=deploy/local/databases.sh
. "$LOCAL/databases.sh"
folder=${1:?into which folder?}
PORT_BASE=0
read_services
umask 027
fill_secrets "$folder/secrets.env" PG_PASSWORD_ADMIN GRAFANA_PASSWORD
chmod 640 "$folder/secrets.env"
# shellcheck source=/dev/null
. "$folder/secrets.env"

# keep NAME VALUE: without a line break, and whole at any time.
keep() {
  printf %s "$2" >"$folder/$1.new"
  mv -f "$folder/$1.new" "$folder/$1"
}
keep postgres-password "$PG_PASSWORD_ADMIN"
keep postgres-url "postgresql://postgres:$PG_PASSWORD_ADMIN@postgres:5432/postgres?sslmode=disable"
keep grafana-reader-password "$PG_PASSWORD_GRAFANA"
keep rabbit-password "$RABBIT_PASSWORD"
keep rabbit-url "amqp://waybill:$RABBIT_PASSWORD@rabbitmq:5672/"
keep s3-secret-key "$S3_SECRET_KEY"
keep files-link-secret "$FILES_LINK_SECRET"
keep identity-key-secret "$IDENTITY_KEY_SECRET"
keep ops-password "$OPS_PASSWORD"
keep grafana-password "$GRAFANA_PASSWORD"
for name in $(with_database); do keep "$name-pg-url" "$(database_url "$name" 5432 postgres)"; done

# What the tool needs (`docker compose run --rm tool audit`), as env.sh tells it for an instance.
tool_environment() {
  local name
  put() { printf "export WAYBILL_%s='%s'\n" "$1" "$2"; }
  for name in $(with_database); do
    put "PG_URL_$(upper "$name")" "$(database_url "$name" 5432 postgres)"
    put "PG_AUDIT_URL_$(upper "$name")" "$(audit_url "$name" 5432 postgres)"
  done
  put RABBIT_URL "amqp://waybill:$RABBIT_PASSWORD@rabbitmq:5672/"
  put RABBIT_MANAGEMENT_URL "http://waybill:$RABBIT_PASSWORD@rabbitmq:15672"
  put KAFKA_BROKERS kafka:9092
  put REDIS_URL redis://redis:6379/0
  put GATEWAY http://gateway:8080
  put PROMETHEUS http://prometheus:9090
  put EMAIL "${WAYBILL_OPS_EMAIL:-$OPS_EMAIL}"
  put PASSWORD_FILE /secrets/ops-password
  put BLOB_STORE s3
  put BLOB_S3_ENDPOINT http://s3:7070
  put BLOB_S3_ACCESS_KEY waybill
  put BLOB_S3_SECRET_KEY "$S3_SECRET_KEY"
}
keep tool.env "$(tool_environment)"

# pgweb's list of databases: read only.
mkdir -p "$folder/pgweb"
for name in $(with_database); do
  keep "pgweb/$name.toml" "$(printf 'host = "postgres"\nport = 5432\nuser = "waybill_audit"\npassword = "%s"\ndatabase = "%s"\nssl = "disable"\n' \
    "$PG_PASSWORD_AUDIT" "waybill_$name")"
done
