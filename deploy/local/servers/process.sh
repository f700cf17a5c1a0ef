# shellcheck shell=bash
# Sourced: questions about processes and ports.

# There and not a zombie. (kill -0 calls a zombie alive, and some containers' first process reaps
# late or never.)
running() {
  local stat
  stat=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null) && [ -n "$stat" ] && [ "${stat%% *}" != Z ]
}

gone() { ! running "$1"; }

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# wait_for SECONDS COMMAND…: asks ten times a second until the command says yes.
wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.1
  done
}

# The processes whose working directory is DIR or below. (A person's shell has a terminal: it is
# left out.)
processes_in() {
  local link pid stat
  # (find complains of processes that end while it looks)
  { find /proc -mindepth 2 -maxdepth 2 -name cwd \( -lname "$1" -o -lname "$1/*" -o -lname "$1 (deleted)" \) || true; } 2>/dev/null |
    while read -r link; do
      pid=${link#/proc/} pid=${pid%/cwd}
      stat=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null) || continue
      # the fields after the name: state, parent, group, session, terminal
      # shellcheck disable=SC2086
      set -- $stat
      if [ "${5:-1}" = 0 ]; then echo "$pid"; fi
    done
}
