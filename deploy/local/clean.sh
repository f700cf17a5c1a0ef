#!/usr/bin/env bash
# clean.sh [all]: stops all instances of this checkout and removes them and the builds; all: what
# setup fetched as well.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
choose_instance dev
home=$(run_home)
for dir in "$home"/*/; do
  if [ -f "$dir/port-base" ]; then "$LOCAL/platform.sh" "$(basename "$dir")" reset; fi
done
rm -rf "$home" "$ROOT/.run" "$ROOT/build"
[ "${1:-}" != all ] || rm -rf "$DEPS"
say "clean"
