#!/usr/bin/env bash
# Starts the bot's memory: a Redis that keeps what it was told. Every answer comes after the write is
# on disk, and nothing is evicted; what is in it lives for a week at most.
# shellcheck source=deploy/local/servers/start.sh
. "$(dirname "$0")/start.sh"
log_to memory
exec redis-server --bind 127.0.0.1 --port "$MEMORY_PORT" --dir "$INSTANCE_DIR/memory" --daemonize no \
  --save "" --appendonly yes --appendfsync always --maxmemory 128mb --maxmemory-policy noeviction
