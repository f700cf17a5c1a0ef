# shellcheck shell=bash disable=SC2034
# Sourced: where the servers of an instance listen, as offsets from its port base (PORT_BASE).
# Services: services.txt.
POSTGRES_PORT=$((PORT_BASE + 432))
REDIS_PORT=$((PORT_BASE + 379))
RABBIT_PORT=$((PORT_BASE + 672))
RABBIT_MANAGEMENT_PORT=$((PORT_BASE + 673))
RABBIT_METRICS_PORT=$((PORT_BASE + 674))
RABBIT_DIST_PORT=$((PORT_BASE + 675))
EPMD_PORT=$((PORT_BASE + 676))
S3_PORT=$((PORT_BASE + 70))
PROMETHEUS_PORT=$((PORT_BASE + 90))
KAFKA_PORT=$((PORT_BASE + 92))
KAFKA_CONTROLLER_PORT=$((PORT_BASE + 93))
