#include "services/bot/wiring.hpp"

#include <charconv>

#include <boost/asio/use_future.hpp>

#include "libs/async/async.hpp"
#include "libs/core/backoff.hpp"
#include "libs/core/id.hpp"
#include "libs/runtime/io_call.hpp"

namespace waybill::bot {
namespace {

namespace json = boost::json;

constexpr std::size_t longest_secret = 256;

// "20/10": updates per seconds.
std::optional<std::pair<std::int64_t, std::int64_t>> read_flood(std::string_view text) {
  const auto slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  std::int64_t updates = 0, window = 0;
  const char* end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), text.data() + slash, updates);
  const auto second = std::from_chars(text.data() + slash + 1, end, window);
  const bool whole = first.ptr == text.data() + slash && second.ptr == end;
  if (!whole || updates < 1 || window < 1) return std::nullopt;
  return std::pair{updates, window};
}

// Telegram takes these characters only.
bool is_secret(std::string_view text) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= longest_secret &&
         std::all_of(text.begin(), text.end(), fits);
}

json::array commands_in(domain::Language language) {
  using domain::Text;
  static constexpr std::pair<const char*, Text> kCommands[]{
      {"start", Text::c_start}, {"add", Text::c_add},       {"documents", Text::c_documents},
      {"ads", Text::c_ads},     {"state", Text::c_state},   {"cancel", Text::c_cancel},
      {"link", Text::c_link},   {"unlink", Text::c_unlink}, {"help", Text::c_help}};
  json::array commands;
  for (const auto& [command, text] : kCommands) {
    commands.push_back(
        json::object{{"command", command}, {"description", domain::text_of(text, language)}});
  }
  return commands;
}

cache::Scripts::Options redis_options(const runtime::Runtime& runtime, const std::string& own) {
  cache::Scripts::Options options;
  options.url = own.empty() ? runtime.settings().redis_url : own;
  return options;
}

BotService::Settings checked(const BotService::Settings& settings) {
  settings.check();
  return settings;
}

}  // namespace

void BotService::Settings::declare(config::Settings& settings) {
  settings.add("bot.token", api.token, "of Telegram's BotFather; without one the service idles");
  settings.add("bot.mode", mode, "polling or webhook: how updates come");
  settings.add("bot.api-url", api.url, "Telegram's API, or any server that speaks it");
  settings.add("bot.poll-time", api.poll_time, "how long a poll waits for an update");
  settings.add("bot.request-time", api.request_time, "how long Telegram may take for an answer");
  settings.add("bot.webhook-url", webhook_url,
               "public URL of the gateway's /v1/telegram/webhook, for mode webhook");
  settings.add("bot.webhook-secret", webhook_secret,
               "what Telegram proves itself by: 1 to 256 letters, digits, _ and -");
  settings.add("bot.state-ttl", memory.state_life, "how long a dialog waits for its user");
  settings.add("bot.flood", flood, "how many updates of a user in how many seconds are answered");
  settings.add("bot.send-rate", memory.sends_per_second,
               "messages per second to Telegram, of all processes");
  settings.add("bot.chat-pace", memory.chat_pace, "time between two messages of a chat");
  settings.add("bot.chat-burst", memory.chat_burst,
               "how many messages of a chat may go without that");
  settings.add("bot.redis-url", redis_url,
               "a Redis that keeps what it is told (appendonly, noeviction); empty: redis.url");
  settings.add("bot.identity", identity, "host:port of the identity service's read API");
  settings.add("bot.file", file, "host:port of the file service");
  settings.add("bot.advert", advert, "host:port of the advert service's read API");
}

void BotService::Settings::check() const {
  if (mode != "polling" && mode != "webhook") {
    throw config::SettingsError{"bot.mode must be polling or webhook"};
  }
  if (!read_flood(flood)) throw config::SettingsError{"bot.flood must look like 20/10"};
  if (memory.sends_per_second < 1 || memory.chat_burst < 1) {
    throw config::SettingsError{"bot.send-rate and bot.chat-burst must be positive"};
  }
  if (!uses_webhook() || api.token.empty()) return;
  if (webhook_url.empty()) throw config::SettingsError{"bot.mode webhook needs bot.webhook-url"};
  if (!is_secret(webhook_secret.reveal())) {
    throw config::SettingsError{
        "bot.mode webhook needs bot.webhook-secret: 1 to 256 letters, digits, _ and -"};
  }
}

Memory::Options BotService::Settings::memory_options() const {
  Memory::Options options = memory;
  const auto [updates, window] = read_flood(flood).value();
  options.flood_updates = updates;
  options.flood_window = seconds{window};
  return options;
}

BotService::Parts::Parts(runtime::Runtime& runtime, const Settings& settings)
    : redis{runtime.io(), redis_options(runtime, settings.redis_url)},
      memory{redis, new_id().to_string(), settings.memory_options()},
      exchange{runtime.io(), runtime.rabbit()},
      peers{
          runtime.io(),
          {{"identity", settings.identity}, {"file", settings.file}, {"advert", settings.advert}}},
      api{runtime.io(), settings.api},
      handler{runtime.io(), memory, exchange, peers, api},
      sender{runtime.io(), memory, peers, api},
      shares{runtime.io(), runtime.rabbit(), memory, exchange, handler, sender},
      poller{runtime.io(), memory, exchange, api},
      webhook{settings.webhook_secret, exchange},
      server{runtime.io(), runtime.settings().http_listen, webhook} {}

BotService::BotService(runtime::Runtime& runtime, const Settings& settings)
    : runtime_{runtime}, settings_{checked(settings)} {
  if (settings_.api.token.empty()) return;
  parts_ = std::make_unique<Parts>(runtime, settings_);
  runtime.health().add_optional("redis", [this] { return parts_->redis.is_connected(); });
  runtime.health().add_optional("rabbitmq", [this] { return parts_->exchange.is_connected(); });
}

void BotService::start() {
  if (!parts_) {
    log::info("bot.idle", {{"reason", "bot.token is not set"}});
    return;
  }
  runtime::call_on(runtime_.io(), [this] {
    parts_->server.start();
    async::spawn(runtime_.io().get_executor(), introduce(), "bot.introduce");
    if (!settings_.uses_webhook()) parts_->poller.start();
  });
  parts_->shares.start();
}

// What Telegram has to know of the bot; again and again until it does.
async::awaitable<void> BotService::introduce() {
  Backoff backoff{milliseconds{500}, seconds{30}};
  while (!stopping_) {
    const bool english = co_await register_commands("");
    const bool russian = english && co_await register_commands("ru");
    if (russian && (!settings_.uses_webhook() || co_await set_webhook())) co_return;
    co_await async::pause(backoff.next());
  }
}

async::awaitable<bool> BotService::register_commands(const char* language_code) {
  json::object parameters;
  parameters["commands"] = commands_in(domain::language_of(language_code));
  if (*language_code != '\0') parameters["language_code"] = language_code;
  const auto reply = co_await parts_->api.call("setMyCommands", std::move(parameters));
  co_return reply.ok();
}

async::awaitable<bool> BotService::set_webhook() {
  json::object parameters;
  parameters["url"] = settings_.webhook_url;
  parameters["secret_token"] = settings_.webhook_secret.reveal();
  parameters["allowed_updates"] = update_kinds();
  const auto reply = co_await parts_->api.call("setWebhook", std::move(parameters));
  if (!reply.ok()) log::warn("bot.webhook-refused", {{"description", reply.description}});
  co_return reply.ok();
}

void BotService::stop() {
  if (!parts_) return;
  stopping_ = true;
  parts_->poller.stop();
  // No call takes longer, so nothing is uncertain after this.
  const bool was_last = parts_->shares.stop(settings_.api.request_time + seconds{2});
  const auto on_io = [this](auto work) {
    return boost::asio::co_spawn(runtime_.io(), std::move(work), boost::asio::use_future).get();
  };
  if (was_last && settings_.uses_webhook()) {
    const json::object none;
    const auto reply = on_io(parts_->api.call("deleteWebhook", none));
    log::info("bot.webhook-removed", {{"status", reply.status}});
  }
  on_io(parts_->server.drain(runtime_.settings().drain_time));
  runtime::call_on(runtime_.io(), [this] { parts_->redis.close(); });
  parts_->exchange.close();
}

}  // namespace waybill::bot
