// The bot's state in Redis changes by these scripts alone, each one step for all processes. Keys:
//   bot:state:<chat>:<user>     the dialog
//   bot:done:<input>            what came has taken effect
//   bot:flood:<user>            updates in the window
//   bot:counted:<input>         which of them it was
//   bot:ask:<command>           a question under way
//   bot:asks                    the same by when to look
//   bot:sent:<message>          the effects ledger
//   bot:rest:<chat or all>      silence until then
//   bot:pace:<chat or all>      when the next may go
//   bot:lease:<what>            who does it
//   bot:processes               who lives, until when
// Times are Redis' own, in milliseconds.
#pragma once

namespace waybill::bot::lua {

// KEYS: done, state, flood, counted. ARGV: updates that are fine (0: not counted), window in ms.
// One that is tried again is counted once.
// {"done"} | {"first" | "silent" | "go", state or ""}
inline constexpr const char* begin = R"(
if redis.call('EXISTS', KEYS[1]) == 1 then return {'done'} end
local verdict, most = 'go', tonumber(ARGV[1])
if most > 0 then
  local count = tonumber(redis.call('GET', KEYS[4]))
  if not count then
    count = redis.call('INCR', KEYS[3])
    if count == 1 or redis.call('PTTL', KEYS[3]) < 0 then
      redis.call('PEXPIRE', KEYS[3], ARGV[2])
    end
    redis.call('SET', KEYS[4], count, 'EX', 3600)
  end
  if count == most + 1 then verdict = 'first' elseif count > most then verdict = 'silent' end
end
return {verdict, redis.call('GET', KEYS[2]) or ''})";

// KEYS: done, state. ARGV: state as it was, state as it is ("": unchanged), its life in s, the
// memory of what was done in s. 1 done, 0 the state is another one, 2 it was done before.
inline constexpr const char* finish = R"(
if redis.call('EXISTS', KEYS[1]) == 1 then return 2 end
if ARGV[2] ~= '' then
  if (redis.call('GET', KEYS[2]) or '') ~= ARGV[1] then return 0 end
  redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[3])
end
redis.call('SET', KEYS[1], '1', 'EX', ARGV[4])
return 1)";

// KEYS: ask, asks. ARGV: its id, its text, ms until somebody looks, its life in s.
inline constexpr const char* put_ask = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[4])
redis.call('ZADD', KEYS[2], now + ARGV[3], ARGV[1])
return 1)";

// KEYS: ask.
inline constexpr const char* get = R"(return redis.call('GET', KEYS[1]))";

// KEYS: ask, asks. ARGV: its id.
inline constexpr const char* drop_ask = R"(
redis.call('DEL', KEYS[1])
return redis.call('ZREM', KEYS[2], ARGV[1]))";

// KEYS: asks. ARGV: how many, ms until they come again. Their ids.
inline constexpr const char* due_asks = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[1])
for _, id in ipairs(due) do redis.call('ZADD', KEYS[1], now + ARGV[2], id) end
return due)";

// KEYS: sent, rest all, rest chat, pace all, pace chat, processes. ARGV: own name, ledger's life in
// s, microseconds between two messages, between two of the chat (0: it waits for nobody), how many
// of a chat may go at once.
// {"sent"} | {"wait", ms} | {"go"} | {"again"}: another process died while it sent this.
// Paces are the theoretical arrival times of GCRA (ITU-T I.371), in microseconds.
inline constexpr const char* claim = R"(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local was = redis.call('GET', KEYS[1])
if was == 'sent' then return {'sent'} end
if was and was ~= ARGV[1] then
  local until_ms = tonumber(redis.call('ZSCORE', KEYS[6], was) or 0)
  if until_ms * 1000 > now then return {'wait', 200} end
end
local rest = math.max(redis.call('PTTL', KEYS[2]), redis.call('PTTL', KEYS[3]))
if rest > 0 then return {'wait', rest} end
local all_step, chat_step, burst = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local all = math.max(tonumber(redis.call('GET', KEYS[4]) or 0), now)
local chat = math.max(tonumber(redis.call('GET', KEYS[5]) or 0), now)
local wait = all - now
if chat_step > 0 then wait = math.max(wait, chat - now - (burst - 1) * chat_step) end
if wait > 0 then return {'wait', math.ceil(wait / 1000)} end
redis.call('SET', KEYS[4], string.format('%.0f', all + all_step), 'EX', 60)
if chat_step > 0 then
  redis.call('SET', KEYS[5], string.format('%.0f', chat + chat_step), 'EX', 60)
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
if was and was ~= ARGV[1] then return {'again'} end
return {'go'})";

// KEYS: sent. ARGV: ledger's life in s.
inline constexpr const char* mark_sent = R"(
redis.call('SET', KEYS[1], 'sent', 'EX', ARGV[1])
return 1)";

// KEYS: sent, rest. ARGV: ms. It was refused and not done.
inline constexpr const char* rest = R"(
redis.call('DEL', KEYS[1])
if redis.call('PTTL', KEYS[2]) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[2], '1', 'PX', ARGV[1])
end
return 1)";

// KEYS: lease. ARGV: own name, ms. 1: it is ours until then.
inline constexpr const char* lease = R"(
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1)";

// KEYS: lease. ARGV: own name.
inline constexpr const char* release = R"(
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1)";

// KEYS: processes. ARGV: own name, ms (0: it ends). How many live.
inline constexpr const char* beat = R"(
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now)
if tonumber(ARGV[2]) > 0 then
  redis.call('ZADD', KEYS[1], now + ARGV[2], ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
return redis.call('ZCARD', KEYS[1]))";

// KEYS: anything. ARGV: s. 1: for the first time.
inline constexpr const char* first_time = R"(
if redis.call('SET', KEYS[1], '1', 'NX', 'EX', ARGV[1]) then return 1 end
return 0)";

}  // namespace waybill::bot::lua
