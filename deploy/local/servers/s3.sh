#!/usr/bin/env bash
# Starts S3Proxy: an S3 server over a folder that checks signatures.
# shellcheck source=deploy/local/servers/start.sh
. "$(dirname "$0")/start.sh"
# shellcheck source=/dev/null
. "$INSTANCE_DIR/secrets.env"
dir=$INSTANCE_DIR/s3
log_to s3
mkdir -p "$dir/data"
(umask 077 && cat >"$dir/s3proxy.properties") <<C
s3proxy.endpoint=http://127.0.0.1:$S3_PORT
s3proxy.authorization=aws-v4
s3proxy.identity=waybill
s3proxy.credential=$S3_SECRET_KEY
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=$dir/data
C
# Without it every byte is logged, and a request takes 20 ms instead of 3.
cat >"$dir/logback.xml" <<C
<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d %level %logger{20} %msg%n</pattern></encoder>
  </appender>
  <root level="WARN"><appender-ref ref="OUT"/></root>
</configuration>
C
exec java -Xms32m -Xmx128m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 "-Djava.io.tmpdir=$dir" \
  "-Dlogback.configurationFile=$dir/logback.xml" -cp "${KAFKA_JARS%/kafka}/s3proxy/*" \
  org.gaul.s3proxy.Main --properties "$dir/s3proxy.properties"
