#!/bin/bash
# S3Proxy in place of versitygw: an S3 server that checks signatures.
set -euo pipefail
mkdir -p /data/objects
cat >/tmp/s3proxy.properties <<C
s3proxy.endpoint=http://0.0.0.0:7070
s3proxy.authorization=aws-v4
s3proxy.identity=$ROOT_ACCESS_KEY
s3proxy.credential=$ROOT_SECRET_KEY
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=/data/objects
C
cat >/tmp/logback.xml <<C
<configuration><appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
<encoder><pattern>%d %level %logger{20} %msg%n</pattern></encoder></appender>
<root level="WARN"><appender-ref ref="OUT"/></root></configuration>
C
exec java -Xmx128m -XX:+UseSerialGC -Dlogback.configurationFile=/tmp/logback.xml -cp '/opt/s3proxy/*' \
  org.gaul.s3proxy.Main --properties /tmp/s3proxy.properties
