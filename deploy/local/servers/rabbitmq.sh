#!/usr/bin/env bash
# Starts RabbitMQ with the management and Prometheus plugins; `rabbitmq.sh ctl ARGS…` is rabbitmqctl
# for this node.
# shellcheck source=deploy/local/servers/start.sh
. "$(dirname "$0")/start.sh"
dir=$INSTANCE_DIR/rabbitmq
# Not the wrapper in /usr/sbin: that one insists on root or a user of its own.
programs=$(echo /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin)

export HOME=$dir  # holds .erlang.cookie
export ERL_EPMD_PORT=$EPMD_PORT ERL_EPMD_ADDRESS=127.0.0.1
export RABBITMQ_NODENAME=waybill@localhost RABBITMQ_DIST_PORT=$RABBIT_DIST_PORT
export RABBITMQ_CONF_ENV_FILE=/dev/null  # else the system's file is read
export RABBITMQ_CONFIG_FILE=$dir/rabbitmq RABBITMQ_ENABLED_PLUGINS_FILE=$dir/enabled_plugins
export RABBITMQ_MNESIA_BASE=$dir/mnesia RABBITMQ_LOG_BASE=$dir/log RABBITMQ_PID_FILE=$dir/node.pid
export RABBITMQ_GENERATED_CONFIG_DIR=$dir/config RABBITMQ_FEATURE_FLAGS_FILE=$dir/mnesia/feature_flags
if [ "${1:-}" = ctl ]; then
  shift
  cd "$dir"  # Erlang wants to be able to read where it stands
  exec "$programs/rabbitmqctl" "$@"
fi

log_to rabbitmq
umask 077
if [ ! -s "$dir/.erlang.cookie" ]; then
  head -c18 /dev/urandom | base64 | tr -dc A-Za-z0-9 >"$dir/.erlang.cookie"
  chmod 400 "$dir/.erlang.cookie"
fi
# shellcheck source=/dev/null
. "$INSTANCE_DIR/secrets.env"
# The platform's user takes guest's place when the node starts for the first time: guest never
# exists.
cat >"$dir/rabbitmq.conf" <<C
listeners.tcp.1 = 127.0.0.1:$RABBIT_PORT
management.tcp.ip = 127.0.0.1
management.tcp.port = $RABBIT_MANAGEMENT_PORT
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = $RABBIT_METRICS_PORT
# queue by queue under /metrics (the default there is one sum of all queues)
prometheus.return_per_object_metrics = true
default_user = waybill
default_pass = $RABBIT_PASSWORD
# amounts, not shares: a share of a big machine is no limit
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 200MB
# otherwise it starts a shell and ps every few seconds
vm_memory_calculation_strategy = allocated
# a stuck consumer must not be cut off while somebody debugs it
consumer_timeout = 3600000
log.file.level = info
C
echo '[rabbitmq_management,rabbitmq_prometheus].' >"$dir/enabled_plugins"
wait_for 15 port_open "$EPMD_PORT" || { echo "the port mapper is not there"; exit 1; }
# As under systemd the script becomes the Erlang machine. Otherwise a shell stays in front of it,
# which answers SIGTERM by starting rabbitmqctl, another Erlang machine, and which can be killed
# without its broker.
export RUNNING_UNDER_SYSTEMD=true
export RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-start_epmd false -kernel inet_dist_use_interface {127,0,0,1} \
+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"
export RABBITMQ_IO_THREAD_POOL_SIZE=16
exec "$programs/rabbitmq-server"
