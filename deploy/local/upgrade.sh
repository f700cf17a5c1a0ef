#!/usr/bin/env bash
# upgrade.sh OLD [PRESET]: old and new together, as during a deploy: an instance of its own on the present migrations runs two of each
# service, one of the programs of OLD (a build folder, or a commit, which is built then) and one of PRESET's; both answer to the same
# address and queue. The end-to-end tests that break nothing pass, and the audit finds nothing wrong.
# shellcheck source=deploy/local/lib.sh
. "$(dirname "$0")/lib.sh"
old=${1:?which older build folder or commit?} preset=${2:-dev}
new=${WAYBILL_BUILD_DIR:-$ROOT/build/$preset}
export WAYBILL_PORT_BASE=${WAYBILL_PORT_BASE:-23000}
platform=("$LOCAL/platform.sh" upgrade)
cd "$ROOT"

# build_commit COMMIT: its programs, in a checkout of its own that stays for the next time.
build_commit() {
  local checkout
  checkout=$ROOT/.run/upgrade-$(git rev-parse --short "$1^{commit}")
  [ -d "$checkout" ] || git worktree add -q --detach "$checkout" "$1" >&2
  "$checkout/deploy/local/build.sh" "$preset" platform >&2
  echo "$checkout/build/$preset"
}
[ -d "$old" ] || old=$(build_commit "$old")
old=$(realpath "$old")

choose_instance upgrade
read_services
first=$(mktemp -d)
trap '"${platform[@]}" reset; rm -rf "$first"' EXIT
# A service that was not there yet has no old programs.
mkdir "$first/services"
for name in "${SERVICES[@]}"; do
  from=$old
  [ -x "$old/services/$name/waybill-$name" ] || from=$new
  ln -s "$(realpath "$from/services/$name")" "$first/services/$name"
done
"${platform[@]}" reset
# As for the tests: their clients come by X-Forwarded-For.
"${platform[@]}" set WAYBILL_GATEWAY_TRUSTED_PROXIES=127.0.0.0/8
twos=()
for name in "${SERVICES[@]}"; do twos+=("$name=2"); done
"${platform[@]}" scale "${twos[@]}"
WAYBILL_BUILD_DIR=$first "${platform[@]}" up >/dev/null
say "two of each, of $old"
# A program is replaced whole: what runs keeps the old one until it is restarted.
for name in "${SERVICES[@]}"; do
  cp "$new/services/$name/waybill-$name" "$INSTANCE_DIR/services/$name/waybill-$name.new"
  mv -f "$INSTANCE_DIR/services/$name/waybill-$name.new" "$INSTANCE_DIR/services/$name/waybill-$name"
  "${platform[@]}" ctl restart "$name-1" >/dev/null
done
ready() { curl -fsS -m 2 "http://127.0.0.1:$(ops_port "$1" 1)/health/ready" | jq -e '.status == "ready"'; }
for name in "${SERVICES[@]}"; do wait_for 60 ready "$name" || die "the new $name does not become ready beside the old one"; done
say "the second of each is of $new"

environment=$("$LOCAL/env.sh" upgrade)
eval "$environment"
if [ -x "$new/tests/e2e/test_e2e" ]; then "$new/tests/e2e/test_e2e"; fi
tests/e2e/readme_test.sh "$new" >/dev/null || die "README's tour does not go through"
"$new/tools/waybill/waybill" audit --quiet --settle 90s || die "the audit finds something wrong"
say "old and new get on with each other"
