#!/usr/bin/env bash
# Starts Apache Kafka: one node, broker and controller (KRaft); `kafka.sh tool CLASS ARGS…` runs one
# of its command-line tools.
# shellcheck source=deploy/local/servers/start.sh
. "$(dirname "$0")/start.sh"
dir=$INSTANCE_DIR/kafka
java=(java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-Dlog4j2.configurationFile=$dir/log4j2.properties" "-Djava.io.tmpdir=$dir"
  -Djava.awt.headless=true -cp "$KAFKA_JARS/*")
if [ "${1:-}" = tool ]; then
  class=$2
  shift 2
  exec "${java[@]}" -Xmx128m -XX:TieredStopAtLevel=1 "$class" --bootstrap-server "127.0.0.1:$KAFKA_PORT" "$@"
fi

log_to kafka
# Beside its own listener one for each gate in front of it (lib.sh: links).
listeners=PLAINTEXT://127.0.0.1:$KAFKA_PORT advertised=$listeners protocols=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT
while read -r client server gate target; do
  [ "$server" = kafka ] || continue
  listeners+=,${client^^}://127.0.0.1:$target advertised+=,${client^^}://127.0.0.1:$gate
  protocols+=,${client^^}:PLAINTEXT
done <"$INSTANCE_DIR/links"
cat >"$dir/server.properties" <<C
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:$KAFKA_CONTROLLER_PORT
controller.listener.names=CONTROLLER
listeners=$listeners,CONTROLLER://127.0.0.1:$KAFKA_CONTROLLER_PORT
advertised.listeners=$advertised
listener.security.protocol.map=$protocols
log.dirs=$dir/data
# topics are made on purpose: deploy/kafka/topics.txt
auto.create.topics.enable=false
num.partitions=4
# one broker: everything internal has one replica
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
# After a SIGKILL the controller waits for the dead broker's session to end before it lets the new
# one in: with the default of 9 s a restart takes 11 s, so 3 s.
broker.session.timeout.ms=2000
broker.heartbeat.interval.ms=500
# small: two cores, little heap (the cleaner's default buffer alone is 128 MiB)
num.network.threads=2
num.io.threads=4
log.cleaner.dedupe.buffer.size=16777216
log.cleaner.io.buffer.size=131072
C
cat >"$dir/log4j2.properties" <<C
status=error
rootLogger.level=warn
rootLogger.appenderRef.out.ref=OUT
logger.raft.name=kafka.server.KafkaRaftServer
logger.raft.level=info
appender.out.type=Console
appender.out.name=OUT
appender.out.target=SYSTEM_ERR
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %p %c{1} %m%n
C
if [ ! -f "$dir/data/meta.properties" ]; then
  cluster=$(head -c16 /dev/urandom | base64 | tr '+/' '-_' | cut -c1-22)
  "${java[@]}" -Xmx128m kafka.tools.StorageTool format -t "$cluster" -c "$dir/server.properties"
fi
# The first run leaves an archive of the loaded classes when it ends: the next starts take 1 s
# instead of 2. (The virtual machine itself refuses an archive that is torn or of other jars, and
# starts without.)
archive=$INSTANCE_DIR/cache/kafka.jsa
if [ -s "$archive" ]; then share=-XX:SharedArchiveFile=$archive; else share=-XX:ArchiveClassesAtExit=$archive; fi
exec "${java[@]}" -Xms64m -Xmx256m -XX:+ExitOnOutOfMemoryError "$share" kafka.Kafka "$dir/server.properties"
