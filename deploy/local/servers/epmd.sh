#!/usr/bin/env bash
# Starts Erlang's port mapper for RabbitMQ. Left alone, RabbitMQ starts one that outlives it.
# shellcheck source=deploy/local/servers/start.sh
. "$(dirname "$0")/start.sh"
log_to epmd
exec epmd -port "$EPMD_PORT" -address 127.0.0.1
