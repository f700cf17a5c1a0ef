#!/bin/sh
# topics.sh FILE: makes the topics of deploy/kafka/topics.txt where they are missing, with the tools
# of the broker's own image.
set -eu
sed 's/#.*//' "$1" | while read -r name partitions settings; do
  [ -n "$name" ] || continue
  flags=
  for setting in $settings; do flags="$flags --config $setting"; done
  # shellcheck disable=SC2086
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server kafka:9092 --create --if-not-exists --topic "$name" \
    --partitions "$partitions" --replication-factor 1 $flags </dev/null
done
