#!/usr/bin/env bash
# links_test.sh: signed links in a real browser without a window, which sends no token: a text is shown, a picture is drawn, what a
# browser could execute is not shown but saved, and a link that has expired says so.
set -euo pipefail
cd "$(dirname "$0")/../.."
: "${WAYBILL_GATEWAY:?is not set: run make test, or eval \"\$(deploy/local/env.sh test)\"}"
command -v chromium >/dev/null || exit 77
api=$WAYBILL_GATEWAY/v1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fail() { echo "$*"; cat "$folder/page" "$folder/log" 2>/dev/null | head -n 40; exit 1; }

ask() { curl -sf -m 20 -H "X-Forwarded-For: 2001:db8:5:$((RANDOM % 9999))::1" "$@"; }
token=$(ask "$api/auth/token" --data-urlencode "username=$WAYBILL_EMAIL" --data-urlencode "password@$WAYBILL_PASSWORD_FILE" | jq -er .access_token)
echo "Authorization: Bearer $token" >"$folder/header"
# document NAME FILE SECONDS: a link to it that holds so long.
document() {
  local id
  id=$(ask "$api/documents" -H "@$folder/header" -F type=Links -F "name=$1 $(date +%s%N)" -F "file=@$2" | jq -er .id)
  ask "$api/documents/$id/links" -H "@$folder/header" -H 'Content-Type: application/json' -d "{\"expires_in\": $3}" | jq -er .url
}
browse() {
  timeout "${patience:-90}" chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$folder/profile" \
    --virtual-time-budget=3000 "$@" 2>"$folder/log"
}

echo 'the lantern is in the street' >"$folder/note.txt"
browse --dump-dom "$(document note "$folder/note.txt" 60)" >"$folder/page"
grep -q 'the lantern is in the street' "$folder/page" || fail "a text is not shown"

# 2 × 2 points of red.
base64 -d <<<iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAEElEQVR4nGP4z8AARAwQCgAf7gP9i18U1AAAAABJRU5ErkJggg== >"$folder/red.png"
picture=$(document picture "$folder/red.png" 60)
echo "<body><img src='$picture' onload='document.title = \"drawn \" + this.naturalWidth'></body>" >"$folder/page.html"
browse --dump-dom "file://$folder/page.html" >"$folder/page"
grep -q '<title>drawn 2</title>' "$folder/page" || fail "a picture is not drawn"

echo '<html><body><script>document.title = "executed"</script></body></html>' >"$folder/page.html"
script=$(document script "$folder/page.html" 60)
curl -sf -o /dev/null -D "$folder/head" "$script"
grep -qi '^content-disposition: attachment' "$folder/head" || fail "a page is not sent as an attachment"
# What is saved has no page to wait for.
patience=10 browse --dump-dom "$script" >"$folder/page" || true
if grep -q '<title>executed' "$folder/page"; then fail "somebody's script runs on the gateway's address"; fi

link=$(document short "$folder/note.txt" 1)
expired() { browse --dump-dom "$link" >"$folder/page" && grep -q 'link-expired' "$folder/page"; }
for _ in 1 2 3 4 5; do if expired; then exit 0; fi; done
fail "the link does not expire"
