#!/usr/bin/env bash
# bot_test.sh BUILD_DIR: both dialogs in Telegram chats with the real services, by polling and by webhook: the same transcript, with
# nothing in it that was not expected. Nothing else may run beside it: it sets advertising's day and ends the instance's bot for a
# while. A browser's pictures of the chats go to build/<preset>/bot-*.png.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=${1:?which build folder?}
[ -n "${WAYBILL_TELEGRAM:-}" ] || exit 77
folder=$(mktemp -d)
api=$WAYBILL_GATEWAY/v1
json='Content-Type: application/json'
own_bot=

die() {
  printf 'bot_test: %s\n' "$*" >&2
  [ ! -s "$folder/seen" ] || { echo 'the last messages of the chat:'; jq -r '.messages[-3:][] | [.by_bot, .text] | @text' "$folder/seen"; } >&2
  exit 1
}

# ---- people

post() { curl -sS -f "$WAYBILL_TELEGRAM$1" -H "$json" -d "$2" >/dev/null || die "$1 is refused"; }
who() { jq -nc --argjson chat "$chat" --arg language "$language" '{chat: $chat, language: $language, username: "ada"}'; }
look() { curl -sS -f "$WAYBILL_TELEGRAM/people/messages?chat=$chat" >"$folder/seen"; }
remember() { look && jq -c '[.messages[] | "\(.id):\(.edits)"]' "$folder/seen" >"$folder/before"; }

write() {
  remember
  post /people/message "$(who | jq -c --arg text "$1" '. + {text: $text}')"
}
give() {  # give KIND FILE
  remember
  curl -sS -f "$WAYBILL_TELEGRAM/people/file?chat=$chat&language=$language&username=ada&kind=$1&name=$(basename "$2")" --data-binary "@$2" >/dev/null
}
press() {
  local button
  remember
  button=$(jq -c --arg words "$1" '[.messages[] | . as $m | (.keyboard // [])[][] | select(.text == $words) | {message: $m.id, data: .callback_data}] | last // empty' "$folder/seen")
  [ -n "$button" ] || die "there is no button '$1'"
  post /people/press "$(who | jq -c --argjson button "$button" '. + $button')"
}
# Something that the bot said or changed since then has these words.
sees() {
  local tries
  for ((tries = 0; tries < 300; ++tries)); do
    look
    if jq -e --arg text "$1" --slurpfile before "$folder/before" \
      'any(.messages[]; .by_bot and ("\(.id):\(.edits)" | IN($before[0][]) | not) and (.text | contains($text)))' "$folder/seen" >/dev/null; then
      return
    fi
    sleep 0.1
  done
  die "nobody said '$1'"
}

# Without what is another one each time.
write_transcript() {
  look
  jq -r '.messages[] | (if .by_bot then "bot: " else "ada: " end) + .text + (if .file_name then " [\(.file_kind) \(.file_name)]" else "" end)
    + ((.keyboard // []) | map("\n  | " + (map(.text) | join(" | "))) | add // "")' "$folder/seen" |
    sed -E 's/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/UUID/g; s#/link [A-Za-z0-9]{16}#/link CODE#; s/20[0-9]{2}-[0-9]{2}-[0-9]{2}/DAY/g; s/bot-[0-9]+@/bot@/g' \
      >>"$transcript"
}

picture() {  # picture NAME HEIGHT LAST: the last messages of the chat
  command -v chromium >/dev/null || return 0
  timeout 90 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --user-data-dir="$folder/profile" --hide-scrollbars \
    --window-size=760,"$2" --virtual-time-budget=4000 --screenshot="$build/$1.png" "$WAYBILL_TELEGRAM/?chat=$chat&lang=$language&last=$3" 2>"$folder/chromium.log"
  [ -s "$build/$1.png" ] || die "no picture of $1"
}

# ---- the platform

ops() { curl -sS -f -H "$json" -H "$ops" "$@"; }
sign_in() { curl -sS -f "$api/auth/token" --data-urlencode "username=$1" --data-urlencode "password$2" | jq -er .access_token; }

# A new account whose person is in a new chat.
join() {
  local mail
  chat=$((RANDOM * 32768 + RANDOM + 1000000)) language=$1
  mail=bot-$chat@example.com
  user=$(curl -sS -f "$api/auth/register" -H "$json" -d "{\"email\": \"$mail\", \"password\": \"correct horse\"}" | jq -er .id)
  token=$(sign_in "$mail" '=correct horse')
  write /start
  sees "$2"
  write "/link $(curl -sS -f -X POST "$api/users/$user/telegram-link" -H "Authorization: Bearer $token" | jq -er .code)"
  sees "$mail"
}

documents() {
  join en 'Link your account first'
  write /start
  sees 'What would you like to do?'
  press Documents
  sees 'There are no documents yet.'
  press Add
  sees 'Which type is the document?'
  write 'Contracts & more'
  sees 'What is the document called?'
  write 'Lease <2026>'
  sees 'Now send the file'
  write 'here it comes'
  sees 'I need a file here'
  give document "$folder/lease.txt"
  sees 'Saved: <b>Contracts &amp; more</b> / <b>Lease &lt;2026&gt;</b>'
  # A file first, and the name that is taken.
  give document "$folder/lease.txt"
  sees 'Which type is the document?'
  press 'Contracts & more'
  sees 'Send a name, or use the one of the file.'
  write 'lease <2026>'
  sees 'There is a document'
  press 'New version'
  sees 'Saved: '
  press Documents
  sees 'Your documents by type:'
  press 'Contracts & more (1)'
  sees 'which one?'
  press 'Lease <2026>'
  sees '35 bytes'
  local file
  file=$(jq -er '[.messages[] | select(.by_bot and .file_id) | .file_id] | last' "$folder/seen")
  curl -sS -f "$WAYBILL_TELEGRAM/people/file?id=$file" | cmp - "$folder/lease.txt" || die 'the document came back as something else'
  write /state
  sees 'You are looking at your documents.'
  picture bot-documents-"$mode" 1900 0
  press Delete
  sees 'Delete <b>Lease &lt;2026&gt;</b>?'
  press 'Yes, delete'
  sees 'Deleted.'
  sees 'There are no documents of this type.'
  write /cancel
  sees 'What would you like to do?'
  write_transcript
}

# One correlation id leads from the update to the file service.
follow() {
  local id
  id=$(cat "$instance"/log/bot-*.log | jq -r 'select(.event == "bot.answer" and .name == "add") | .correlation_id' | tail -n1)
  [ -n "$id" ] || die 'the bot has logged no answer'
  for event in bot.update bot.answer bot.sent document.command; do
    cat "$instance"/log/{bot,file}-*.log | grep -F "$id" | grep -qF "\"event\":\"$event\"" || die "$event of $id is not in the logs"
  done
}

# On the third of three days it was seen eight times and clicked five times.
show_ads() {
  local day i client
  for day in 0 1 2; do
    ops "$api/time/advance" -d "{\"current_date\": $day}" >/dev/null
    for ((i = 0; i < 4 + 2 * day; ++i)); do
      client=$(cat /proc/sys/kernel/random/uuid)
      ops "$api/clients/bulk" -d "[{\"client_id\": \"$client\", \"login\": \"x\", \"age\": 30, \"location\": \"$place\", \"gender\": \"FEMALE\"}]" >/dev/null
      [ "$(ops "$api/ads?client_id=$client" | jq -er .ad_id)" = "$1" ] || die 'another ad was shown'
      if ((i < 1 + 2 * day)); then ops "$api/ads/$1/click" -d "{\"client_id\": \"$client\"}"; fi
    done
  done
}

campaigns() {
  local campaign
  ops "$api/time/advance" -d '{"current_date": 0}' >/dev/null
  place=place-$RANDOM$RANDOM
  join en 'Link your account first'
  write /ads
  sees 'There is no advertiser yet.'
  press 'New advertiser'
  sees 'What is the advertiser called?'
  write 'Lanterns Ltd.'
  sees '<b>Lanterns Ltd.</b>'
  press 'New campaign'
  sees 'step 1 of 12'
  write 'White metal lanterns'
  sees 'step 2 of 12'
  press 'Generate with AI'
  sees 'Text by AI'
  press Wishes
  sees 'Send your wishes'
  write 'Mention the free delivery.'
  sees 'Wishes: Mention the free delivery.'
  press Generate
  sees 'Now: '
  press Next
  sees 'step 3 of 12'
  write many
  sees 'I need a whole number'
  write 1000
  sees 'step 4 of 12'
  write 500
  sees 'step 5 of 12'
  write 0.25
  sees 'step 6 of 12'
  write 2.5
  sees 'step 7 of 12'
  write 0
  sees 'step 8 of 12'
  write 20
  sees 'step 9 of 12'
  press Female
  sees 'step 10 of 12'
  write 18
  sees 'step 11 of 12'
  press Skip
  sees 'step 12 of 12'
  write "$place"
  sees 'Is that right?'
  press Create
  sees 'The campaign was created.'
  sees 'Gender: Female'
  campaign=$(curl -sS -f "$api/users/$user/advertisers" -H "Authorization: Bearer $token" | jq -er '.items[0].advertiser_id')
  campaign=$(curl -sS -f "$api/advertisers/$campaign/campaigns" -H "Authorization: Bearer $token" | jq -er '.[0].campaign_id')
  press Settings
  sees 'What shall be changed?'
  press Title
  sees 'White metal lanterns'
  write 'White & warm lanterns'
  sees 'Saved.'
  press Targeting
  sees 'Who shall see it?'
  press Ages
  sees 'Which ages?'
  write old
  sees 'I need FROM-TO'
  write 25-40
  sees 'Saved.'
  press Image
  sees 'The campaign has no image.'
  press Upload
  sees 'Send a photo'
  give photo "$folder/lantern.png"
  sees 'The image was saved.'
  show_ads "$campaign"
  press Back
  sees 'What shall be changed?'
  press Back
  sees 'Views limit: 1000'
  press Total
  sees 'Views: 18'
  sees 'Clicks: 9'
  press Back
  sees 'Views limit: 1000'
  press Daily
  sees 'days 0…2'
  picture bot-campaign-"$mode" 1250 4
  write_transcript
  sed -i "s/$place/PLACE/g" "$transcript"
}

both() {
  mode=$1 transcript=$folder/transcript-$1
  : >"$transcript"
  documents
  follow
  campaigns
}

scale() { deploy/local/platform.sh "$WAYBILL_INSTANCE" scale bot="$1" >"$folder/scale.log" || { cat "$folder/scale.log" >&2; die "the bot did not scale to $1"; }; }
instance=${WAYBILL_BLOB_FOLDER%/blobs}
bot_pids() { pgrep -f "^$instance/services/bot/waybill-bot" || true; }

clean_up() {
  # shellcheck disable=SC2046
  [ -z "$own_bot" ] || { kill $(bot_pids) 2>/dev/null || true; wait "$own_bot" 2>/dev/null || true; scale 1; }
  rm -rf "$folder"
}
trap clean_up EXIT

ops="Authorization: Bearer $(sign_in "$WAYBILL_EMAIL" "@$WAYBILL_PASSWORD_FILE")"
printf 'The lantern shall be lit at seven.\n' >"$folder/lease.txt"
base64 -d >"$folder/lantern.png" <<'PNG'
iVBORw0KGgoAAAANSUhEUgAAABgAAAAYCAAAAADFHGIkAAAAXElEQVR42sXSwRXAIAgD0IzTmZiugzFJT9Un6QMl5+ak/IuAuETAgzEVLCeB2SFg/WZCsNcp
OOohC+bVV0IG1PonBPcsFZ6Zv6B/VdOH7FzPSk5X70NvUO+8+SUvfckP+tDy2voAAAAASUVORK5CYII=
PNG
both polling

scale 0
WAYBILL_BOT_MODE=webhook "$instance/services/bot/start.sh" 0 &
own_bot=$!
for ((i = 0; i < 100; ++i)); do
  [ -z "$(curl -sS -f "$WAYBILL_TELEGRAM/people/sent" | jq -r .webhook)" ] || break
  sleep 0.2
done
both webhook

# Nobody else can say that he is Telegram.
before=$(curl -sS -f "$WAYBILL_TELEGRAM/people/messages?chat=$chat" | jq '.messages | length')
for secret in '' wrong locaL; do
  status=$(curl -sS -o /dev/null -w '%{http_code}' "$api/telegram/webhook" -H "$json" -H "X-Telegram-Bot-Api-Secret-Token: $secret" \
    -d "{\"update_id\": 999999999, \"message\": {\"message_id\": 1, \"chat\": {\"id\": $chat, \"type\": \"private\"}, \"from\": {\"id\": $chat}, \"text\": \"/help\"}}")
  [ "$status" = 401 ] || die "a forged update is answered with $status"
done
write /help
sees 'What I understand'
after=$(jq '.messages | length' "$folder/seen")
[ "$after" = $((before + 2)) ] || die 'a forged update had an effect'

# The last process takes the webhook away.
# shellcheck disable=SC2046
kill $(bot_pids)
wait "$own_bot" || true
[ -z "$(curl -sS -f "$WAYBILL_TELEGRAM/people/sent" | jq -r .webhook)" ] || die 'the webhook is still there'

diff "$folder/transcript-polling" "$folder/transcript-webhook" || die 'by webhook it is another transcript'
wc -l <"$folder/transcript-polling" | xargs printf 'the same %s lines in both modes\n'
