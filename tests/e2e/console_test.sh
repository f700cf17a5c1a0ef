#!/usr/bin/env bash
# console_test.sh BUILD_DIR: the console in a real browser without a window: it draws the running platform, light and dark, shows
# no error, serves nothing outside its folder. Its screenshots go to build/<preset>/console-*.png.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:?which build folder?}
[ -n "${WAYBILL_PROMETHEUS:-}" ] || exit 77
command -v chromium >/dev/null || exit 77
console=http://$WAYBILL_OPS_GATEWAY/console
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

for path in /console/../ops-password /console/..%2fops-password /console/.env /consoles; do
  status=$(curl -s --path-as-is -o /dev/null -w '%{http_code}' "http://$WAYBILL_OPS_GATEWAY$path")
  [[ $status =~ ^4 ]] || { echo "$path is answered with $status"; exit 1; }
done
# What customers own stays behind the API's own checks.
[ "$(curl -s -o /dev/null -w '%{http_code}' "http://$WAYBILL_OPS_GATEWAY/v1/orders")" = 401 ] || { echo "orders without a token"; exit 1; }

browse() {
  timeout 90 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$folder/profile" --hide-scrollbars \
    --window-size=1400,1500 --virtual-time-budget=6000 --enable-logging=stderr "$@" 2>"$folder/log"
}
browse --dump-dom "$console" >"$folder/page"
grep -q 'data-looked="yes"' "$folder/page" || { echo "the page has drawn nothing"; grep -E 'CONSOLE|ERROR' "$folder/log" | head; exit 1; }
if grep 'CONSOLE' "$folder/log"; then exit 1; fi
for service in $(sed -n 's/^\([a-z][a-z-]*\) .*/\1/p' deploy/local/services.txt); do
  grep -q ">$service<" "$folder/page" || { echo "$service is not on the page"; exit 1; }
done
for theme in light dark; do
  browse --screenshot="$build/console-$theme.png" "$console?theme=$theme"
  [ -s "$build/console-$theme.png" ] || { echo "no screenshot"; exit 1; }
done
