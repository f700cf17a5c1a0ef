# shellcheck shell=bash
# Sourced by the start scripts of servers and services. supervisord runs those in a folder of their
# own, as the servers' user, with INSTANCE_DIR, PORT_BASE and KAFKA_JARS set; each ends by becoming
# its program (exec), so that the process that supervisord watches is the program itself.
set -euo pipefail
here=$(dirname "${BASH_SOURCE[0]}")
# shellcheck source=deploy/local/servers/ports.sh
. "$here/ports.sh"
# shellcheck source=deploy/local/servers/process.sh
. "$here/process.sh"

# Output goes straight to a file: through supervisord's pipe every line would cost a Python wake-up.
# The file is turned over when a process starts and it has grown beyond 50 MB.
log_to() {
  local log=$INSTANCE_DIR/log/$1.log
  [ "$(stat -c %s "$log" 2>/dev/null || echo 0)" -lt 52428800 ] || mv -f "$log" "$log.1"
  exec >>"$log" 2>&1
}
