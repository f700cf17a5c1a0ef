# shellcheck shell=bash
# Sourced by platform.sh: a copy of everything that an instance knows, and the way back.

# What is copied: databases, queues, topics and bytes as they lie on the disk, and the passwords that open
# them. A cache, programs, logs and figures come by themselves.
kept() {
  local name
  for name in postgres rabbitmq kafka s3 blobs secrets.env settings.env scale; do
    if [ -e "$INSTANCE_DIR/$name" ]; then echo "$name"; fi
  done
}

# backup FILE: with everything stopped, so that databases, queues and topics are of one moment; what ran
# runs again afterwards. In production each store has its own way of copying itself while it works, and
# `waybill outbox republish` and the audit mend what the moments between them cost (docs/operations.md).
backup() {
  local file=${1:?into which file?} was_running=no kept
  if supervisor_runs; then
    was_running=yes
    services_down
    servers_down
  fi
  mapfile -t kept < <(kept)
  [ ${#kept[@]} -gt 0 ] || die "instance $INSTANCE has nothing to keep"
  (umask 077 && tar -C "$INSTANCE_DIR" -cf "$file.new" "${kept[@]}")
  mv -f "$file.new" "$file"
  say "kept in $file: $(du -h "$file" | cut -f1)"
  if [ "$was_running" = yes ]; then
    servers_up
    start_services
  fi
}

# restore FILE: instead of whatever the instance has; it must not run.
restore() {
  local file=${1:?from which file?} name
  [ -r "$file" ] || die "$file can't be read"
  if supervisor_runs; then die "instance $INSTANCE is running: stop it first"; fi
  for name in $(kept); do rm -rf "${INSTANCE_DIR:?}/$name"; done
  mkdir -p "$INSTANCE_DIR"
  tar -C "$INSTANCE_DIR" --same-owner -xpf "$file"
  say "instance $INSTANCE has what $file kept: start it, then look with \`waybill audit --settle 60s\`"
}
