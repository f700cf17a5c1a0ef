#!/usr/bin/env bash
# Starts Redis: a cache, so no snapshots and no log, but a ceiling and an eviction rule. No
# password: it listens on loopback only and holds nothing that the databases do not hold as well.
# shellcheck source=deploy/local/servers/start.sh
. "$(dirname "$0")/start.sh"
log_to redis
exec redis-server --bind 127.0.0.1 --port "$REDIS_PORT" --dir "$INSTANCE_DIR/redis" --daemonize no \
  --save "" --appendonly no --maxmemory 128mb --maxmemory-policy allkeys-lru
