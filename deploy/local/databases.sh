# shellcheck shell=bash
# Sourced: the platform's passwords, and who gets into which database. The same for servers of this
# machine (servers.sh) and for containers (deploy/docker).

# fill_secrets FILE: passwords are made once; a service that joins later gets its own then.
fill_secrets() {
  local name
  [ -e "$1" ] || (umask 077 && : >"$1")
  for name in RABBIT_PASSWORD PG_PASSWORD_AUDIT PG_PASSWORD_GRAFANA IDENTITY_KEY_SECRET OPS_PASSWORD FILES_LINK_SECRET \
    S3_SECRET_KEY $(for s in $(with_database); do echo "PG_PASSWORD_$(upper "$s")"; done) "${@:2}"; do
    grep -q "^$name=" "$1" || echo "$name=$(head -c 64 /dev/urandom | base64 -w0 | tr -dc A-Za-z0-9 | cut -c1-24)" >>"$1"
  done
}

# One role and one database per service; a role gets into its own database only. waybill_audit may
# read them all, and write none; waybill_grafana sees of the report database what its migrations grant.
databases_sql() {
  local name
  echo 'REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC;'
  role_sql waybill_audit "$PG_PASSWORD_AUDIT"
  role_sql waybill_grafana "$PG_PASSWORD_GRAFANA"
  echo 'GRANT pg_read_all_data TO waybill_audit;'
  for name in $(with_database); do database_sql "$name"; done
  echo 'GRANT CONNECT ON DATABASE waybill_report TO waybill_grafana;'
}

database_sql() {
  local password
  password=PG_PASSWORD_$(upper "$1")
  role_sql "waybill_$1" "${!password}"
  cat <<Q
SELECT 'CREATE DATABASE "waybill_$1" OWNER "waybill_$1"'
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'waybill_$1') \gexec
REVOKE CONNECT ON DATABASE "waybill_$1" FROM PUBLIC;
GRANT CONNECT ON DATABASE "waybill_$1" TO waybill_audit;
Q
}

# role_sql NAME PASSWORD: psql's \gexec runs what the query says, if it says anything.
role_sql() {
  cat <<Q
SELECT 'CREATE ROLE "$1" LOGIN PASSWORD ''$2'''
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '$1') \gexec
Q
}
