#!/bin/bash
# As apache/kafka does it: KAFKA_NODE_ID=1 is node.id=1.
set -euo pipefail
config=/tmp/server.properties
env | sed -n 's/^KAFKA_//p' | grep -v '^HEAP_OPTS=' | while IFS='=' read -r name value; do
  name=${name,,}
  echo "${name//_/.}=$value"
done >"$config"
# shellcheck disable=SC2086
run() { java $KAFKA_HEAP_OPTS -cp '/opt/kafka/libs/*' "$@"; }
data=$(sed -n 's/^log.dirs=//p' "$config")
[ -f "$data/meta.properties" ] || run kafka.tools.StorageTool format -t 4L6g3nShT-eMCtK--X86sw -c "$config"
# shellcheck disable=SC2086
exec java $KAFKA_HEAP_OPTS -cp '/opt/kafka/libs/*' kafka.Kafka "$config"
