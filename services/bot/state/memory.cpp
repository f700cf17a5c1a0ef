#include "services/bot/state/memory.hpp"

#include "services/bot/state/lua.hpp"

namespace waybill::bot {
namespace {

using Texts = std::vector<std::string>;

constexpr const char* done_life = "172800";    // 48 h, longer than Telegram keeps updates
constexpr const char* ledger_life = "604800";  // a week, longer than anything waits in a queue
constexpr const char* ask_life = "86400";
constexpr const char* asks_key = "bot:asks";
constexpr const char* processes_key = "bot:processes";
constexpr const char* most_due = "50";
constexpr const char* due_again = "30000";

std::string text(std::int64_t number) {
  return std::to_string(number);
}

std::string state_key(std::int64_t chat, std::int64_t user) {
  return "bot:state:" + text(chat) + ':' + text(user);
}

bool is_one(const std::optional<cache::Value>& value) {
  return value && value->integer == 1;
}

}  // namespace

awaitable<std::optional<Memory::Beginning>> Memory::begin(std::int64_t chat, std::int64_t user,
                                                          std::string input, bool counted) {
  Texts keys;
  keys.push_back("bot:done:" + input);
  keys.push_back(state_key(chat, user));
  keys.push_back("bot:flood:" + text(user));
  keys.push_back("bot:counted:" + input);
  Texts arguments;
  arguments.push_back(text(counted ? options_.flood_updates : 0));
  arguments.push_back(text(options_.flood_window.count()));
  const auto value = co_await redis_.run(lua::begin, std::move(keys), std::move(arguments));
  if (!value || value->items.empty()) co_return std::nullopt;
  Beginning beginning;
  const std::string& word = value->items[0].text;
  if (word == "done") beginning.verdict = Verdict::done;
  if (word == "first") beginning.verdict = Verdict::flood_first;
  if (word == "silent") beginning.verdict = Verdict::flood_silent;
  if (value->items.size() > 1) beginning.state = value->items[1].text;
  co_return beginning;
}

awaitable<std::optional<Memory::Finish>> Memory::finish(std::int64_t chat, std::int64_t user,
                                                        std::string input, std::string before,
                                                        std::string after) {
  Texts keys;
  keys.push_back("bot:done:" + input);
  keys.push_back(state_key(chat, user));
  Texts arguments;
  arguments.push_back(std::move(before));
  arguments.push_back(std::move(after));
  arguments.push_back(text(std::chrono::ceil<seconds>(options_.state_life).count()));
  arguments.push_back(done_life);
  const auto value = co_await redis_.run(lua::finish, std::move(keys), std::move(arguments));
  if (!value) co_return std::nullopt;
  if (value->integer == 0) co_return Finish::conflict;
  co_return value->integer == 2 ? Finish::done_before : Finish::done;
}

awaitable<bool> Memory::put_ask(std::string id, std::string ask, milliseconds due) {
  Texts keys;
  keys.push_back("bot:ask:" + id);
  keys.push_back(asks_key);
  Texts arguments;
  arguments.push_back(std::move(id));
  arguments.push_back(std::move(ask));
  arguments.push_back(text(due.count()));
  arguments.push_back(ask_life);
  const auto value = co_await redis_.run(lua::put_ask, std::move(keys), std::move(arguments));
  co_return is_one(value);
}

awaitable<std::optional<std::string>> Memory::find_ask(std::string id) {
  Texts keys;
  keys.push_back("bot:ask:" + id);
  Texts none;
  const auto value = co_await redis_.run(lua::get, std::move(keys), std::move(none));
  if (!value) co_return std::nullopt;
  co_return value->text;
}

awaitable<bool> Memory::drop_ask(std::string id) {
  Texts keys;
  keys.push_back("bot:ask:" + id);
  keys.push_back(asks_key);
  Texts arguments;
  arguments.push_back(std::move(id));
  const auto value = co_await redis_.run(lua::drop_ask, std::move(keys), std::move(arguments));
  co_return value.has_value();
}

awaitable<std::vector<std::string>> Memory::due_asks() {
  Texts keys;
  keys.push_back(asks_key);
  Texts arguments;
  arguments.push_back(most_due);
  arguments.push_back(due_again);
  const auto value = co_await redis_.run(lua::due_asks, std::move(keys), std::move(arguments));
  Texts ids;
  if (value) {
    for (const cache::Value& item : value->items) ids.push_back(item.text);
  }
  co_return ids;
}

awaitable<std::optional<Memory::Claim>> Memory::claim(std::string message, std::int64_t chat,
                                                      bool urgent) {
  Texts keys;
  keys.push_back("bot:sent:" + message);
  keys.push_back("bot:rest:all");
  keys.push_back("bot:rest:" + text(chat));
  keys.push_back("bot:pace:all");
  keys.push_back("bot:pace:" + text(chat));
  keys.push_back(processes_key);
  Texts arguments;
  arguments.push_back(name_);
  arguments.push_back(ledger_life);
  arguments.push_back(text(1'000'000 / options_.sends_per_second));
  arguments.push_back(text(urgent ? 0 : options_.chat_pace.count() * 1'000));
  arguments.push_back(text(options_.chat_burst));
  const auto value = co_await redis_.run(lua::claim, std::move(keys), std::move(arguments));
  if (!value || value->items.empty()) co_return std::nullopt;
  Claim claim;
  const std::string& word = value->items[0].text;
  if (word == "sent") claim.kind = Claim::Kind::sent;
  if (word == "again") claim.kind = Claim::Kind::again;
  if (word == "wait") claim.kind = Claim::Kind::wait;
  if (value->items.size() > 1) claim.wait = milliseconds{value->items[1].integer};
  co_return claim;
}

awaitable<bool> Memory::mark_sent(std::string message) {
  Texts keys;
  keys.push_back("bot:sent:" + message);
  Texts arguments;
  arguments.push_back(ledger_life);
  const auto value = co_await redis_.run(lua::mark_sent, std::move(keys), std::move(arguments));
  co_return is_one(value);
}

awaitable<bool> Memory::rest(std::string message, std::int64_t chat, milliseconds time) {
  Texts keys;
  keys.push_back("bot:sent:" + message);
  keys.push_back(chat == 0 ? "bot:rest:all" : "bot:rest:" + text(chat));
  Texts arguments;
  arguments.push_back(text(time.count()));
  const auto value = co_await redis_.run(lua::rest, std::move(keys), std::move(arguments));
  co_return is_one(value);
}

awaitable<bool> Memory::lease(std::string what, milliseconds time) {
  Texts keys;
  keys.push_back("bot:lease:" + what);
  Texts arguments;
  arguments.push_back(name_);
  arguments.push_back(text(time.count()));
  const auto value = co_await redis_.run(lua::lease, std::move(keys), std::move(arguments));
  co_return is_one(value);
}

awaitable<bool> Memory::release(std::string what) {
  Texts keys;
  keys.push_back("bot:lease:" + what);
  Texts arguments;
  arguments.push_back(name_);
  const auto value = co_await redis_.run(lua::release, std::move(keys), std::move(arguments));
  co_return is_one(value);
}

awaitable<std::int64_t> Memory::beat(milliseconds time) {
  Texts keys;
  keys.push_back(processes_key);
  Texts arguments;
  arguments.push_back(name_);
  arguments.push_back(text(time.count()));
  const auto value = co_await redis_.run(lua::beat, std::move(keys), std::move(arguments));
  co_return value ? value->integer : 0;
}

awaitable<bool> Memory::first_time(std::string what) {
  Texts keys;
  keys.push_back("bot:first:" + what);
  Texts arguments;
  arguments.push_back(done_life);
  const auto value = co_await redis_.run(lua::first_time, std::move(keys), std::move(arguments));
  co_return is_one(value);
}

}  // namespace waybill::bot
