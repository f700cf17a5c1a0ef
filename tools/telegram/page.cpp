#include "tools/telegram/server.hpp"

namespace waybill::local_telegram {

const char* const kPage = R"page(<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>Chat with the bot</title>
<meta name="viewport" content="width=device-width">
<style>
body { margin: 0; font: 15px/1.4 "DejaVu Sans", sans-serif; background: #dfe7ee; color: #1c2733; }
header { background: #3b6ea5; color: #fff; padding: 10px 16px; display: flex; gap: 12px; align-items: center; }
header input, header select { width: 8em; }
main { max-width: 640px; margin: 0 auto; padding: 12px 12px 96px; }
.m { clear: both; max-width: 85%; margin: 6px 0; padding: 8px 12px; border-radius: 12px; background: #fff;
     float: left; white-space: pre-wrap; overflow-wrap: anywhere; }
.m.me { float: right; background: #d8f5c8; }
.m img { max-width: 100%; display: block; border-radius: 8px; margin-bottom: 6px; }
.k { display: flex; gap: 4px; margin-top: 4px; }
.k button { flex: 1; padding: 7px; border: 0; border-radius: 8px; background: #e3ecf5; color: #23527c; cursor: pointer; }
.e { color: #8796a5; font-size: 12px; }
#toast { position: fixed; top: 60px; left: 50%; transform: translateX(-50%); background: #333d; color: #fff;
         padding: 8px 16px; border-radius: 16px; display: none; }
form { position: fixed; bottom: 0; left: 0; right: 0; background: #fff; padding: 10px; display: flex; gap: 8px; justify-content: center; }
form input[type=text] { width: min(420px, 60%); padding: 8px; }
</style></head><body>
<header><b>Waybill bot</b> <label>chat <input id="chat" value="7001"></label>
<select id="lang"><option>en</option><option>ru</option></select></header>
<main id="log"></main><div id="toast"></div>
<form id="f"><input type="file" id="file"><input type="text" id="text" placeholder="Message" autofocus><button>Send</button></form>
<script>
const by = id => document.getElementById(id);
const query = new URLSearchParams(location.search);
if (query.get('chat')) by('chat').value = query.get('chat');
if (query.get('lang')) by('lang').value = query.get('lang');
const who = () => ({chat: Number(by('chat').value), language: by('lang').value, username: 'chat' + by('chat').value});
const post = (path, body) => fetch(path, {method: 'POST', headers: {'Content-Type': 'application/json'}, body: JSON.stringify({...who(), ...body})});
const last = Number(query.get('last')) || 0;  // so many messages; 0: all
let seen = '', toast = '';
async function look() {
  const page = await (await fetch('/people/messages?chat=' + by('chat').value)).json();
  const text = JSON.stringify(page.messages);
  if (page.toast && page.toast !== toast) { by('toast').textContent = page.toast; by('toast').style.display = 'block'; setTimeout(() => by('toast').style.display = 'none', 2000); }
  toast = page.toast;
  if (text === seen) return;
  seen = text;
  const log = by('log');
  log.replaceChildren();
  for (const m of page.messages.slice(-last)) {
    const box = document.createElement('div');
    box.className = 'm' + (m.by_bot ? '' : ' me');
    if (m.file_kind === 'photo') { const i = document.createElement('img'); i.src = '/people/file?id=' + m.file_id; box.append(i); }
    else if (m.file_name) { const a = document.createElement('a'); a.href = '/people/file?id=' + m.file_id; a.download = m.file_name; a.textContent = m.file_name + ' (' + m.file_size + ' B)\n'; box.append(a); }
    const words = document.createElement('span');
    if (m.by_bot) words.innerHTML = m.text; else words.textContent = m.text;
    box.append(words);
    if (m.edits) { const e = document.createElement('span'); e.className = 'e'; e.textContent = ' edited'; box.append(e); }
    for (const row of m.keyboard || []) {
      const line = document.createElement('div'); line.className = 'k';
      for (const b of row) { const k = document.createElement('button'); k.textContent = b.text; k.onclick = () => post('/people/press', {message: m.id, data: b.callback_data}); line.append(k); }
      box.append(line);
    }
    log.append(box);
  }
  window.scrollTo(0, document.body.scrollHeight);
}
by('f').onsubmit = async event => {
  event.preventDefault();
  const file = by('file').files[0];
  if (file) {
    const w = who();
    const kind = file.type.startsWith('image/') ? 'photo' : 'document';
    await fetch('/people/file?' + new URLSearchParams({...w, name: file.name, kind}), {method: 'POST', body: file});
    by('file').value = '';
  } else if (by('text').value) { await post('/people/message', {text: by('text').value}); by('text').value = ''; }
  look();
};
setInterval(look, 400); look();
</script></body></html>
)page";

}  // namespace waybill::local_telegram
