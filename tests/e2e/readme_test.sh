#!/usr/bin/env bash
# readme_test.sh BUILD_DIR: the commands that README.md shows do work. Runs its ```sh blocks, one after the other in one shell,
# against the instance of the environment. `make …`, `git …` and `cd …` are left out: they start and stop what this test needs.
# It comes from an address of its own, or others would use up its limits.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:?which build folder?}
: "${WAYBILL_GATEWAY:?is not set: run make test, or eval \"\$(deploy/local/env.sh test)\"}"
[ -e README.md ] || exit 77

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
script=$folder/script
printf 'header = "X-Forwarded-For: 2001:db8:%x:%x::1"\n' $RANDOM $RANDOM >"$folder/.curlrc"
awk '/^```sh$/ { inside = 1; next } /^```/ { inside = 0 } inside' README.md |
  { grep -vE '^ *(make|git|cd|eval) ' || true; } |
  sed -e "s#http://127\.0\.0\.1:18080#$WAYBILL_GATEWAY#g" -e "s#build/release/#${build#"$PWD"/}/#g" >"$script"
[ -s "$script" ] || { echo "README.md has no commands to try"; exit 77; }

# A command that fails, or an answer that is our own fault, fails the test.
output=$(CURL_HOME=$folder bash -xeuo pipefail "$script" 2>&1) || { echo "$output"; exit 1; }
echo "$output"
said() { grep -qxE -- " *$1,?" <<<"$output" || { echo "README's commands did not say: $1"; exit 1; }; }
said '"status": "CONFIRMED"'   # the order
said '"code": "out-of-stock"'  # the one that was too large
said '304'                     # to who has the present version
said '"There is no such .*"'   # to somebody else
said 'lantern.*'               # a part of a task's file, by its link
said '"link-invalid"'          # to who has changed a link
said '"code": "unsupported-type"'
said '"link-expired"'
said '.*"impressions_count":1,"clicks_count":1,.*'
if grep -qE '"status": ?50[0-9]|Internal Server Error' <<<"$output"; then exit 1; fi
