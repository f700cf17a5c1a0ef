#!/usr/bin/env bash
# Starts Prometheus with the rules of deploy/prometheus, which platform.sh has put into its folder; what
# it asks stands in targets/, which follows the instances that run.
# shellcheck source=deploy/local/servers/start.sh
. "$(dirname "$0")/start.sh"
log_to prometheus
dir=$INSTANCE_DIR/prometheus
exec prometheus --config.file="$dir/local.yml" --storage.tsdb.path="$dir/data" --storage.tsdb.retention.time=7d \
  --web.listen-address="127.0.0.1:$PROMETHEUS_PORT" --log.level=warn
