#!/bin/bash
# As rabbitmq:3.13-management does it: management and metrics are on, the first user comes by environment.
set -euo pipefail
cat >/etc/rabbitmq/rabbitmq.conf <<C
default_user = $RABBITMQ_DEFAULT_USER
default_pass = $RABBITMQ_DEFAULT_PASS
C
cat /etc/rabbitmq/conf.d/*.conf >>/etc/rabbitmq/rabbitmq.conf
echo '[rabbitmq_management,rabbitmq_prometheus].' >/etc/rabbitmq/enabled_plugins
chown -R rabbitmq:rabbitmq /var/lib/rabbitmq
exec /usr/sbin/rabbitmq-server
